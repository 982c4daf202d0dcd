// Arrow files and streams that say what is not so: those of the folder are told by their names, and stand in no other's
// way. A cell that reads one has a table that may fail anywhere: the session describes its other variables, and goes on.
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  Dictionary,
  Field,
  Int32,
  List,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  TimestampMillisecond,
  tableFromIPC,
  tableToIPC,
  Utf8,
  Vector,
  vectorFromArray,
} from "apache-arrow";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSessionSql } from "../../../interpreter/sessions/sql/session-sql.ts";
import { copyValues } from "../../../interpreter/sessions/typescript/copy-values.ts";
import { mimeBundle } from "../../../interpreter/sessions/typescript/rich-result.ts";
import { legibleNames, summarizeVariables } from "../../../interpreter/sessions/typescript/summarize-variables.ts";
import { withinTime } from "../../../interpreter/sessions/typescript/within-time.ts";
import { randomNumbers } from "../../engine/kernels/linear-sources.ts";
import { byChance } from "../../nightly.ts";
import { type NotebookSession, openNotebook, plain } from "./notebook-session.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** Of every kind of column: fixed, text, dictionary, list, struct, time. */
const TABLE = new Table({
  number: vectorFromArray([1, 2, 3, null], new Int32()),
  text: vectorFromArray(["a", "bb", null, "dddd"], new Utf8()),
  word: vectorFromArray(["x", "y", "x", "x"]),
  list: vectorFromArray([[1, 2], [3], [], null], new List(field("item", new Int32()))),
  struct: vectorFromArray([{ p: 1 }, { p: 2 }, { p: 3 }, { p: 4 }]),
  time: vectorFromArray([new Date(0), new Date(1), null, new Date(2)], new TimestampMillisecond()),
});
const SOURCES = (["stream", "file"] as const).map((kind) => Buffer.from(tableToIPC(TABLE, kind)));

function field(name: string, type: Int32 | List | Struct): Field {
  return Field.new({ name, type, nullable: true });
}

/** A table of one row and these columns, of which each holds a number. */
function tableOf(fields: Field[], children: ReturnType<typeof makeData>[]): Table {
  const schema = new Schema(fields);
  return new Table(schema, [new RecordBatch(schema, makeData({ type: new Struct(fields), length: 1, children }))]);
}

/** Three rows, of which the metadata says that they are this many. */
function lying(rows: bigint): Buffer {
  const bytes = Buffer.from(tableToIPC(new Table({ n: vectorFromArray([1, 2, 3], new Int32()) }), "stream"));
  for (let at = 0; at + 8 <= bytes.length; at += 8)
    if (bytes.readBigInt64LE(at) === 3n) bytes.writeBigInt64LE(rows, at);
  return bytes;
}

function nested(depth: number): Table {
  let type: Int32 | List = new Int32();
  let data = makeData({ type: new Int32(), length: 1, data: Int32Array.of(1) }) as ReturnType<typeof makeData>;
  for (let level = 0; level < depth; level++) {
    type = new List(field("item", type));
    data = makeData({ type, length: 1, valueOffsets: Int32Array.of(0, 1), child: data as never });
  }
  return tableOf([field("deep", type)], [data]);
}

const [OUTER, INNER] = [0x1234_5678n, 0x7654_3210n]; // numbers of dictionaries

/** A dictionary of structs of texts of a dictionary, which gets this number. */
function selfNaming(inner: bigint): Buffer {
  const ofTexts = new Dictionary(new Utf8(), new Int32(), Number(INNER));
  const struct = new Struct([Field.new({ name: "text", type: ofTexts, nullable: true })]);
  const ofStructs = new Dictionary(struct, new Int32(), Number(OUTER));
  const one = { length: 1, data: Int32Array.of(0) };
  const texts = makeData({ type: ofTexts, ...one, dictionary: vectorFromArray(["x"], new Utf8()) });
  const structs = new Vector([makeData({ type: struct, length: 1, children: [texts] })]);
  const column = makeData({ type: ofStructs, ...one, dictionary: structs }) as ReturnType<typeof makeData>;
  const bytes = Buffer.from(tableToIPC(tableOf([field("d", ofStructs as never)], [column])));
  for (let at = 0; at + 8 <= bytes.length; at += 4)
    if (bytes.readBigInt64LE(at) === INNER) bytes.writeBigInt64LE(inner, at);
  return bytes;
}

