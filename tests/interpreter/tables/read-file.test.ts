// Files as people have them: what is read of each, and what is told. By DuckDB, as the process that reads does it.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { DuckDBConnection } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadSource } from "../../../interpreter/sessions/sql/name-views.ts";
import { readFile } from "../../../interpreter/tables/read-file.ts";
import type { ReadingOptions } from "../../../interpreter/tables/table-reading.ts";

const folder = mkdtempSync(join(tmpdir(), "tables-"));
let duckdb: typeof import("@duckdb/node-api");
let connection: DuckDBConnection;

beforeAll(async () => {
  duckdb = await import("@duckdb/node-api");
  connection = await (await duckdb.DuckDBInstance.create(":memory:")).connect();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(name: string, content: string | Buffer, options: ReadingOptions = {}) {
  const file = { name, path: join(folder, name), stem: name };
  writeFileSync(file.path, content);
  const run = async (query: string) => (await connection.runAndReadAll(query)).getRows();
  const reading = await readFile(file, { run, load: (text) => loadSource(duckdb, connection, file, text) }, options);
  const rows = (await run(`FROM ${reading.from}`)).map((row) =>
    row.map((value) => (value === null ? null : String(value))),
  );
  return { types: reading.columns.map(({ name: column, type }) => `${column} ${type}`).join(", "), rows, ...reading };
}

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

test("a clean file is read with DuckDB's own types, at its speed", async () => {
  const { from } = await read("clean.csv", "id,price,day,name\n1,1.5,2024-01-31,x\n");
  expect(from).toContain("'id': 'BIGINT', 'price': 'DOUBLE', 'day': 'DATE', 'name': 'VARCHAR'");
  expect(from).toMatch(/^\(SELECT "id", "price", "day", "name" FROM read_csv/);
});

test("an empty file says so", async () => {
  await expect(read("empty.csv", "")).rejects.toThrow("the file is empty");
});
