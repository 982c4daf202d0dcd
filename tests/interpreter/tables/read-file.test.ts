// Files as people have them: what is read of each, and what is told. By DuckDB, as the process that reads does it.
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import type { ReadingOptions } from "../../../interpreter/tables/table-reading.ts";
import { readTable as read } from "./read-table.ts";

interface Expected {
  readonly types: string;
  readonly rows: string; // fields at bars, rows at slashes
  readonly note?: string;
}

const files: readonly [what: string, name: string, content: string | Buffer, Expected, ReadingOptions?][] = [
  [
    "numbers as they are written in the US",
    "a.csv",
    'day,sum\n1/31/2024,"1,234.50"\n2/1/2024,NA\n',
    { types: "day DATE, sum DOUBLE", rows: "2024-01-31|1234.5/2024-02-01|null" },
  ],
  [
    "and in Germany",
    "a.csv",
    "Tag;Betrag;Menge\n31.01.2024;1.234,50;1.200\n01.02.2024;7,5;3.000\n",
    { types: "Tag DATE, Betrag DOUBLE, Menge BIGINT", rows: "2024-01-31|1234.5|1200/2024-02-01|7.5|3000" },
  ],
  [
    "seconds since 1970 are numbers, and a hint",
    "a.csv",
    "when,ms\n1700000000,12\n1700000060,13\n",
    {
      ...{ types: "when BIGINT, ms BIGINT", rows: "1700000000|12/1700000060|13" },
      note: 'seconds since 1970: to_timestamp("when") makes them times',
    },
  ],
  [
    "milliseconds, too, in other words",
    "a.csv",
    "Zeit des Abrufs;n\n1700000000000;1\n1700000060000;2\n",
    {
      ...{ types: "Zeit des Abrufs BIGINT, n BIGINT", rows: "1700000000000|1/1700000060000|2" },
      note: 'milliseconds since 1970: epoch_ms("Zeit des Abrufs") makes them times',
    },
  ],
  [
    "the order of day and month by another column",
    "a.csv",
    "a,b\n01/02/2024,31/01/2024\n03/04/2024,01/02/2024\n",
    { types: "a DATE, b DATE", rows: "2024-02-01|2024-01-31/2024-04-03|2024-02-01" },
  ],
  [
    "or assumed, and told",
    "a.csv",
    "a\n01/02/2024\n03/04/2024\n",
    { types: "a DATE", rows: "2024-01-02/2024-03-04", note: "a: month first (assumed" },
  ],
  [
    "or as the user says",
    "a.csv",
    "a\n01/02/2024\n03/04/2024\n",
    { types: "a DATE", rows: "2024-02-01/2024-04-03" },
    { dates: "day-first" },
  ],
  [
    "codes",
    "a.csv",
    "zip,id,version\n01234,12345678901234567890,2.10.3\n98765,12345678901234567891,2.9.11\n",
    {
      types: "zip VARCHAR, id VARCHAR, version VARCHAR",
      rows: "01234|12345678901234567890|2.10.3/98765|12345678901234567891|2.9.11",
    },
  ],
  [
    "texts that a spreadsheet was told to leave alone",
    "a.csv",
    `="id",plate,n,name\n="00123",'0042,="",'s Gravenhage\n"=""00124""",'0043,="7","=""the """"old"""" one"""\n`,
    {
      types: "id VARCHAR, plate VARCHAR, n VARCHAR, name VARCHAR",
      rows: `00123|0042||'s Gravenhage/00124|0043|7|the "old" one`,
      note: `plate: '0042 is read as the text 0042, as spreadsheets mean it`,
    },
  ],
  [
    "and years with an apostrophe as they are among names",
    "a.tsv",
    "born\tn\nAnn '68\t1\n'72\t2\nBob\t3\n",
    { types: "born VARCHAR, n BIGINT", rows: "Ann '68|1/'72|2/Bob|3" },
  ],
  [
    "missing values only beside numbers",
    "a.csv",
    "country,n\nNA,1\nDE,-\n",
    {
      types: "country VARCHAR, n BIGINT",
      rows: "NA|1/DE|null",
      note: 'country: 1 of 2 texts are "NA", which may stand for a missing value; they are kept',
    },
  ],
  [
    "but a column of nothing else is told nothing of",
    "a.csv",
    "country,n\nNA,1\nNA,2\n",
    { types: "country VARCHAR, n BIGINT", rows: "NA|1/NA|2" },
  ],
  [
    "a title, a total and a note",
    "a.csv",
    "Report 2024,,\n,,\nregion,units,price\nNorth,5,1.5\nSouth,7,2.5\nTotal,12,\n\nSource: us\n",
    {
      types: "region VARCHAR, units BIGINT, price DOUBLE",
      rows: "North|5|1.5/South|7|2.5",
      note: 'below the table, left out: "Total 12", "Source: us"',
    },
  ],
  [
    "rows that are too long",
    "a.csv",
    "a,b\n1,2\n3,4,5\n6\n",
    { types: "a BIGINT, b BIGINT, column2 BIGINT", rows: "1|2|null/3|4|5/6|null|null", note: "more fields than" },
  ],
  [
    "mixed ends of lines, and a quote in the midst of a field",
    "a.csv",
    'a,b\r\n5" pipe,2\n"x" y,4\r\n',
    { types: "a VARCHAR, b BIGINT", rows: '5" pipe|2/"x" y|4' },
  ],
  [
    "fields of several lines beside short rows",
    "a.csv",
    'a,b\n"x\ny",2\nz\n',
    { types: "a VARCHAR, b BIGINT", rows: "x\ny|2/z|null" },
  ],
  [
    "names of two lines, above one row",
    "a.csv",
    '"unit\nprice",2020\n5,6\n',
    { types: "unit price BIGINT, 2020 BIGINT", rows: "5|6" },
  ],
  [
    "a quote without its end takes no rows away",
    "a.csv",
    'a,b\n1,x\n2,"open\n3,y\n4,z\n',
    { types: "a BIGINT, b VARCHAR", rows: '1|x/2|"open/3|y/4|z' },
  ],
  [
    "nor behind a field of two lines",
    "a.csv",
    'a,b\n1,"x\nx"\n2,"open\n3,y\n',
    { types: "a BIGINT, b VARCHAR", rows: '1|x\nx/2|"open/3|y' },
  ],
  [
    "units below the names",
    "a.csv",
    "time,temp\ns,degC\n0,21.5\n1,22\n",
    { types: "time BIGINT, temp DOUBLE", rows: "0|21.5/1|22", note: 'the row below the names, left out: "s degC"' },
  ],
  [
    "names that come again, comments and blanks",
    "a.csv",
    "a,b\n1,2\n# moved\na,b\n   \n3,4\n",
    { types: "a BIGINT, b BIGINT", rows: "1|2/3|4", note: 'comments within the table, left out: "# moved"' },
  ],
  [
    "totals among the rows are kept, and told",
    "a.csv",
    "region,city,v\nN,a,1\nN,b,2\nN Total,,3\nS,c,4\nSumme Süd,,4\nS,d,5\n",
    {
      types: "region VARCHAR, city VARCHAR, v BIGINT",
      rows: "N|a|1/N|b|2/N Total|null|3/S|c|4/Summe Süd|null|4/S|d|5",
      note: 'region: 2 of 6 rows look like totals of others ("N Total", "Summe Süd"); they are kept, and sums count them as well',
    },
  ],
  [
    "another table below",
    "a.csv",
    "a,b\n1,2\n\nc,d\nx,1\n",
    { types: "a VARCHAR, b VARCHAR", rows: "1|2/c|d/x|1", note: 'at "c d" another table seems to begin' },
  ],
  [
    "blanks around texts",
    "a.csv",
    "a,b\nx ,1\nx,2\n",
    { types: "a VARCHAR, b BIGINT", rows: "x |1/x|2", note: "a: 1 of 2 texts have blanks around them" },
  ],
  [
    "prices without cents, and signs before and behind",
    "a.csv",
    "p;q;r\nCHF 20.-;- 5;+1.5E+03\nCHF -3.50;7-;2e2\n",
    { types: "p DOUBLE, q BIGINT, r DOUBLE", rows: "20|-5|1500/-3.5|-7|200", note: "p: amounts in CHF" },
  ],
  [
    "days far ahead",
    "a.csv",
    "until\n2024-05-01\n9999-12-31\n",
    { types: "until DATE", rows: "2024-05-01/9999-12-31", note: "9999-12-31 may stand for no end" },
  ],
  [
    "days as spreadsheets count them",
    "a.csv",
    "date,n\n45292,45292\n45293,45293\n",
    {
      types: "date BIGINT, n BIGINT",
      rows: "45292|45292/45293|45293",
      note: "date: days as spreadsheets count them: TIMESTAMP '1899-12-30' + to_seconds(\"date\" * 86400) makes them times",
    },
  ],
  [
    "Windows-1252",
    "a.csv",
    Buffer.from("item,price\ncaf\xe9 \x80,1.20\n", "latin1"),
    { types: "item VARCHAR, price DOUBLE", rows: "café €|1.2", note: "windows-1252 (assumed)" },
  ],
  [
    "UTF-16",
    "a.csv",
    Buffer.from("\ufeffcity,n\nZürich,430\n", "utf16le"),
    { types: "city VARCHAR, n BIGINT", rows: "Zürich|430" },
  ],
  [
    "two tables beside each other",
    "a.csv",
    "month,units,,city,staff\nJan,5,,Rom,3\nFeb,7,,Oslo,4\nMar,9,,,\n",
    {
      types: "month VARCHAR, units BIGINT, city VARCHAR, staff BIGINT",
      rows: "Jan|5|Rom|3/Feb|7|Oslo|4/Mar|9|null|null",
      note: 'an empty column stands between month to units and city to staff: where these are tables of their own, select the columns of one, with WHERE "city" IS NOT NULL for the second',
    },
  ],
  [
    "an empty column before a remark",
    "a.csv",
    "month,units,,remark\nJan,5,,ok\nFeb,7,,\n",
    { types: "month VARCHAR, units BIGINT, remark VARCHAR", rows: "Jan|5|ok/Feb|7|null" },
  ],
  [
    "two tables below each other",
    "a.csv",
    "month,units\n# one\nJan,5\nFeb,7\n,\ncity,staff\nRom,3\nOslo,4\n",
    {
      types: "month VARCHAR, units VARCHAR",
      rows: "Jan|5/Feb|7/city|staff/Rom|3/Oslo|4",
      note: "LIMIT 2 at the end of a query takes the first, OFFSET 3 the other",
    },
  ],
  [
    "comments above few rows, as GA4 writes them",
    "a.csv",
    "# ----\n# Pages\n# Start date: 20240101\n# ----\nDate,Path,Views\n20240101,/home,1200\n20240102,/about,45\n\n,Grand total,1245\n",
    {
      types: "Date DATE, Path VARCHAR, Views BIGINT",
      rows: "2024-01-01|/home|1200/2024-01-02|/about|45",
      note: 'below the table, left out: "Grand total 1245"',
    },
  ],
  [
    "lines drawn around a list, and stars beside its sum, as SAP writes them",
    "a.txt",
    "31.01.2024     Liste     1\n-----------------\n|Mat|   Menge|Wrt|\n-----------------\n|A-1|1.234,5 |EUR|\n|A-2|   12,5-|EUR|\n-----------------\n|*  |1.222,0 |   |\n-----------------\n",
    {
      types: "Mat VARCHAR, Menge DOUBLE, Wrt VARCHAR",
      rows: "A-1|1234.5|EUR/A-2|-12.5|EUR",
      note: 'below the table, left out: "-----------------", "*   1.222,0',
    },
  ],
  [
    "a row about the file above the names, as DATEV writes it",
    "a.csv",
    '"EXTF";700;21;"Buchungsstapel";12\r\nUmsatz;Konto;Text\r\n"1190,00";8400;"Miete"\r\n"23,80";4930;"Büro"\r\n',
    {
      types: "Umsatz DOUBLE, Konto BIGINT, Text VARCHAR",
      rows: "1190|8400|Miete/23.8|4930|Büro",
      note: 'above the row of names, left out: "EXTF 700 21 Buchungsstapel 12"',
    },
  ],
  [
    "days in digits in a column that does not say so",
    "a.psv",
    "id|booked\n1|20260101\n2|20260131\n",
    {
      types: "id BIGINT, booked BIGINT",
      rows: "1|20260101/2|20260131",
      note: "booked: may be days in digits: strptime(CAST(booked AS VARCHAR), '%Y%m%d') makes them times",
    },
  ],
  [
    "but not of a number",
    "a.psv",
    "id|name\n20260101|x\n20260131|y\n",
    { types: "id BIGINT, name VARCHAR", rows: "20260101|x/20260131|y" },
  ],
  [
    "seconds in JSON whose name does not say so",
    "a.json",
    '[{"k": "a", "value": 1700000000}, {"k": "b", "value": 1700003600}]',
    {
      types: "k VARCHAR, value BIGINT",
      rows: "a|1700000000/b|1700003600",
      note: "value: may be seconds since 1970: to_timestamp(",
    },
  ],
  [
    "days in digits in JSON, as in a text",
    "a.json",
    '[{"day": 20260101, "n": 1}, {"day": 20260131, "n": 2}]',
    { types: "day DATE, n BIGINT", rows: "2026-01-01|1/2026-01-31|2", note: "day: 20240131 is read as a day" },
  ],
  [
    "decimals of twenty digits",
    "a.csv",
    "v,w\n0.12345678901234567891,0.1234567890123456\n1.5,7\n",
    {
      types: "v DOUBLE, w DOUBLE",
      rows: "0.12345678901234568|0.1234567890123456/1.5|7",
      note: "v: numbers of more than 17 digits are rounded to as many",
    },
  ],
  [
    "the same in JSON",
    "a.json",
    '[{"v": 0.12345678901234567891}, {"v": 1.5}]',
    {
      types: "v DOUBLE",
      rows: "0.12345678901234568/1.5",
      note: "numbers of more than 17 digits are rounded to as many",
    },
  ],
  [
    "fields at places, some of them empty",
    "a.txt",
    "NAME        CITY        AMOUNT\nAda L       Berlin       12.50\nBo                        7.00\nCy M        Rome              \n",
    {
      types: "NAME VARCHAR, CITY VARCHAR, AMOUNT DOUBLE",
      rows: "Ada L|Berlin|12.5/Bo|null|7/Cy M|Rome|null",
      note: "its fields are parted by blanks (assumed)",
    },
  ],
  [
    "one column of numbers with commas, below a name without one",
    "a.csv",
    "v\n1,234\n12,345\n",
    { types: "v BIGINT", rows: "1234/12345", note: "v: 1,234 is read as 1234, not as 1.234 (assumed)" },
  ],
  [
    "times as logs write them",
    "a.csv",
    "when,n\n31/Jan/2024:10:15:22 +0100,1\n01/Feb/2024:11:00:00 +0100,2\n",
    {
      types: "when VARCHAR, n BIGINT",
      rows: "31/Jan/2024:10:15:22 +0100|1/01/Feb/2024:11:00:00 +0100|2",
      note: "when: dates as logs and programs write them are kept as text",
    },
  ],
  [
    "numbers that JSON cannot hold",
    "a.json",
    '[{"v": 1e400}, {"v": 2}]',
    { types: "v DOUBLE", rows: "Infinity/2", note: "v: some values are infinite or no number" },
  ],
  [
    "infinite numbers",
    "a.csv",
    "v;w\n1,5;inf\n-inf;Infinity\n2;x\n",
    {
      types: "v DOUBLE, w VARCHAR",
      rows: "1.5|inf/-Infinity|Infinity/2|x",
      note: "v: infinite values are read as such: sums and means of them are infinite, or no number",
    },
  ],
  [
    "groups of a pivot table, which its total does not count",
    "a.csv",
    "Zeile;Umsatz\nOst;1.010,50\nBücher;600,25\nSpiele;410,25\nWest;20,00\nBücher;20,00\nGesamtergebnis;1.030,50\n",
    {
      types: "Zeile VARCHAR, Umsatz DOUBLE",
      rows: "Ost|1010.5/Bücher|600.25/Spiele|410.25/West|20/Bücher|20",
      note: "Umsatz: its rows add up to 2 times the total that is left out below (2061, not 1030.5): some of them sum up others",
    },
  ],
  ["gzip", "a.tsv.gz", gzipSync("a\tb\n1,5\tx\n"), { types: "a DOUBLE, b VARCHAR", rows: "1.5|x" }],
  [
    "JSON with days first",
    "a.json",
    '[{"day": "05/03/2024", "n": "1,200"}, {"day": "13/03/2024", "n": "1,300.5"}]',
    { types: "day DATE, n DOUBLE", rows: "2024-03-05|1200/2024-03-13|1300.5" },
  ],
  [
    "rows inside of an object",
    "a.json",
    '{"page": 1, "data": [{"id": 1}, {"id": 2}]}',
    { types: "id BIGINT", rows: "1/2", note: "its rows are those inside data; left out: page" },
  ],
  [
    "numbers of JSON that are longer than a DOUBLE",
    "a.json",
    '[{"id": 12345678901234567890123, "sum": 12345678901234567.89, "x": 0.5}, {"id": 1, "sum": 0.10, "x": 1}]',
    {
      types: "id VARCHAR, sum DOUBLE, x DOUBLE",
      rows: "12345678901234567890123|12345678901234568|0.5/1|0.1|1",
      note: "sum: numbers of more than 15 digits are rounded to as many",
    },
  ],
  [
    "a line of JSON that is broken",
    "a.ndjson",
    '{"a": 1}\n{"a": 2\n{"a": 3}\n{"a": 4}\n',
    { types: "a BIGINT", rows: "1/3/4", note: "1 of 4 lines are no JSON, and left out" },
  ],
  ["rows behind a byte order mark", "a.json", '\ufeff[{"a": 1}, {"a": 2}]', { types: "a BIGINT", rows: "1/2" }],
  [
    "no names, as the user says",
    "a.csv",
    "a,b\nc,d\n",
    { types: "column0 VARCHAR, column1 VARCHAR", rows: "a|b/c|d" },
    { header: false },
  ],
];

