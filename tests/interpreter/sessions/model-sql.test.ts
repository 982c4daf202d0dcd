import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ToolCallError } from "../../../interpreter/index.ts";
import { type NotebookSession, openNotebook, plain } from "./notebook-session.ts";

const SECRET = "hunter2";

let notebook: NotebookSession;
let before: Readonly<Record<string, string>>;

beforeAll(async () => {
  notebook = await openNotebook({
    files: {
      "cars.csv": "name,mpg,year\nford,10.5,2020-01-02\nfiat,30,2021-03-04\n",
      "nb.ipynb": '{"cells": []}',
      "data/a.csv": "n\n1\n",
      "data/b.csv": "n\n2\n",
      "data/deep/er/than/tables/c.csv": "n\n3\n",
      "data/.hidden.csv": `n\n${SECRET}\n`,
      ".env": SECRET,
      "sub/.env": SECRET,
      "sub/.git/config": SECRET,
      ".git/config": "[core]\n",
      ".git/hooks/pre-commit": "#!/bin/sh\n",
      ".mcp.json": "{}",
    },
  });
  symlinkSync(join(notebook.folder, ".env"), join(notebook.folder, "link-to-hidden.txt"));
  symlinkSync(join(notebook.folder, "cars.csv"), join(notebook.folder, "link.csv"));
  symlinkSync("/etc", join(notebook.folder, "outside"));
  await notebook.result("const kept = [{ a: 1 }, { a: 2 }];");
  before = contents(notebook.folder);
});
afterAll(() => notebook[Symbol.asyncDispose]());

const locked = (query: string, options = {}) => notebook.session.sql(query, { locked: true, ...options });
const inFolder = (query: string) => query.replaceAll("FOLDER", notebook.folder);

/** Every file, folder and link, with what is in it. */
function contents(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path, entry.isFile() ? readFileSync(path, "latin1") : entry.isDirectory() ? "folder" : "link"];
    }),
  );
}

describe("the model's SQL changes nothing", () => {
  const COPY = "COPY (SELECT unnest(['[core]','fsmonitor = \"touch PWNED\"'])) TO 'FOLDER/.git/config' (FORMAT csv)";
  test.each([
    COPY,
    `EXPLAIN ANALYSE ${COPY}`,
    `EXPLAIN ANALYZE ${COPY}`,
    `explain/**/analyse/**/${COPY}`,
    `EXPLAIN -- plain\n ANALYSE ${COPY}`,
    `EXPLAIN (ANALYZE) ${COPY}`,
    `EXPLAIN (ANALYZE true, FORMAT json) ${COPY}`,
    `EXPLAIN (FORMAT json, ANALYSE 1) ${COPY}`,
    `EXPLAIN ${COPY}`,
    "EXPLAIN ANALYSE SELECT 1",
    "EXPLAIN ANALYSE CREATE TABLE t AS SELECT 1",
    "COPY cars TO 'FOLDER/cars.csv'",
    "COPY cars TO 'FOLDER/nb.ipynb' (FORMAT json)",
    "COPY (SELECT 1) TO 'FOLDER/new' (FORMAT parquet, PER_THREAD_OUTPUT)",
    "COPY (SELECT '#!/bin/sh') TO 'FOLDER/.git/hooks/pre-commit'",
    "SELECT 1; COPY cars TO 'FOLDER/new.csv'",
    "/* pivot */ COPY cars TO 'FOLDER/new.csv'; SELECT 1",
    "PIVOT cars ON name USING max(mpg); COPY cars TO 'FOLDER/new.csv'",
    "COPY (PIVOT cars ON name USING max(mpg)) TO 'FOLDER/new.csv'",
    "EXPORT DATABASE 'FOLDER/exported'",
    "EXPLAIN EXPORT DATABASE 'FOLDER/exported'",
    "IMPORT DATABASE 'FOLDER/data'",
    "ATTACH 'FOLDER/new.db'",
    "ATTACH 'FOLDER/cars.csv' AS x",
    "PRAGMA enable_profiling='json'",
    "PRAGMA profiling_output='FOLDER/profile.json'",
    "SET profiling_output='FOLDER/profile.json'",
    "SET VARIABLE a = 1",
    "RESET lock_configuration",
    "CALL enable_logging(storage='file', storage_config={'path': 'FOLDER/log'})",
    "SELECT * FROM enable_logging(storage='file', storage_config={'path': 'FOLDER/log'})",
    "FROM system.main.enable_logging(storage='file', storage_config={'path': 'FOLDER/log'})",
    "FROM \"ENABLE_LOGGING\"(storage='file', storage_config={'path': 'FOLDER/log'})",
    "DESCRIBE FROM enable_logging(storage='file', storage_config={'path': 'FOLDER/log'})",
    "EXPLAIN FROM enable_logging(storage='file', storage_config={'path': 'FOLDER/log'})",
    "SELECT (SELECT count(*) FROM enable_logging(storage='file', storage_config={'path': 'FOLDER/log'}))",
    "WITH a AS (FROM enable_logging(storage='file', storage_config={'path': 'FOLDER/log'})) FROM a",
    "SELECT json_serialize_plan('FROM enable_logging(storage=''file'', storage_config={''path'': ''FOLDER/log''})')",
    "PIVOT (FROM enable_logging(storage='file', storage_config={'path': 'FOLDER/log'})) ON x USING count(*)",
    "FROM truncate_duckdb_logs()",
    "FROM force_checkpoint()",
    "SELECT write_log('x')",
    "FROM query('COPY (SELECT 1) TO ''FOLDER/new.csv''')",
    "FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
    "FROM read_duckdb('FOLDER/new.db')",
    "FROM 'FOLDER/new.db'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "CREATE TABLE t (i INT)",
    "CREATE SECRET s (TYPE http)",
    "CREATE PERSISTENT SECRET s (TYPE http)",
    "WITH a AS (INSERT INTO kept VALUES (3) RETURNING *) FROM a",
    "INSERT INTO kept VALUES (3)",
    "DROP TABLE kept",
    "VACUUM",
    "ANALYZE",
    "CHECKPOINT",
    "BEGIN; SELECT 1",
    "PREPARE p AS SELECT 1",
    "EXECUTE p",
    "USE temp",
    "COMMENT ON TABLE kept IS 'x'",
  ])("%s", async (query) => {
    await expect(locked(inFolder(query))).rejects.toBeInstanceOf(ToolCallError);
    expect(contents(notebook.folder)).toEqual(before);
  });
});

