// Files and folders whose names are patterns to DuckDB: "data[1].csv", as browsers call a second download, is "data1.csv"
// to it, and a file that is called "*" would list what is hidden beside it.
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTypeScriptSession, type TypeScriptSession } from "../../../interpreter/index.ts";
import { type NotebookSession, openNotebook } from "./notebook-session.ts";

const FILES = {
  "data[1].csv": "n\n1\n",
  "data1.csv": "n\n2\n",
  "all*.csv": "n\n3\n",
  "all.csv": "n\n4\n",
  "who?.json": '[{"n": 5}]',
  "whom.json": '[{"n": 6}]',
  "sub/*": "n\n7\n",
  "sub/.env": "hunter2",
  "sub/seen.txt": "",
};

let notebook: NotebookSession;
beforeAll(async () => {
  notebook = await openNotebook({ files: FILES });
});
afterAll(() => notebook[Symbol.asyncDispose]());

const rows = async (session: TypeScriptSession, query: string, locked = true) =>
  (await session.sql(query, { locked })).rows;

describe.each([true, false])("locked: %s", (locked) => {
  test.each([
    ["data[1].csv", 1],
    ["data1.csv", 2],
    ["all*.csv", 3],
    ["who?.json", 5],
  ])("%s is that file and no other", async (name, n) => {
    expect(await rows(notebook.session, `SELECT n FROM '${name}'`, locked)).toEqual([{ n }]);
  });
});

test("so it is where a function reads it, and a text that is no file's stays what it is", async () => {
  const query = "SELECT n, 'all*.csv' AS text FROM read_csv('data[1].csv')";
  expect(await rows(notebook.session, query)).toEqual([{ n: 1, text: "all*.csv" }]);
  expect(await rows(notebook.session, "SELECT sum(n) AS n FROM read_csv('*.csv')")).toEqual([{ n: 10 }]);
});

test.each(["'sub/*'", "'sub/*' || ''", "('sub/*')", "['sub/*']", "lower('sub/*')"])(
  "glob(%s) lists nothing that is hidden",
  async (argument) => {
    const found = await rows(notebook.session, `FROM glob(${argument})`).catch(() => []);
    expect(JSON.stringify(found)).not.toContain(".env");
  },
);

test("a folder may be called so, too", async () => {
  const folder = join(notebook.folder, "year[2]");
  mkdirSync(folder);
  for (const name of ["data[1].csv", "all.csv"]) cpSync(join(notebook.folder, name), join(folder, name));
  const session = await startTypeScriptSession({ cwd: folder, onEvent() {} });
  try {
    const tables = await session.tables();
    expect(tables.map(({ name, rowCount, problem }) => ({ name, rowCount, problem }))).toEqual([
      { name: "'all.csv'", rowCount: 1, problem: undefined },
      { name: "'data[1].csv'", rowCount: 1, problem: undefined },
    ]);
    expect(await rows(session, "SELECT n FROM 'data[1].csv'")).toEqual([{ n: 1 }]);
    expect(await rows(session, "SELECT n FROM read_csv('data[1].csv')")).toEqual([{ n: 1 }]);
  } finally {
    await session[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  }
});
