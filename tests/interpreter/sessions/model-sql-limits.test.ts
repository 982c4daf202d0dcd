// What the model's SQL may use: memory and seconds are the reading process's, and hold by its end. Nothing of the user's
// is in it.
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ToolCallError } from "../../../interpreter/index.ts";
import { bubblewrap, readerCommand } from "../../../interpreter/sessions/sql/reader/reader-command.ts";
import { createReaderProcess, ReaderEndedError } from "../../../interpreter/sessions/sql/reader/reader-process.ts";
import { type NotebookSession, openNotebook, plain } from "./notebook-session.ts";

const LONG: Readonly<Record<string, string>> = {
  "11,000 columns": `SELECT ${Array.from({ length: 11_000 }, (_, i) => i).join()}`,
  "40,000 parentheses": `SELECT ${"(".repeat(40_000)}1${")".repeat(40_000)}`,
  "1,000 structs of a field whose name has 90 kB": `SELECT list({'${"n".repeat(90_000)}': range}) AS l FROM range(1000)`,
  "20,000 calls": `SELECT ${"abs(".repeat(20_000)}1${")".repeat(20_000)}`,
};
// Takes hours and no memory: the aggregate streams.
const ENDLESS = "SELECT sum(sqrt(range)) FROM range(1000000000000)";
const NAMED = { fileNames: [], views: [], sheets: [], arrays: [], leftOut: [] };

