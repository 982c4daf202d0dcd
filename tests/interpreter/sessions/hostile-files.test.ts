// Data files that merely lie in the folder: each costs its own table at most, never the session, nor the other tables.
import { rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TableInfo } from "../../../interpreter/index.ts";
import { type NotebookSession, openNotebook, plain } from "./notebook-session.ts";

const DEEP = 1_000_000;

let notebook: NotebookSession;
let tables: readonly TableInfo[];

beforeAll(async () => {
  notebook = await openNotebook({
    files: {
      "cars.csv": "name,mpg\nford,10.5\nfiat,30\n",
      "deep.json": "[".repeat(DEEP) + "]".repeat(DEEP),
      "deep-objects.jsonl": `{"a": 1}\n${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}\n`,
      "wide.csv": `${Array.from({ length: 100_000 }, (_, i) => `c${i}`).join()}\n${"1,".repeat(99_999)}1\n`,
      "wide.tsv": `${Array.from({ length: 20_000 }, (_, i) => `c${i}`).join("\t")}\n`,
      "line.csv": `a,b\n${"x".repeat(30_000_000)}\n`,
      "quotes.csv": `id,embedding\n1,"[${"0.5,".repeat(5000)}0.5]"\n`,
      "text.json": `[{"a": "${"[".repeat(1000)}"}]`,
    },
  });
  const file = (name: string, bytes: Buffer) => writeFileSync(join(notebook.folder, name), bytes);
  file("far.xlsx", workbook('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'));
  file("tall.xlsx", workbook('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="ZZ1048576"/></row>'));
  file("bomb.xlsx", workbook("<row/>", { bombBytes: 400 * 2 ** 20, toldBytes: 400 * 2 ** 20 }));
  file("lying-bomb.xlsx", workbook("<row/>", { bombBytes: 400 * 2 ** 20, toldBytes: 10 }));
  // An address that is read past here, and that the library understands: only the process's end tells.
  file("killer.xlsx", workbook('<row r="&#49;048576"><c r="&#88;FD&#49;048576"><v>1</v></c></row>'));
  await notebook.result("const mine = [{ a: 1 }, { a: 2 }]");
  do tables = await notebook.session.tables();
  while (tables.some(({ problem }) => problem?.startsWith("not looked at yet"))); // on a slow machine
});
afterAll(() => notebook[Symbol.asyncDispose]());

const told = (name: string) => tables.find((table) => table.name === `'${name}'`)?.problem;
const locked = (query: string) => notebook.session.sql(query, { locked: true });

test("each is told with what is wrong and what to do; the others are described", () => {
  expect(told("deep.json")).toContain("deep.json is nested deeper than 200 levels");
  expect(told("deep-objects.jsonl")).toContain("nested deeper than 200 levels");
  expect(told("wide.csv")).toContain("wide.csv has 100000 columns; at most 3000 are read: save the columns");
  expect(told("wide.tsv")).toContain("has 20000 columns");
  expect(told("far.xlsx")).toContain("far.xlsx has 16384 columns");
  expect(told("tall.xlsx")).toContain("a sheet of 1048576 rows x 702 columns");
  expect(told("bomb.xlsx")).toContain("unpacks to more than 384 MB");
  expect(told("lying-bomb.xlsx")).toContain("unpacks to more than 384 MB");
  expect(told("line.csv")).toMatch(/line/i);
  for (const name of ["cars.csv", "quotes.csv", "text.json"]) expect(told(name)).toBeUndefined();
  expect(tables.find(({ name }) => name === "'cars.csv'")).toMatchObject({ rowCount: 2 });
  expect(tables.at(-1)).toMatchObject({ name: "mine", rowCount: 2 });
});

test("a file that ends the process that reads it is named and left out", async () => {
  expect(told("killer.xlsx")).toMatch(/^when killer\.xlsx was read, it .*; it is left out until it changes$/);
  await expect(locked("FROM 'killer.xlsx'")).rejects.toThrow("killer.xlsx was read");
});