function wide(columns: number): Table {
  const fields = Array.from({ length: columns }, (_, i) => field(`c${i}`, new Int32()));
  return tableOf(
    fields,
    fields.map(() => makeData({ type: new Int32(), length: 1, data: Int32Array.of(1) })),
  );
}

describe("files of the folder", () => {
  let notebook: NotebookSession;
  beforeAll(async () => {
    notebook = await openNotebook({ files: { "cars.csv": "mpg\n10\n30\n" } });
    const random = randomNumbers(1);
    for (const [i, source] of SOURCES.entries()) {
      writeFileSync(join(notebook.folder, `whole${i}.arrow`), source);
      for (const ending of ["arrow", "feather", "parquet", "csv", "json"])
        writeFileSync(join(notebook.folder, `broken${i}.${ending}`), mutated(source, random));
    }
    writeFileSync(join(notebook.folder, "lying.arrow"), lying(2n ** 53n));
    writeFileSync(join(notebook.folder, "deep.parquet"), tableToIPC(nested(2_000), "file"));
    writeFileSync(join(notebook.folder, "wide.csv"), tableToIPC(wide(5_000), "stream"));
    await notebook.result("const kept = 42");
  });
  afterAll(() => notebook[Symbol.asyncDispose]());
  const locked = (query: string) => notebook.session.sql(query, { locked: true });

  test("are tables, or named with what is wrong", async () => {
    const tables = await notebook.session.tables();
    for (const table of tables.filter(({ name }) => /broken\d\.(parquet|json)|deep|lying/.test(name)))
      expect(table).toMatchObject({ columns: [], problem: expect.stringMatching(/\w/) });
    for (const table of tables.filter(({ name }) => /broken\d\.(arrow|feather)/.test(name)))
      expect(table.problem ?? table.columns[0]?.name).toMatch(/\w/);
    for (const name of ["'whole0.arrow'", "'whole1.arrow'"])
      expect(tables.find((table) => table.name === name)).toMatchObject({ rowCount: 4 });
    expect(tables.find(({ name }) => name === "'cars.csv'")).toMatchObject({ rowCount: 2 });
  });

  test.each(["FROM 'lying.arrow'", 'FROM "./lying.arrow"'])("%s says why it is not read", async (query) => {
    await expect(locked(query)).rejects.toThrow(/save it as Parquet/);
    expect((await notebook.failure(`await sql(${JSON.stringify(query)})`)).ename).toBe("SqlError");
  });

  test("whole ones are read by the model's SQL and the user's", async () => {
    const query = "SELECT sum(number) AS s, max(time) AS t FROM whole0";
    expect((await locked(query)).rows).toEqual([{ s: 6, t: "1970-01-01T00:00:00.002Z" }]);
    expect(
      plain(await notebook.result("(await sql`SELECT struct.p AS p FROM 'whole1.arrow'`).map((row) => row.p)")),
    ).toBe("[ 1, 2, 3, 4 ]");
  });

  test("stand in no other's way", async () => {
    expect((await locked("SELECT sum(mpg) AS s FROM cars")).rows).toEqual([{ s: 40 }]);
    expect(plain(await notebook.result("kept"))).toBe("42");
    expect(notebook.events.filter(({ type }) => type === "session-ended")).toEqual([]);
  });
});

