import { copyFileSync, cpSync, existsSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ownFolder, ToolCallError } from "../../../interpreter/index.ts";
import { sqlError } from "../../../interpreter/sessions/sql/sql-error.ts";
import { type NotebookSession, openNotebook, plain } from "./notebook-session.ts";

let notebook: NotebookSession;

beforeAll(async () => {
  notebook = await openNotebook({
    files: {
      "cars.csv": "name,mpg,year\nford,10.5,2020-01-02\nfiat,30,2021-03-04\n",
      "more/events.jsonl": '{"id": 1, "tags": ["a"]}\n{"id": 2, "tags": []}\n',
      ".hidden.csv": "secret\n1\n",
      "node_modules/p/data.csv": "not\n1\n",
      "broken.csv": 'a,b\n1,2\n"open,3\n',
    },
  });
  symlinkSync("/etc", join(notebook.folder, "outside"));
  await notebook.result(
    "const rows = [{ name: 'a', n: 1, big: 2n ** 40n, when: new Date(0), more: { x: 1 } }, { name: 'b', n: 2.5 }];",
  );
});
afterAll(() => notebook[Symbol.asyncDispose]());

const locked = (query: string, options = {}) => notebook.session.sql(query, { locked: true, ...options });

describe("the user's sql", () => {
  test("reads files of the folder, with values bound as parameters", async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the cell's own template
    const code = "await sql`SELECT name, mpg FROM 'cars.csv' WHERE mpg > ${20} AND name <> ${\"'; DROP\"}`";
    expect(plain(await notebook.result(code))).toBe("name | mpg\nfiat |  30\n(1 row)");
  });

  test("takes text, too, and arrays of the session by name", async () => {
    expect(plain(await notebook.result("await sql('SELECT sum(n) AS n, max(big) AS big FROM rows')"))).toBe(
      "  n |           big\n3.5 | 1099511627776\n(1 row)",
    );
  });

  test("keeps tables that it creates", async () => {
    await notebook.result("await sql`CREATE TABLE kept AS SELECT 1 AS one`");
    expect(plain(await notebook.result("await sql`SELECT * FROM kept`"))).toBe("one\n  1\n(1 row)");
  });

  test("an error is DuckDB's message", async () => {
    expect(await notebook.failure("await sql`SELECT hoarse FROM 'cars.csv'`")).toMatchObject({
      ename: "SqlError",
      evalue: expect.stringContaining('"hoarse" not found'),
    });
  });
});