test.each(files)("%s", async (_what, name, content, expected, options) => {
  const found = await read(name, content, options);
  expect({ types: found.types, rows: found.rows.map((row) => row.map(String).join("|")).join("/") }).toEqual({
    types: expected.types,
    rows: expected.rows,
  });
  if (expected.note === undefined) expect(found.notes).toEqual([]);
  else expect(found.notes.join("\n")).toContain(expected.note);
});

test("what comes late in a file decides as well", async () => {
  const rows = "1,10,01/02/2024,5\n2,20,03/04/2024,6\n".repeat(15_000);
  const late = await read("late.csv", `id,price,day,n\n${rows}3,1.49,25/12/2024,broken\n`);
  expect(late.types).toBe("id BIGINT, price DOUBLE, day DATE, n BIGINT");
  expect(late.rows.at(-1)).toEqual(["3", "1.49", "2024-12-25", null]);
  expect(late.rows[0]).toEqual(["1", "10", "2024-02-01", "5"]);
  expect(late.notes).toEqual(['n: 1 of 30001 values cannot be read so and are NULL: "broken"']);
  expect(late.rowCount).toBe(30_001);
});

test("a number far below that is longer than those above it is not cut at its column's place", async () => {
  const usual = "Ada L       Berlin       12.50\nBo                        7.00\n".repeat(300);
  const { rows } = await read("a.txt", `NAME        CITY        AMOUNT\n${usual}Di          Oslo   12345678.25\n`);
  expect(rows.at(-1)).toEqual(["Di", "Oslo", "12345678.25"]);
});