describe("a query that goes past a limit says which, and the user's session is as it was", () => {
  let notebook: NotebookSession;
  beforeAll(async () => {
    notebook = await openNotebook();
    await notebook.result("const mine = [{ a: 1 }, { a: 2 }]");
  });
  afterAll(() => notebook[Symbol.asyncDispose]());
  const locked = (query: string, options = {}) =>
    notebook.session.sql(LONG[query] ?? query, { locked: true, maxRows: 20, ...options });

  test.each([
    "SELECT range(20000000) AS l",
    "SELECT repeat('x', 100000000) AS a, repeat('y', 100000000) AS b",
    "SELECT length(repeat('x', 3000000000))",
    "SELECT repeat('x', 1000) FROM range(5000000)",
    "FROM range(1000000000000)",
    "SELECT {'a': [repeat('x', 40000000)]} AS s",
    "SELECT MAP {'a': range(5000000)} AS m",
    "SELECT string_agg(repeat('x', 1000)) AS t FROM range(3000000)",
    "11,000 columns",
    "1,000 structs of a field whose name has 90 kB",
    "WITH RECURSIVE r(t) AS (SELECT 'x' UNION ALL SELECT t || t FROM r) SELECT max(length(t)) FROM r",
  ])("%s", async (query) => {
    const told =
      /more than 1 GB of memory|larger than 32 MB|columns; at most|MB with the names in it|was ended: it (needed more than|took longer)/;
    const asked = locked(query);
    await expect(asked).rejects.toThrow(told);
    await expect(asked).rejects.toThrow(/select fewer|Select fewer|at most/);
    expect(plain(await notebook.result("mine.length"))).toBe("2");
  });

  test.each([
    "SELECT json_structure(repeat('[', 100000) || repeat(']', 100000))",
    "SELECT json(repeat('{\"a\":', 1000000) || '1' || repeat('}', 1000000))::VARCHAR",
    "40,000 parentheses",
    "20,000 calls",
  ])("%s", async (query) => {
    // A crash of DuckDB's, or an error where its version has a limit: the session does not see it.
    await locked(query).catch((error: unknown) => expect(error).toBeInstanceOf(ToolCallError));
    expect(plain(await notebook.result("mine.length"))).toBe("2");
    expect((await locked("SELECT sum(a) AS s FROM mine")).rows).toEqual([{ s: 3 }]);
  });

  test("rows that are not kept are counted, however many bytes they have", async () => {
    const result = await locked("SELECT repeat('x', 1000) AS t FROM range(500000)");
    expect(result).toMatchObject({ rowCount: 500_000, columns: [{ name: "t", type: "VARCHAR" }] });
    expect(result.rows).toHaveLength(20);
  });

  test("an error in the last row is told, not what came before it", async () => {
    const query =
      "SELECT CASE WHEN range = 3000000 THEN error('boom') ELSE range::VARCHAR END AS t FROM range(5000000)";
    await expect(locked(query)).rejects.toThrow("boom");
  });

  test.each([
    ENDLESS,
    "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r",
    "SELECT sum(length(regexp_replace(repeat(range::VARCHAR, 900), '(1|2)*', 'x', 'g'))) FROM range(100000000)",
  ])("the user's interrupt ends it: %s", async (query) => {
    const controller = new AbortController();
    const asked = locked(query, { signal: controller.signal });
    asked.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 300));
    controller.abort();
    await expect(asked).rejects.toMatchObject({ name: "AbortError" });
    expect((await locked("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
  });

  test("an array of the session that is too large to be sent is told", async () => {
    await notebook.result("const large = Array.from({ length: 5_000_000 }, (_, a) => ({ a }));");
    await expect(locked("SELECT sum(a) FROM large")).rejects.toThrow("The variable large has 5000000 rows, too many");
    expect((await locked("SELECT sum(a) AS s FROM mine")).rows).toEqual([{ s: 3 }]);
  });
});

describe("the process that reads", () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "qwenlab-reader-")));
  writeFileSync(join(folder, "own.csv"), "a\n1\n");
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("is ended when a query takes longer than it may, and another takes its place", async () => {
    const reader = createReaderProcess(folder);
    try {
      const query = (text: string, seconds: number) =>
        reader.request("query", { query: text, maxRows: 1, named: NAMED }, { seconds });
      await query("SELECT 1", 60);
      const endless = query(ENDLESS, 1);
      await expect(endless).rejects.toThrow(new ReaderEndedError("it took longer than 1 s"));
      expect((await query("SELECT 1 AS one", 60)).rows).toEqual([{ one: 1 }]);
    } finally {
      await reader.close();
    }
  });

  test("ends when the kernel is killed by signal 9", async () => {
    const module = new URL("../../../dist/interpreter/sessions/sql/reader/reader-process.js", import.meta.url);
    const code = `import { createReaderProcess } from ${JSON.stringify(module.href)};
      const reader = createReaderProcess(${JSON.stringify(folder)});
      const named = ${JSON.stringify(NAMED)};
      await reader.request("query", { query: "SELECT 1", maxRows: 1, named }, { seconds: 60 });
      void reader.request("query", { query: "${ENDLESS}", maxRows: 1, named }, { seconds: 600 });
      console.log("asked");`;
    const kernel = spawn(process.execPath, ["--input-type=module", "-e", code], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await new Promise((resolve) => kernel.stdout.once("data", resolve));
    const readers = readersOf(folder);
    expect(readers.length).toBeGreaterThan(0);
    kernel.kill("SIGKILL");
    await expect.poll(() => readersOf(folder)).toEqual([]);
  });

  // What it could not do even if a query got past all checks: the same start, with a program that tries.
  const attempt = async (code: string, inRoom: boolean) => {
    const { program, args, env } = readerCommand(folder, { inRoom });
    const child = spawn(program, [...args.slice(0, -1), "--input-type=module", "-e", code], { cwd: folder, env });
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
    });
    await new Promise((resolve) => child.on("close", resolve));
    return text;
  };

  test("has nothing of the environment but the language and the time zone", async () => {
    process.env.QWENLAB_TEST_SECRET = "hunter2";
    const names = JSON.parse(await attempt("console.log(JSON.stringify(Object.keys(process.env)))", false)) as string[];
    delete process.env.QWENLAB_TEST_SECRET;
    expect(names.filter((name) => !/^(LANG|LC_ALL|TZ|PWD|OLDPWD|SHLVL|_)$/.test(name))).toEqual([]);
  });

  test.runIf(process.platform !== "win32")("writes no byte", async () => {
    await attempt(`(await import("node:fs")).writeFileSync("new.csv", "x")`, false);
    expect(readText("new.csv")).toBe(""); // made, and empty: the limit is on bytes
    rmSync(join(folder, "new.csv"), { force: true });
  });

  test.runIf(bubblewrap() !== undefined)(
    "in its room sees the folder, which it cannot change, and no network",
    async () => {
      const code = `import fs from "node:fs"; import net from "node:net";
      const tries = {
        reads: () => fs.readFileSync("own.csv", "utf8"),
        truncates: () => fs.truncateSync("own.csv"), makes: () => fs.mkdirSync("new"), removes: () => fs.rmSync("own.csv"),
        renames: () => fs.renameSync("own.csv", "b"), mode: () => fs.chmodSync("own.csv", 0o777),
        temporary: () => fs.mkdirSync("/tmp/new"), passwords: () => fs.readFileSync("/etc/passwd", "utf8"),
        home: () => fs.readdirSync(${JSON.stringify(process.env.HOME ?? "/root")}),
      };
      const told = Object.entries(tries).map(([name, run]) => { try { return [name, run()] } catch (e) { return [name, e.code] } });
      console.log(JSON.stringify({ ...Object.fromEntries(told), interfaces: Object.keys((await import("node:os")).networkInterfaces()) }));`;
      const told = JSON.parse(await attempt(code, true)) as Record<string, unknown>;
      expect(told).toMatchObject({
        ...{ reads: "a\n1\n", truncates: "EROFS", makes: "EROFS", removes: "EROFS", renames: "EROFS", mode: "EROFS" },
        ...{ temporary: "EROFS", passwords: "ENOENT" },
      });
      expect(told.interfaces).not.toContain("eth0");
      expect(readText("own.csv")).toBe("a\n1\n");
    },
  );

  const readText = (name: string) => readFileSync(join(folder, name), { encoding: "utf8", flag: "a+" });
});

/** Ids of the processes that work in the folder with DuckDB's reader as their program. */
function readersOf(folder: string): string[] {
  return readdirSync("/proc").filter((id) => {
    try {
      const isReader = readFileSync(`/proc/${id}/cmdline`, "utf8").includes("sql/reader/child.js");
      return isReader && readlinkSync(`/proc/${id}/cwd`) === folder;
    } catch {
      return false; // not a process, or gone
    }
  });
}