describe("a query for a magic or a tool", () => {
  test.each([
    ["TIMESTAMP '2024-01-05 10:00:00.123456'", "2024-01-05T10:00:00.123456Z"],
    ["TIMESTAMP_NS '1969-12-31 23:59:59.123456789'", "1969-12-31T23:59:59.123456789Z"],
    ["TIMESTAMPTZ '2024-01-05 10:00:00.0000010+02'", "2024-01-05T08:00:00.000001Z"],
    ["TIMESTAMP '2024-01-05 10:00:00.5'", "2024-01-05T10:00:00.500Z"],
    ["0.1::FLOAT", 0.1],
    ["16777216::FLOAT", 16777216],
    ["1.1415927::FLOAT", 1.1415927],
  ])("%s is shown with its own digits, to the user and to the model", async (value, shown) => {
    const query = `SELECT ${value} AS x`;
    expect((await locked(query)).rows).toEqual([{ x: shown }]);
    expect((await notebook.session.sql(query, { locked: false })).rows).toEqual([{ x: shown }]);
  });

  test("gives columns, JSON-safe rows, and the count of all rows", async () => {
    expect(await locked("SELECT * FROM range(1000)", { maxRows: 2 })).toEqual({
      columns: [{ name: "range", type: "BIGINT" }],
      rows: [{ range: 0 }, { range: 1 }],
      rowCount: 1000,
    });
    const odd = await locked(
      "SELECT 12345678901234567890::HUGEINT AS h, DATE '2020-01-02' AS d, TIMESTAMP '2020-01-02 03:04:05' AS t, 'nan'::DOUBLE AS x, [1::BIGINT] AS l, 'b'::BLOB AS b",
    );
    expect(odd.rows).toEqual([
      { h: "12345678901234567890", d: "2020-01-02", t: "2020-01-02T03:04:05.000Z", x: "NaN", l: [1], b: "Yg==" },
    ]);
  });

  for (const name of ["'cars.csv'", '"cars.csv"', "cars", "CARS"]) {
    test(`the file may be named ${name}`, async () => {
      expect((await locked(`SELECT count(*) AS n FROM ${name}`)).rows).toEqual([{ n: 2 }]);
    });
  }

  test("leaves its rows in a typed variable", async () => {
    await notebook.session.sql("SELECT name, year FROM cars", { locked: false, out: "picked" });
    expect(plain(await notebook.result("picked[0].name.length + picked[0].year.getUTCFullYear()"))).toBe("2024");
  });

  test("takes only a variable's name for its rows", async () => {
    await expect(locked("SELECT 1", { out: "a; process.exit()" })).rejects.toThrow("is not a variable's name");
  });

  test.each([0, 1, 2, 5, 100])("is cancelled by its signal after %i ms", async (delay) => {
    const controller = new AbortController();
    const query = locked("SELECT count(*) FROM range(1000000000) a, range(1000000) b", { signal: controller.signal });
    query.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, delay));
    controller.abort();
    await expect(query).rejects.toMatchObject({ name: "AbortError" });
    expect((await locked("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
  });
});

describe("a locked query", () => {
  const READS = [
    "SELECT 1",
    "WITH a AS (SELECT 1) SELECT * FROM a",
    "FROM cars",
    "DESCRIBE cars",
    "SUMMARIZE cars",
    "SHOW TABLES",
    "EXPLAIN SELECT 1",
    "PIVOT cars ON name USING max(mpg)",
    "VALUES (1)",
  ];
  for (const query of READS) {
    test(`may be: ${query}`, async () => {
      await expect(locked(query)).resolves.toBeDefined();
    });
  }

  const REFUSED = [
    "COPY cars TO 'out.csv'",
    "CREATE TABLE t (i INT)",
    "INSERT INTO rows SELECT * FROM rows",
    "ATTACH 'out.db'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET threads = 9",
    "EXPLAIN ANALYZE SELECT 1",
    "SELECT 1; COPY cars TO 'out.csv'",
    "DROP TABLE rows",
    "/* SELECT */ DELETE FROM rows",
  ];
  for (const query of REFUSED) {
    test(`may not be: ${query}`, async () => {
      await expect(locked(query)).rejects.toThrow(/is not allowed: only statements that read/);
      await expect(locked(query)).rejects.toBeInstanceOf(ToolCallError);
    });
  }

  const OUTSIDE = [
    "FROM read_text('/etc/passwd')",
    "FROM read_text('../../etc/passwd')",
    "FROM read_text('outside/passwd')",
    "FROM glob('/etc/*')",
    "FROM 'https://localhost/x.csv'",
  ];
  for (const query of OUTSIDE) {
    test(`does not reach outside the folder: ${query}`, async () => {
      await expect(locked(query)).rejects.toBeInstanceOf(ToolCallError);
    });
  }

  test("wrote nothing", () => {
    for (const name of ["out.csv", "out.db", ".tmp"]) expect(existsSync(join(notebook.folder, name))).toBe(false);
  });
});

test("tables are the data files and the arrays of objects, with their columns", async () => {
  const tables = await notebook.session.tables();
  expect(tables.map(({ name }) => name)).toEqual([
    "'broken.csv'",
    "'cars.csv'",
    "'more/events.jsonl'",
    "picked",
    "rows",
  ]);
  expect(tables[1]).toEqual({
    name: "'cars.csv'",
    kind: "file",
    columns: [
      { name: "name", type: "VARCHAR" },
      { name: "mpg", type: "DOUBLE" },
      { name: "year", type: "DATE" },
    ],
    rowCount: 2,
  });
  expect(tables.at(-1)).toMatchObject({
    kind: "variable",
    rowCount: 2,
    columns: [
      { name: "name", type: "VARCHAR" },
      { name: "n", type: "DOUBLE" },
      { name: "big", type: "BIGINT" },
      { name: "when", type: "TIMESTAMP" },
      { name: "more", type: "JSON" },
    ],
  });
});

test("a CSV that does not parse is told by what is wrong and where", () => {
  const error = sqlError(
    new Error(
      "Invalid Input Error: CSV Error on Line: 3\nOriginal Line: 3,4,5\nExpected Number of Columns: 2 Found: 3\nPossible fixes:\n* Enable ignore errors\n\n  file = bad.csv\n",
    ),
  );
  expect(error.message).toBe(
    "Invalid Input Error: CSV Error on Line: 3\nOriginal Line: 3,4,5\nExpected Number of Columns: 2 Found: 3",
  );
});

describe("a workbook", () => {
  let own: NotebookSession;
  beforeAll(async () => {
    own = await openNotebook({ files: { "broken.xlsx": "no workbook" } });
    copyFileSync(new URL("../../fixtures/sales.xlsx", import.meta.url), join(own.folder, "sales.xlsx"));
  });
  afterAll(() => own[Symbol.asyncDispose]());
  const query = (text: string, isLocked = true) => own.session.sql(text, { locked: isLocked });

  test("is a table a sheet; the names are below its title", async () => {
    expect(await own.session.tables()).toEqual([
      {
        ...{ name: "'broken.xlsx'", kind: "file", columns: [], rowCount: undefined },
        problem: "Doesn't look like an `.xlsx` file",
      },
      {
        name: "'sales.xlsx'",
        kind: "file",
        columns: [
          { name: "Region", type: "VARCHAR" },
          { name: "Sold on", type: "DATE" },
          { name: "Amount", type: "DOUBLE" },
          { name: "Paid", type: "BOOLEAN" },
        ],
        rowCount: 3,
        notes: [expect.stringContaining("above the row of names, left out: ")],
      },
      {
        name: "'sales.xlsx#Targets'",
        kind: "file",
        columns: [
          { name: "Region", type: "VARCHAR" },
          { name: "Target", type: "BIGINT" },
        ],
        rowCount: 2,
      },
    ]);
  });

  test("is queried by the model and by the user, and its sheets join", async () => {
    const text = `SELECT s.Region AS region, sum(Amount) AS amount, max(Target) AS target FROM 'sales.xlsx' s
      JOIN 'sales.xlsx#Targets' t USING (Region) GROUP BY ALL ORDER BY ALL`;
    const rows = [
      { region: "North", amount: 1200.5, target: 1000 },
      { region: "South", amount: 800, target: 900 },
    ];
    expect((await query(text)).rows).toEqual(rows);
    expect((await query(text, false)).rows).toEqual(rows);
    expect((await query('SELECT max("Sold on") AS last FROM sales')).rows).toEqual([{ last: "2024-03-07" }]);
    expect((await query("SELECT count(*) AS n FROM sales WHERE \"Sold on\" > DATE '2024-02-01'")).rows).toEqual([
      { n: 2 },
    ]);
  });

  test("that is none is told by its name", async () => {
    await expect(query("SELECT * FROM 'broken.xlsx'")).rejects.toThrow(/broken\.xlsx/);
  });

  test.each([true, false])("what cannot be read whole is not read by a guess (of the model: %s)", async (locked) => {
    const rows = Array.from({ length: 5000 }, (_, i) => `${i},${i * 7}`).join("\n");
    writeFileSync(join(own.folder, "cut.csv.gz"), gzipSync(`a,b\n${rows}\n`).subarray(0, 5000));
    await expect(query("SELECT count(*) FROM 'cut.csv.gz'", locked)).rejects.toThrow(
      "cut.csv.gz cannot be read: it ends in the midst of its gzip",
    );
  });
});

describe("an Arrow table of the session", () => {
  let own: NotebookSession;
  beforeAll(async () => {
    own = await openNotebook();
    for (const name of ["apache-arrow", "flatbuffers", "json-with-bigint", "tslib"]) {
      cpSync(`node_modules/${name}`, join(own.folder, "node_modules", name), { recursive: true });
    }
    const made = await own.result(`import * as arrow from "apache-arrow";
      const flights = arrow.tableFromArrays({
        carrier: ["AA", "BB", "AA"], delay: Float64Array.of(5, 7.5, 10), day: [new Date(0), new Date(864e5), null],
      });
      flights`);
    expect(made).toMatchObject({ "text/html": expect.stringMatching(/<td[^>]*>BB<\/td>/) });
  });
  afterAll(() => own[Symbol.asyncDispose]());

  test("is queried by its name, with its times as times", async () => {
    const { rows } = await own.session.sql(
      "SELECT carrier, avg(delay) AS delay, min(day) AS first FROM flights GROUP BY ALL ORDER BY ALL",
      { locked: true },
    );
    expect(rows).toEqual([
      { carrier: "AA", delay: 7.5, first: "1970-01-01T00:00:00.000Z" },
      { carrier: "BB", delay: 7.5, first: "1970-01-02T00:00:00.000Z" },
    ]);
  });

  test("is told to the model as a table", async () => {
    expect(await own.session.tables()).toMatchObject([{ name: "flights", kind: "variable", rowCount: 3 }]);
    const [flights] = (await own.session.variables()).filter(({ name }) => name === "flights");
    expect(flights).toMatchObject({ summary: "3 rows", columns: [{ name: "carrier", type: "string" }, {}, {}] });
  });

  test("is described by its first rows", async () => {
    await own.result("const longer = arrow.tableFromArrays({ n: Int32Array.from({ length: 5000 }, (_, i) => i) })");
    const tables = await own.session.tables();
    expect(tables.find(({ name }) => name === "longer")).toEqual({
      ...{ name: "longer", kind: "variable", columns: [{ name: "n", type: "BIGINT" }], rowCount: 5000 },
    });
    await own.result("longer.toArray = () => { throw new Error('all of it') }");
    expect((await own.session.tables()).map(({ name }) => name)).toContain("longer");
  });
});

describe("a result as an Arrow table", () => {
  test("has each type as Arrow has it, and what is missing", async () => {
    await notebook.result(`const table = await sql.arrow\`SELECT * FROM (VALUES
        ('a', 1::INTEGER, 2::BIGINT, 0.5::DOUBLE, 1.25::DECIMAL(9, 2), true, DATE '2024-02-29', TIMESTAMP '2024-02-29 12:00:00', [1, 2], {x: 1}, 3::HUGEINT),
        (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
      ) v(text, int, big, real, price, yes, day, moment, list, struct, huge) WHERE int IS NULL OR int < \${5}\`;
      const [first, last] = [...table].map((row) => row.toJSON());
      const made = [table.schema.fields.map(({ type }) => String(type)), { ...first, list: [...first!.list] }, last];`);
    const [made] = await notebook.session.values(["made"]);
    expect(made?.json).toEqual([
      "Utf8 Int32 Int64 Float64 Float64 Bool Date32<DAY> Timestamp<MILLISECOND> List<Int32> Utf8 Float64".split(" "),
      {
        ...{
          text: "a",
          int: 1,
          big: 2,
          real: 0.5,
          price: 1.25,
          yes: true,
          list: [1, 2],
          struct: '{"x":1}',
          huge: 3,
        },
        ...{ day: Date.UTC(2024, 1, 29), moment: Date.UTC(2024, 1, 29, 12) },
      },
      Object.fromEntries(
        "text int big real price yes day moment list struct huge".split(" ").map((name) => [name, null]),
      ),
    ]);
  });

  test("is a variable with its type, a table in later queries, and rows where it is shown", async () => {
    const result = await notebook.session.sql("SELECT name, year, 2 ** 40::BIGINT AS n FROM 'cars.csv' ORDER BY mpg", {
      ...{ locked: false, out: "carTable", arrow: true, maxRows: 1 },
    });
    expect(result).toMatchObject({ rowCount: 2, rows: [{ name: "ford", year: "2020-01-02", n: 2 ** 40 }] });
    expect(plain(await notebook.result("[carTable.numRows, carTable.getChild('name')!.get(1)]"))).toBe("[ 2, 'fiat' ]");
    expect((await locked("SELECT max(year) AS last FROM carTable")).rows).toEqual([
      { last: "2021-03-04T00:00:00.000Z" },
    ]);
    expect(await notebook.failure("carTable.rows")).toMatchObject({ ename: "CompileError" });
  });

  test("keeps the order of columns whose names are numbers; maps and times are text", async () => {
    const cell = `const wide = await sql.arrow\`SELECT 'x' AS k, 1 AS "2021", 2 AS "2020", MAP {'a': 1} AS m, TIME '12:00:01' AS t\`;
      [wide.schema.names.join(), wide.get(0)!.m, wide.getChild("t")!.get(0)]`;
    expect(plain(await notebook.result(cell))).toBe(`[ 'k,2021,2020,m,t', '[{"key":"a","value":1}]', '43201000000' ]`);
  });

  test("without rows keeps its columns", async () => {
    const cell = "const none = await sql.arrow`SELECT 1::INTEGER AS n WHERE false`; [none.numRows, none.schema.names]";
    expect(plain(await notebook.result(cell))).toBe("[ 0, [ 'n' ] ]");
  });

  test("is made by the folder's own copy of the library, so that its functions take it", async () => {
    const own = await openNotebook();
    try {
      for (const name of ["apache-arrow", "flatbuffers", "json-with-bigint", "tslib"])
        cpSync(`node_modules/${name}`, join(own.folder, "node_modules", name), { recursive: true });
      const cell = `import { Table, tableFromIPC, tableToIPC } from "apache-arrow";
        const made = await sql.arrow("SELECT range AS n FROM range(3)");
        [made instanceof Table, tableFromIPC(tableToIPC(made as Table)).numRows]`;
      expect(plain(await own.result(cell))).toBe("[ true, 3 ]");
    } finally {
      await own[Symbol.asyncDispose]();
    }
  });
});

test("a query of the user's that does not fit into memory spills, not into the folder, and leaves nothing", async () => {
  const own = await openNotebook();
  const scratch = () => readdirSync(ownFolder()).filter((name) => name.startsWith("scratch-"));
  const before = scratch();
  try {
    await own.result("await sql`SET memory_limit = '60MB'`;");
    const last = await own.result(
      "await sql`FROM (SELECT i AS n, hash(i) AS h, repeat(i::VARCHAR, 9) AS t FROM range(2000000) r(i)) SELECT n ORDER BY h, t OFFSET 1999999`",
    );
    expect(last).toMatchObject({ "text/plain": "      n\n1250515\n(1 row)" });
    expect(scratch()).toHaveLength(before.length + 1);
    expect(readdirSync(own.folder)).toEqual([]);
  } finally {
    await own[Symbol.asyncDispose]();
  }
  expect(scratch()).toEqual(before);
});