describe("the model's SQL leaves nothing to a later query", () => {
  test.each([
    "/* pivot */ CREATE MACRO sum(x) AS 42; SELECT 1",
    "CREATE MACRO sum(x) AS 42; PIVOT cars ON name USING max(mpg)",
    "SELECT 'pivot'; CREATE VIEW cars AS SELECT 666 AS mpg; SELECT 1",
    "-- pivot\nCREATE OR REPLACE TEMP VIEW cars AS SELECT 666 AS mpg; SELECT 1",
    "SELECT E'\\'' ; CREATE MACRO sum(x) AS 42; PIVOT cars ON name USING max(mpg) -- '",
    "PIVOT cars ON $a$ ; CREATE MACRO sum(x) AS 42; -- $a$ USING max(mpg)",
    "CREATE TYPE mood AS ENUM ('a'); SELECT 1 -- pivot",
    "SELECT setseed(0.5)",
    "SELECT nextval('s')",
  ])("%s", async (query) => {
    await expect(locked(query)).rejects.toBeInstanceOf(ToolCallError);
    expect((await locked("SELECT sum(mpg) AS s FROM cars")).rows).toEqual([{ s: 40.5 }]);
  });

  test("a PIVOT's own enum is gone with it", async () => {
    await locked("PIVOT cars ON name USING max(mpg)");
    const types = await locked("SELECT type_name FROM duckdb_types() WHERE NOT internal");
    expect(types.rows).toEqual([]);
  });
});

