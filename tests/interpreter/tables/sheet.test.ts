// Cells of a sheet, as the library gives them, as a table; and what the sheet's own text says beside them.
import { expect, test } from "vitest";
import { tableColumns } from "../../../interpreter/sessions/sql/load-table.ts";
import { sheetTable } from "../../../interpreter/tables/sheet.ts";
import { type SheetFacts, sheetFacts } from "../../../interpreter/tables/workbook-facts.ts";

const NO_FACTS: SheetFacts = { merged: [], unknownFormulas: [], errors: [], hiddenRows: 0 };
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

test("a sheet of one cell is a table without rows", () => {
  expect(table([["see mail"]])).toMatchObject({ names: ["see mail"], rows: [] });
  expect(tableColumns([], { names: ["see mail"] })).toEqual([{ name: "see mail", type: "VARCHAR" }]);
});

test("cells with errors, and rows that are hidden, are told", () => {
  const xml =
    '<sheetData><row r="2"><c r="A2" t="str"><v>x</v></c><c r="B2" s="1" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>' +
    '<row r="3" hidden="1"><c r="B3"><v>5</v></c></row></sheetData>';
  const facts = sheetFacts(xml);
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