test.each([
  ["another currency", "$5", "€7", "amounts in $ and € are kept as text, since they do not add up"],
  ["another unit", "5 kg", "7 g", "numbers with several units (kg, g) are kept as text"],
  [
    "a number without its percent sign",
    "5%",
    "0.3",
    "some values are percentages and some are not: they are kept as text",
  ],
])("%s far below is not added up with the others", async (_what, usual, odd, note) => {
  const found = await read("late.csv", `id,x\n${`1,${usual}\n`.repeat(5_000)}2,${odd}\n`);
  expect(found.types).toBe("id BIGINT, x VARCHAR");
  expect(found.rows.at(-1)).toEqual(["2", odd]);
  expect(found.notes).toEqual([`x: ${note}`]);
});

test("a clean file is read with DuckDB's own types, at its speed", async () => {
  const { from } = await read("clean.csv", "id,price,day,name\n1,1.5,2024-01-31,x\n");
  expect(from).toContain("'id': 'BIGINT', 'price': 'DOUBLE', 'day': 'DATE', 'name': 'VARCHAR'");
  expect(from).toMatch(/^\(SELECT "id", "price", "day", "name" FROM read_csv/);
});

test("two thousand columns are read, and those of the end as well", async () => {
  const names = Array.from({ length: 2000 }, (_, i) => `c${i}`);
  const wide = await read("wide.csv", `${names.join(",")}\n${names.map((_, i) => i).join(",")}\n`);
  expect(wide.columns.length).toBe(2000);
  expect(wide.columns.at(-1)).toEqual({ name: "c1999", type: "BIGINT" });
  expect(wide.rows[0]?.at(-1)).toBe("1999");
});

test.each(["utf16le", "latin1"] as const)("JSON in %s says what to do", async (encoding) => {
  const text = `${encoding === "utf16le" ? "\ufeff" : ""}[{"a": "ü"}]`;
  await expect(read("a.json", Buffer.from(text, encoding))).rejects.toThrow("save it as UTF-8");
});

test("JSON that is broken in its midst is refused", async () => {
  await expect(read("a.json", '[{"a": 1},\n{"a": 2\n')).rejects.toThrow("Malformed JSON");
});

test("an empty file says so", async () => {
  await expect(read("empty.csv", "")).rejects.toThrow("the file is empty");
});