describe("tables that a cell reads from them", () => {
  let notebook: NotebookSession;
  beforeAll(async () => {
    notebook = await openNotebook();
    symlinkSync(join(ROOT, "node_modules"), join(notebook.folder, "node_modules"));
    await notebook.result(
      "import { tableFromIPC } from 'apache-arrow';\nimport { readFileSync } from 'node:fs';\nconst kept = [{ n: 42 }];",
    );
  });
  afterAll(() => notebook[Symbol.asyncDispose]());

  test.each<[string, () => Uint8Array]>([
    ["two billion rows", () => lying(2n ** 31n - 1n)],
    ["a trillion rows", () => lying(2n ** 40n)],
    ["lists in lists, 500 deep", () => tableToIPC(nested(500))],
    ["5,000 columns", () => tableToIPC(wide(5_000))],
  ])("%s: shown or told, and the session goes on", async (name, bytes) => {
    const { session, folder, run } = notebook;
    writeFileSync(join(folder, "table.arrow"), bytes());
    await run(`var hostile = tableFromIPC(readFileSync("table.arrow"));\nhostile`);
    expect((await session.variables()).map((variable) => variable.name)).toContain("hostile");
    expect((await session.tables()).map((table) => table.name)).toContain("kept");
    const counted = session.sql("SELECT count(*) AS n FROM hostile", { locked: true });
    if (name.endsWith("rows")) await expect(counted).rejects.toThrow(/The variable hostile has \d+ rows, too many/);
    else await counted.catch((error: Error) => expect(error.message).toContain("hostile"));
    const own = await run("await sql`SELECT count(*) AS n FROM hostile`");
    if (name.endsWith("rows"))
      expect(own).toMatchObject({ error: { evalue: expect.stringContaining("take a part of it by slice()") } });
    expect((await session.sql("SELECT n FROM kept", { locked: true })).rows).toEqual([{ n: 42 }]);
    expect(notebook.events.filter(({ type }) => type === "session-ended")).toEqual([]);
  });
});

test("a dictionary whose values are of itself is an error of the cell that reads it", () => {
  expect(() => tableFromIPC(selfNaming(7n))).not.toThrow(); // its values are of another
  expect(() => tableFromIPC(selfNaming(OUTER))).toThrow(Error);
});

const COUNT = byChance(100, 300);

describe(`${COUNT} streams and files with a few bytes changed`, () => {
  const random = randomNumbers(20_261);
  const tables = Array.from({ length: COUNT }, (_, i) => mutated(SOURCES[i % 2]!, random))
    .map((bytes) => attempt(() => withinTime(300, () => tableFromIPC(bytes)))) // some lead the library into a loop
    .filter((table): table is Table => table instanceof Table);

  test("a good part of which the library takes for tables", () => expect(tables.length).toBeGreaterThan(COUNT / 5));

  test("are described, sent, copied and shown, or told: nothing else is lost", () => {
    let unread = 0;
    for (const hostile of tables) {
      const variables = { hostile, kept: [{ n: 42 }] };
      const names = Object.keys(variables);
      const sql = createSessionSql({
        ...{ folder: ROOT, spillFolder: ROOT, variables },
        ...{ arrow: () => import("apache-arrow"), describe: () => Promise.reject(new Error("no files here")) },
      });
      expect(summarizeVariables(variables, names).map(({ name }) => name)).toEqual(names);
      expect(legibleNames(variables, names)).toContain("kept");
      expect(sql.tables(names).map(({ name }) => name)).toContain("kept");
      const sent = sql.arrays(names);
      expect(sent.arrays.map(({ name }) => name)).toContain("kept");
      expect(sent.arrays.length + sent.leftOut.length).toBe(2);
      for (const told of sent.leftOut) expect(told).toMatch(/^The variable hostile (cannot be read as a table: .|has)/);
      unread += sent.leftOut.length;
      expect(copyValues(variables, names).map(({ name }) => name)).toEqual(names);
      const shown = attempt(() => mimeBundle(hostile));
      if (!(shown instanceof Error)) expect(Object.keys(shown?.data ?? {})).toContain("text/plain");
    }
    expect(unread).toBeGreaterThan(0);
  });
});

/** With one to four bytes or lengths that are others. */
function mutated(source: Buffer, random: () => number): Buffer {
  const bytes = Buffer.from(source);
  const any = (count: number) => Math.floor(random() * count);
  const LENGTHS = [2n ** 62n, -1n, 2n ** 33n, 100_000n];
  for (let changes = 1 + any(4); changes > 0; changes--) {
    const at = any(bytes.length - 8);
    const kind = any(3);
    if (kind === 0) bytes[at] = any(256);
    else if (kind === 1) bytes.writeInt32LE([-1, 0x7fffffff, 0x40000000, 1_000_000][any(4)]!, at & ~3);
    else bytes.writeBigInt64LE(LENGTHS[any(4)]!, at & ~7);
  }
  return bytes;
}

function attempt<T>(task: () => T): T | Error {
  try {
    return task();
  } catch (error) {
    return error as Error; // as: a library's
  }
}