describe("the model's SQL does not read what is hidden or outside", () => {
  test.each([
    "FROM read_text('.env')",
    "FROM read_text('sub/.env')",
    "FROM read_text('./sub/../.env')",
    "FROM read_text('FOLDER/sub/.git/config')",
    "FROM read_blob('.env')",
    "FROM read_csv('.env', header=false)",
    "FROM read_csv(['cars.csv', '.env'], header=false)",
    "FROM read_csv('data/.hidden.csv')",
    "FROM 'data/.hidden.csv'",
    'FROM "data/.hidden.csv"',
    "FROM read_text('.' || 'env')",
    "FROM read_text(concat('sub', '/.env'))",
    "FROM read_text(chr(46) || 'env')",
    "FROM read_text('sub/*')",
    "FROM read_text('sub/.e*')",
    "FROM read_text('.[e]nv')",
    "FROM glob('sub/.*')",
    "FROM read_text('link-to-hidden.txt')",
    "FROM read_text('file://FOLDER/.env')",
    "FROM sniff_csv('.env')",
    "EXPLAIN FROM '.env'",
    "FROM read_text('/etc/passwd')",
    "FROM read_text('outside/passwd')",
    "FROM read_text('../../etc/passwd')",
    "FROM read_text('/proc/self/environ')",
    "FROM read_text('/proc/self/root/etc/passwd')",
    "FROM read_text('/dev/stdin')",
    "FROM glob('/etc/*')",
    "FROM 'https://localhost/x.csv'",
    "SELECT getenv('HOME')",
    "SELECT current_setting('allowed_paths')",
    "FROM duckdb_settings()",
    "FROM pg_settings",
    'SELECT (SELECT max(setting) FROM "PG_Settings")',
    "FROM system.pg_catalog.pg_settings",
    "SUMMARIZE pg_settings",
    "PIVOT pg_settings ON name USING max(setting)",
    "FROM duckdb_logs",
    "FROM duckdb_secrets()",
    "FROM arrow_scan(1, 2, 3)",
  ])("%s", async (query) => {
    await expect(locked(inFolder(query))).rejects.toBeInstanceOf(ToolCallError);
  });

  test("patterns find what may be seen, and nothing that is hidden", async () => {
    expect((await locked("SELECT sum(n) AS n FROM 'data/*.csv'")).rows).toEqual([{ n: 3 }]);
    expect((await locked("SELECT sum(n) AS n FROM read_csv('data/**/*.csv')")).rows).toEqual([{ n: 6 }]);
    const { rows } = await locked("SELECT file FROM glob('**') ORDER BY file");
    expect(rows.map(({ file }) => file)).toEqual([
      ...["cars.csv", "data/a.csv", "data/b.csv", "data/deep/er/than/tables/c.csv", "nb.ipynb"],
    ]);
  });

  test("what may be seen is read: by its name, deep in the folder, through a link in it, as text", async () => {
    expect((await locked("FROM 'data/deep/er/than/tables/c.csv'")).rows).toEqual([{ n: 3 }]);
    expect((await locked("SELECT count(*) AS n FROM 'link.csv'")).rows).toEqual([{ n: 2 }]);
    expect((await locked("SELECT content FROM read_text('nb.ipynb')")).rows).toEqual([{ content: '{"cells": []}' }]);
    expect((await locked("SELECT sum(a) AS s FROM kept")).rows).toEqual([{ s: 3 }]);
  });

  test("a data file that is a link out of the folder is told as such; the user's own SQL follows it", async () => {
    const outside = mkdtempSync(join(tmpdir(), "qwenlab-outside-"));
    writeFileSync(join(outside, "far.csv"), "n\n7\n");
    const links = { "far.csv": join(outside, "far.csv"), "loop.csv": "loop.csv", "nowhere.csv": "not-there.csv" };
    for (const [name, target] of Object.entries(links)) symlinkSync(target, join(notebook.folder, name));
    try {
      const problem = "far.csv is a link out of the folder, which is not followed for the model; copy the file here";
      const listed = (await notebook.session.tables()).filter(({ name }) => /far|loop|link|nowhere/.test(name));
      expect(listed).toMatchObject([{ name: "'far.csv'", problem }]); // what is in the folder is listed by itself
      await expect(locked("FROM 'far.csv'")).rejects.toThrow(problem);
      expect((await notebook.session.sql("FROM 'far.csv'", { locked: false })).rows).toEqual([{ n: 7 }]);
    } finally {
      for (const name of Object.keys(links)) rmSync(join(notebook.folder, name));
      rmSync(outside, { recursive: true });
    }
  });

  test("charts and statistics are held to the same", async () => {
    const chart = (table: string) => notebook.session.chart({ table, mark: "bar", x: "content" });
    await expect(chart("SELECT * FROM read_text('.env')")).rejects.toBeInstanceOf(ToolCallError);
    await expect(chart("(SELECT 1 AS content); COPY cars TO 'new.csv'")).rejects.toBeInstanceOf(ToolCallError);
    const statistics = notebook.session.statistics({
      ...{ table: "SELECT content AS x FROM read_csv('data/.hidden.csv') t(content)", test: "normality", x: "x" },
    });
    await expect(statistics).rejects.toBeInstanceOf(ToolCallError);
    expect(contents(notebook.folder)).toEqual(before);
  });
});