test("it stays left out until it changes", async () => {
  const again = () => notebook.session.tables().then((all) => all.find(({ name }) => name === "'killer.xlsx'"));
  expect((await again())?.problem).toBe(told("killer.xlsx"));
  writeFileSync(join(notebook.folder, "killer.xlsx"), workbook('<row r="1"><c r="A1"><v>7</v></c></row>'));
  utimesSync(join(notebook.folder, "killer.xlsx"), 1, 1);
  expect(await again()).toEqual({
    ...{ name: "'killer.xlsx'", kind: "file", columns: [{ name: "A", type: "BIGINT" }], rowCount: 1 },
    notes: ["it has no row of names"],
  });
  rmSync(join(notebook.folder, "killer.xlsx"));
});

describe("a query that names one says what is wrong, the model's and the user's own", () => {
  test.each([
    ["FROM 'deep.json'", "nested deeper"],
    ["FROM deep", "nested deeper"],
    ["SELECT * FROM './deep.json'", "nested deeper"],
    ["FROM read_json('deep.json')", "nested deeper"],
    ["SELECT * FROM 'wide.csv'", "100000 columns"],
    ["SELECT * FROM 'far.xlsx'", "16384 columns"],
    ["SELECT * FROM far.xlsx", "16384 columns"],
    ["SELECT * FROM 'lying-bomb.xlsx'", "384 MB"],
  ])("%s", async (query, problem) => {
    await expect(locked(query)).rejects.toThrow(problem);
    if (query === "FROM deep") return; // a word may be a table of the user's: DuckDB says that there is none
    const { ename, evalue } = await notebook.failure(`await sql(${JSON.stringify(query)})`);
    expect([ename, evalue]).toEqual(["SqlError", expect.stringContaining(problem)]);
  });
});

test("the user's variables are there, and other files are read", async () => {
  expect(plain(await notebook.result("mine.length"))).toBe("2");
  expect((await locked("SELECT avg(mpg) AS m FROM cars")).rows).toEqual([{ m: 20.25 }]);
  expect((await locked("SELECT length(embedding) AS n FROM 'quotes.csv'")).rows).toEqual([{ n: 20005 }]);
  expect(notebook.events.filter(({ type }) => type === "session-ended")).toEqual([]);
});

interface Bomb {
  readonly bombBytes: number; // of a part that unpacks to as many
  readonly toldBytes: number; // by the directory
}

/** The smallest workbook with these rows. */
function workbook(rows: string, bomb?: Bomb): Buffer {
  const relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
  const parts: Record<string, string> = {
    "xl/workbook.xml": `<workbook xmlns="${main}" xmlns:r="${relations}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="${relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    "xl/worksheets/sheet1.xml": `<worksheet xmlns="${main}"><sheetData>${rows}</sheetData></worksheet>`,
  };
  const entries = Object.entries(parts).map(([name, text]) => ({ name, data: Buffer.from(text), told: text.length }));
  if (bomb) {
    entries.push({ name: "xl/sharedStrings.xml", data: Buffer.alloc(bomb.bombBytes, 32), told: bomb.toldBytes });
  }
  return zip(entries);
}

function zip(entries: readonly { name: string; data: Buffer; told: number }[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, data, told } of entries) {
    const packed = deflateRawSync(data, { level: 1 });
    const about = Buffer.alloc(26); // from "version needed" to the length of the extra field
    about.writeUInt16LE(20, 0);
    about.writeUInt16LE(8, 4);
    about.writeUInt32LE(typeof crc32 === "function" ? crc32(data) : 0, 10);
    about.writeUInt32LE(packed.length, 14);
    about.writeUInt32LE(told, 18);
    about.writeUInt16LE(name.length, 22);
    locals.push(Buffer.from("PK\x03\x04"), about, Buffer.from(name), packed);
    const more = Buffer.alloc(14);
    more.writeUInt32LE(offset, 10);
    directory.push(Buffer.from("PK\x01\x02"), Buffer.from([20, 0]), about, more, Buffer.from(name));
    offset += 30 + name.length + packed.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(Buffer.concat(directory).length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, ...directory, Buffer.from("PK\x05\x06"), end]);
}
