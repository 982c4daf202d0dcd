// Cells of a sheet, as the library gives them, as a table; and what the sheet's own text says beside them.
import { expect, test } from "vitest";
import { tableColumns } from "../../../interpreter/sessions/sql/load-table.ts";
import { numberFormats } from "../../../interpreter/tables/number-formats.ts";
import { sheetTable } from "../../../interpreter/tables/sheet.ts";
import { type SheetFacts, sheetFacts } from "../../../interpreter/tables/workbook-facts.ts";

const NO_FACTS: SheetFacts = { merged: [], unknownFormulas: [], errors: [], hiddenRows: 0, shown: new Map() };
const table = (data: readonly (readonly unknown[])[], facts = NO_FACTS) =>
  sheetTable(data, { countsFrom1904: undefined }, facts);

test.each([
  [
    "empty columns are none",
    [
      [null, null, "k", "v"],
      [null, null, "a", 1],
    ],
    [{ k: "a", v: 1 }],
    undefined,
  ],
  [
    "an empty column that has a name is one",
    [
      ["k", "v"],
      ["a", null],
    ],
    [{ k: "a", v: null }],
    undefined,
  ],
  [
    "names of groups above names, as a pivot table has them",
    [
      ["Sum of v", "Year"],
      ["Region", "2023 A", "2024 B"],
      ["North", 1, 2],
      ["South", 3, 4],
    ],
    [
      { "Sum of v Region": "North", "Year 2023 A": 1, "Year 2024 B": 2 },
      { "Sum of v Region": "South", "Year 2023 A": 3, "Year 2024 B": 4 },
    ],
    "two rows of names are joined",
  ],
  [
    "two tables beside each other",
    [
      ["k", "v", null, "city", "n"],
      ["a", 1, null, "Rom", 3],
      ["b", 2, null, null, null],
    ],
    [
      { k: "a", v: 1, city: "Rom", n: 3 },
      { k: "b", v: 2, city: null, n: null },
    ],
    "an empty column stands between k to v and city to n",
  ],
  [
    "units below the names",
    [
      ["k", "v"],
      ["(m)", "(kg)"],
      ["a", 1],
    ],
    [{ k: "a", v: 1 }],
    'the row below the names, left out: "(m) (kg)"',
  ],
  [
    "another table below",
    [["a", "b"], [1, 2], [], ["c", "d"], ["x", 1]],
    [
      { a: 1, b: 2 },
      { a: "c", b: "d" },
      { a: "x", b: 1 },
    ],
    'at "c d" another table seems to begin',
  ],
] as const)("%s", (_what, data, rows, note) => {
  const found = table(data);
  expect(found.rows).toEqual(rows);
  if (note === undefined) expect(found.notes).toEqual([]);
  else expect(found.notes.join("\n")).toContain(note);
});

test("days before March 1900 are those that the sheet shows: it counts a 29 February that was none", () => {
  const serial = (days: number) => new Date(Date.UTC(1899, 11, 30) + days * 86_400_000); // as the library has them
  const found = table([["day"], [serial(1)], [serial(59)], [serial(61)], [serial(45_000)]]);
  const days = found.rows.map(({ day }) => (day as Date).toISOString().slice(0, 10)); // as: of a column of days
  expect(days).toEqual(["1900-01-01", "1900-02-28", "1900-03-01", "2023-03-15"]);
});

test("a total that its rows count twice is told", () => {
  const rows = [
    ["Row", "Sales"],
    ["East", 10],
    ["a", 6],
    ["b", 4],
    ["West", 20],
    ["a", 20],
  ];
  expect(table([...rows, ["Grand Total", 30]]).notes.join("\n")).toContain(
    "Sales: its rows add up to 2 times the total that is left out below (60, not 30)",
  );
  expect(table([...rows, ["Grand Total", 60]]).notes.join("\n")).not.toContain("times the total");
});

test("a sheet of one cell is a table without rows", () => {
  expect(table([["see mail"]])).toMatchObject({ names: ["see mail"], rows: [] });
  expect(tableColumns([], { names: ["see mail"] })).toEqual([{ name: "see mail", type: "VARCHAR" }]);
});

test("cells with errors, and rows that are hidden, are told", () => {
  const xml =
    '<sheetData><row r="2"><c r="A2" t="str"><v>x</v></c><c r="B2" s="1" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>' +
    '<row r="3" hidden="1"><c r="B3"><v>5</v></c></row></sheetData>';
  const facts = sheetFacts(xml, numberFormats(""));
  expect(facts).toMatchObject({ errors: ["B2 #DIV/0!"], hiddenRows: 1 });
  expect(
    table(
      [
        ["k", "v"],
        ["x", null],
        ["y", 5],
      ],
      facts,
    ).notes,
  ).toEqual(["cells with an error are NULL: B2 #DIV/0!", "rows that are hidden in the sheet are read as well: 1"]);
});

test("formats of cells tell currencies, and codes with leading zeros", () => {
  const styles = `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="00000"/>
    <numFmt numFmtId="165" formatCode="#,##0.00 &quot;€&quot;"/><numFmt numFmtId="166" formatCode="[$$-409]#,##0.00"/></numFmts>
    <cellStyleXfs><xf numFmtId="165"/></cellStyleXfs>
    <cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="164" fontId="0"/><xf numFmtId="165"/><xf numFmtId="166"/></cellXfs></styleSheet>`;
  const xml = `<sheetData><row r="1"><c r="A1" t="s" s="2"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>
    <row r="2"><c r="A2" s="1"><v>1234</v></c><c r="B2" s="2"><v>5</v></c><c r="C2" s="1"><v>1</v></c></row>
    <row r="3"><c r="A3" s="1"/><c r="B3" s="3"><v>7.5</v></c><c r="C3"><v>12</v></c></row></sheetData>`;
  const facts = sheetFacts(xml, numberFormats(styles));
  const { rows, notes } = table(
    [
      ["zip", "v", "n"],
      [1234, 5, 1],
      [null, 7.5, 12],
    ],
    facts,
  );
  expect(rows).toEqual([
    { zip: "01234", v: 5, n: 1 },
    { zip: null, v: 7.5, n: 12 },
  ]);
  expect(notes).toEqual([
    "zip: numbers with leading zeros are read as texts, as the sheet shows them",
    "v: amounts in $ and €, as their cells show them: they do not add up",
  ]);
});

test("whole numbers beyond 15 digits are told as rounded", () => {
  const { notes } = table([["id"], [1.5e16], [12]]);
  expect(notes).toEqual(["id: numbers of more than 15 digits are rounded to as many, as spreadsheets do"]);
});

test("cells without a value are named, the first five of many, with how many more there are and what to do", () => {
  const cells = Array.from({ length: 7 }, (_, i) => `B${i + 2}`);
  const notes = (names: readonly string[]) => {
    const facts = { ...NO_FACTS, unknownFormulas: names, errors: names.map((name) => `${name} #N/A`) };
    return table([["k", "v"], ...cells.map((cell) => [cell, 1])], facts).notes;
  };
  const remedy = "open the file in a spreadsheet program and save it";
  expect(notes(cells.slice(0, 1))).toContain(`the formula in B2 has no kept value and is NULL: ${remedy}`);
  expect(notes(cells)).toEqual([
    `7 formulas (B2, B3, B4, B5, B6 and 2 more) have no kept value and are NULL: ${remedy}`,
    "cells with an error are NULL: B2 #N/A, B3 #N/A, B4 #N/A, B5 #N/A, B6 #N/A and 2 more",
  ]);
});