test("an error within DuckDB is told without its stack, which names places of this machine", async () => {
  const failing = locked("SELECT reservoir_quantile(range, 0.5, 1000000000) FROM range(10)");
  const { message } = await failing.then(
    () => new Error("it did not fail"),
    (error: Error) => error,
  );
  expect(message).toContain("Memory allocation failure");
  expect(message).not.toMatch(/stack|\/node_modules\//i);
});

describe("the model's SQL may be", () => {
  test.each([
    "SELECT 1;",
    ";SELECT 1 -- done",
    "(SELECT 1) UNION ALL (VALUES (2))",
    "FROM cars SELECT max(mpg)",
    "TABLE cars",
    "SHOW ALL TABLES",
    "DESCRIBE SELECT * FROM cars",
    "explain/* plain */ FROM cars",
    "PIVOT (FROM cars SELECT name, mpg, year(year) AS y) ON y, name USING max(mpg) GROUP BY mpg",
    "PIVOT cars ON year(year) USING max(mpg) AS most, count(*) AS n",
    "WITH p AS (PIVOT cars ON name USING max(mpg)) SELECT * FROM p",
    "SELECT * FROM (PIVOT cars ON name IN ('ford') USING max(mpg)) ORDER BY ALL",
    "PIVOT 'cars.csv' ON name -- by name\n USING max(mpg)",
    "UNPIVOT (SELECT 1 AS a, 2 AS b) ON a, b",
    "SELECT name AS pivot, getvar FROM (SELECT name, 1 AS getvar FROM cars)",
    "SELECT list_transform([1, 2], lambda x: x + 1), [y * 2 FOR y IN [1]], ('a').upper()",
    "SELECT row_number() OVER (ORDER BY mpg), unnest([1, 2]) FROM cars",
    "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT max(n) FROM r",
  ])("%s", async (query) => {
    expect((await locked(query)).columns.length).toBeGreaterThan(0);
  });
});

test("after all of it the user's session is the same", async () => {
  expect(plain(await notebook.result("kept.length"))).toBe("2");
  expect(notebook.events.filter(({ type }) => type === "session-ended")).toEqual([]);
});

test("what becomes hidden later is hidden", async () => {
  mkdirSync(join(notebook.folder, "later", ".cache"), { recursive: true });
  writeFileSync(join(notebook.folder, "later", ".cache", "x.csv"), `a\n${SECRET}\n`);
  await expect(locked("FROM 'later/.cache/x.csv'")).rejects.toBeInstanceOf(ToolCallError);
});

describe("conditions that no row fulfils", () => {
  test("are found in files and arrays", async () => {
    const unmet = (query: string) => notebook.session.unmet(query);
    expect(await unmet("SELECT count(*) FROM 'cars.csv' WHERE name ILIKE 'FORT'")).toEqual([
      {
        text: "name ILIKE 'FORT'",
        of: "rows",
        constants: ["FORT"],
        held: [{ name: "name", values: ["ford", "fiat"] }],
      },
    ]);
    expect(await unmet("SELECT * FROM 'cars.csv' AS c JOIN kept ON year(c.year) = a AND name = 'fiat'")).toMatchObject([
      { text: "year(c.year) = a", of: "pairs" },
    ]);
    expect(await unmet("SELECT count(*) FROM 'cars.csv' WHERE name = 'fiat' AND mpg < 20")).toEqual([]);
  });

  test("are none of a query that may not run", async () => {
    expect(
      await notebook.session.unmet(inFolder("SELECT 1 FROM read_text('FOLDER/.env') WHERE content = 'a'")),
    ).toEqual([]);
    const calls = "SELECT 1 FROM 'cars.csv' WHERE name = getenv('HOME') AND mpg < 0";
    expect((await notebook.session.unmet(calls)).map(({ text }) => text)).toEqual(["mpg < 0"]);
  });
});
