import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import {
  columnValues,
  defineTool,
  describeTable,
  rowsOf,
  runSql,
  runTypeScript,
  sqlCell,
  ToolCallError,
  type ToolContext,
} from "../../../interpreter/index.ts";
import { fakeSession } from "../fake-session.ts";
import { type NotebookSession, openNotebook } from "../sessions/notebook-session.ts";

const CSV = "name,mpg,origin\na,18.5,USA\nb,31,Japan\nc,,Japan\n";

describe("on a real session", () => {
  let notebook: NotebookSession;
  let context: ToolContext;
  beforeAll(async () => {
    notebook = await openNotebook({ files: { "cars.csv": CSV } });
    const { session } = notebook;
    context = {
      session,
      cellId: "agent",
      signal: undefined,
      display() {},
      onSessionEvent: () => () => {},
    };
  });
  afterAll(() => notebook[Symbol.asyncDispose]());

  const sql = (query: string) => runSql.call(JSON.stringify({ query }), context);

  test("a query's rows are a text table, and its cell gives the same rows", async () => {
    const {
      content,
      cell,
      facts = [],
    } = await sql("SELECT origin, count(*) AS n FROM cars GROUP BY origin ORDER BY origin;");
    expect(content).toBe("origin | n\nJapan | 2\nUSA | 1\n(2 rows)");
    expect(rowsOf(facts)?.rowCount).toBe(2);
    expect(JSON.stringify(await notebook.result(cell!))).toContain("Japan");
  });

  test("a wrong column is answered with the real ones", async () => {
    await expect(sql("SELECT horsepower FROM 'cars.csv'")).rejects.toThrow(
      /horsepower[\s\S]*Columns of 'cars.csv': name, mpg, origin/,
    );
  });

  test("a query that is too long to be looked through is refused before anything looks", async () => {
    const query = `SELECT ${"select ".repeat(20_000)}`;
    await expect(runSql.check(JSON.stringify({ query }), context)).rejects.toThrow(
      "the query has 140007 characters, and 20000 are the most",
    );
  });

  test.each(["COPY (SELECT 1) TO '/tmp/out.csv'", "SELECT * FROM '/etc/passwd'", "ATTACH '/tmp/x.db'"])(
    "%s is refused",
    async (query) => {
      await expect(sql(query)).rejects.toThrow(ToolCallError);
    },
  );

  test("describe_table gives types, ranges and missing values", async () => {
    const { content } = await describeTable.call('{"table":"cars.csv"}', context);
    expect(content).toMatch(/mpg \| DOUBLE \| 18.5 \| 31/);
  });

  test("describe_table takes only names that the notebook has", async () => {
    const hostile = JSON.stringify({ table: "(SELECT 1); DROP TABLE x" });
    await expect(describeTable.call(hostile, context)).rejects.toThrow(/no table[\s\S]*'cars.csv'/);
  });

  test("the values of a text column are found", async () => {
    const values = await columnValues(notebook.session, await notebook.session.tables());
    expect(values.get("'cars.csv'")?.get("origin")).toEqual(["Japan", "USA"]);
  });

  test("TypeScript that does not compile is refused before it runs", async () => {
    const code = JSON.stringify({ code: 'const n: number = "one";' });
    await expect(runTypeScript.check(code, context)).rejects.toThrow(/line 1: Type 'string' is not assignable/);
  });

  test("a column that is written wrongly is told as it is written", async () => {
    await notebook.run("const movies = [{ 'IMDB Votes': 3, Title: 'A' }]");
    const code = JSON.stringify({ code: "movies.map((movie) => movie.IMDB_Votes)" });
    await expect(runTypeScript.check(code, context)).rejects.toThrow(
      'there is no IMDB_Votes; it is written ["IMDB Votes"]',
    );
  });

  test.each([
    ["const n = 6 * 7;", "42"],
    ["let rows = [1, 2, 3]\n  .map((n) => n * 2)\n  .filter(\n    (n) => n > 2,\n  );", "[ 4, 6 ]"],
    ["const a = 1;\n// done", "1"],
    ["const b = 1; b + 1", "2"],
    ["var list: number[] = [];\nfor (const n of [1]) {\n  list.push(n);\n}", "(no output)"],
  ])("a program's last declaration is its result: %j", async (code, result) => {
    expect((await runTypeScript.call(JSON.stringify({ code }), context)).content).toBe(result);
  });

  test.each([
    ["const cars2 = 1; total = 3", /total is a variable of the user's/],
    ["let total = 3", /total is a variable of the user's/],
    ["total++", /total is a variable of the user's/],
    [
      'const data = [{ name: "a", mpg: 1 }, { name: "b", mpg: 2 }]',
      /rows are invented: the real ones are in 'cars.csv'/,
    ],
  ])("%s goes back before it runs", async (code, message) => {
    await notebook.run("var total = 1");
    await expect(runTypeScript.check(JSON.stringify({ code }), context)).rejects.toThrow(message);
  });

  test("what the model declared itself it may change", async () => {
    await runTypeScript.call(JSON.stringify({ code: "let mine = 1" }), context);
    await runTypeScript.check(JSON.stringify({ code: "mine = 2; const other = total === 1" }), context);
  });

  test("TypeScript that compiles runs, and its value is the observation", async () => {
    const { content } = await runTypeScript.call(JSON.stringify({ code: "const six = 2 * 3;\nsix" }), context);
    expect(content).toBe("6");
  });
});

describe("a query as a cell", () => {
  test.each([
    ["SELECT 1;", "await sql`SELECT 1`"],
    ["SELECT 1\nFROM t", "await sql`\nSELECT 1\nFROM t\n`"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what must not become a placeholder
    ["SELECT '`', '${x}', '\\d'", "await sql`SELECT '\\`', '\\${x}', '\\\\d'`"],
  ])("%j", (query, cell) => expect(sqlCell(query)).toBe(cell));
});

describe("defineTool", () => {
  const dice = defineTool({
    name: "roll_dice",
    description: "Rolls dice.",
    effect: "reads",
    parameters: z.object({ count: z.int().min(1).max(10).default(2), sides: z.int().describe("of one die") }),
    execute: async ({ count, sides }) => `${count}d${sides}`,
  });
  const context: ToolContext = {
    session: fakeSession(),
    cellId: "c",
    signal: undefined,
    display() {},
    onSessionEvent: () => () => {},
  };

  test("the schema is what the model is shown", () => {
    expect(dice.definition).toMatchObject({
      type: "function",
      function: {
        name: "roll_dice",
        parameters: { type: "object", required: ["sides"], properties: { sides: { description: "of one die" } } },
      },
    });
  });

  test("arguments are checked, defaults filled in", async () => {
    expect(await dice.call('{"sides":6}', context)).toEqual({ content: "2d6" });
    await expect(dice.call('{"sides":"six"}', context)).rejects.toThrow(
      /sides: .*roll_dice takes \{ count\?: integer, sides: integer \}/,
    );
    await expect(dice.call("[]", context)).rejects.toThrow(ToolCallError);
    await expect(dice.call("", context)).rejects.toThrow("sides");
  });
});
