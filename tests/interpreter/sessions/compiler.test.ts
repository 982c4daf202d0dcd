import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type NotebookSession, openNotebook } from "./notebook-session.ts";

let notebook: NotebookSession;

beforeAll(async () => {
  const files = {
    ...{ "utensils.ts": "export const fork = 1;", "data.json": "{}", "Deep/utmost.js": "export {}" },
    ...{
      "Own/es.mts": "",
      "Own/common.cts": "",
      "Own/built.mjs": "",
      "Own/node_modules/a/index.js": "",
      "Own/.git/x.ts": "",
    },
  };
  notebook = await openNotebook({ files });
  await notebook.result(
    "interface Planet {\n  /** In kilometres. */\n  radius: number;\n  name: string;\n}\nconst planets: Planet[] = [];",
  );
});
afterAll(() => notebook[Symbol.asyncDispose]());

test("members are completed by type, in UTF-16 offsets", async () => {
  const code = "'🪐'; planets[0].ra";
  const completion = await notebook.session.complete(code, code.length);
  expect(completion).toEqual({ matches: ["radius"], types: ["property"], start: code.length - 2, end: code.length });
});

test("names of earlier cells and our globals are completed", async () => {
  expect((await notebook.session.complete("plane", 5)).matches).toEqual(["planets"]);
  expect((await notebook.session.complete("newDis", 6)).matches).toEqual(["newDisplay"]);
});

describe("what earlier cells declare is completed", () => {
  test.each([
    ["as a type", "const one: Pla", ["Planet"]],
    ["as a type argument", "new Map<Plan", ["Planet"]],
    ["as a base class", "class Moon extends Bod", ["Body"]],
    ["behind await", "async () => { await plan", ["planets"]],
    ["behind a spread", "const all = [...plan", ["planets"]],
    ["behind typeof", "type All = typeof plan", ["planets"]],
    [
      "by its members, in a block that is still open",
      "function f() {\n  for (const p of planets) {\n    p.",
      ["name", "radius"],
    ],
    ["by its members, behind a template that is still open", "`${planets[0].", ["name", "radius"]],
    ["by the members that it asks for", "const p: Planet = { ", ["name", "radius"]],
    ["as a type in another case, and not as a value", "const one: planet", ["Planet"]],
  ])("%s", async (_, code, matches) => {
    await notebook.result("class Body { mass = 1 }");
    expect((await notebook.session.complete(code, code.length)).matches.toSorted()).toEqual(matches);
  });
});

describe("paths of the folder's files are completed", () => {
  test.each([
    ["import './ut", ["utensils"]],
    ['import { fork } from "./ut', ["utensils"]],
    ["export * from './Deep/", ["utmost"]],
    ["await import('./ut", ["utensils"]],
    ["const data = require('./da", ["data.json"]],
    ["import './Own/", ["built.mjs", "common.cts", "es.mts"]],
    ["import x from './Own/.", [".git"]],
  ])("%s", async (code, matches) => {
    const completion = await notebook.session.complete(code, code.length);
    expect(completion).toMatchObject({ matches, start: code.lastIndexOf("/") + 1, end: code.length });
  });
});

test("a type is inspected also where a value should stand, and what nobody declares is not known", async () => {
  expect((await notebook.session.inspect("Planet", 3))?.plain).toBe("interface Planet");
  expect((await notebook.session.inspect("if (planets) {\n  planets", 22))?.plain).toBe("const planets: Planet[]");
  for (const code of ["nobody", "planets[0].nobody.x"]) {
    expect(await notebook.session.inspect(code, code.length)).toBeUndefined();
  }
});

test("inspection tells type and documentation, also right after the name", async () => {
  const code = "planets[0].radius";
  const found = await notebook.session.inspect(code, code.length);
  expect(found?.plain).toBe("(property) Planet.radius: number\n\nIn kilometres.");
  expect(await notebook.session.inspect("   ", 1)).toBeUndefined();
});

test("check tells the type errors of code against the session, and runs nothing", async () => {
  expect(await notebook.session.check("planets[0].mass;\nconsole.log('ran')")).toMatchObject([
    { code: 2339, line: 1, column: 12 },
  ]);
  expect(await notebook.session.check("planets.length")).toEqual([]);
  expect(notebook.events).toEqual([]);
});

describe("generated code that reads an element by a name", () => {
  const cars = `const rows = [{ "Miles per gallon": 18, origin: "USA" }, { "Miles per gallon": 30, origin: "Japan" }];`;
  const missing: Record<string, string> = {
    "of a row": `rows[0]["mpg"]`,
    "of a callback's row": `rows.map((row) => row["mpg"])`,
    "of rows that are sorted": `rows.sort((a, b) => b["mpg"] - a["mpg"])`,
    "that is a constant": `const key = "mpg"; rows[0][key]`,
    "of a row that may be missing": `rows.find((row) => row.origin === "USA")?.["mpg"]`,
    "in an expression with await": `const first = await Promise.resolve(rows[0]); first["mpg"]`,
  };
  for (const [name, code] of Object.entries(missing)) {
    test(`${name}, which the type lacks, is refused`, async () => {
      const [diagnostic, ...others] = await notebook.session.check(`${cars}\n${code}`);
      expect(diagnostic).toMatchObject({
        line: 2,
        message: expect.stringMatching(/^Property 'mpg' does not exist on/),
      });
      expect(diagnostic?.message).toContain('"Miles per gallon": number');
      expect(others.length).toBe(name.includes("sorted") ? 1 : 0);
    });
  }

  const runs: Record<string, string> = {
    "that is there": `rows.map((row) => row["Miles per gallon"] + row["origin"].length)`,
    "of an accumulator": `const counts = {}; for (const { origin } of rows) counts[origin] = (counts[origin] ?? 0) + 1; counts["USA"]`,
    "that the code itself writes": `const total = { count: 0 }; total["sum"] = 0; for (const row of rows) total["sum"] += row.origin.length; total["sum"]`,
    "of an accumulator of a reduction": `rows.reduce((sums, row) => { sums[row.origin] = 1; return sums; }, {})["USA"]`,
    "of an untyped parameter": `function of(row) { return row["mpg"]; } rows.map(of)`,
    "of a record": `const by: Record<string, number> = {}; by["mpg"]`,
    "of a kind of a union": `const found = rows.length > 1 ? { mpg: 1 } : { origin: "x" }; found["mpg"]`,
    "that is asked for before": `const row: object = rows[0]; "mpg" in row ? row["mpg"] : 0`,
    "of what came as JSON": `JSON.parse("{}")["mpg"]`,
    "of an array, as a number": `rows["0"].origin`,
    "of a query's row": '(await sql`SELECT 1 AS n`)[0]["n"]',
  };
  for (const [name, code] of Object.entries(runs)) {
    test(`${name} is not refused`, async () => {
      expect(await notebook.session.check(`${cars}\n${code}`)).toEqual([]);
    });
  }

  test("is left alone in a cell of the user's", async () => {
    expect(await notebook.result(`${cars}\n[rows[0]["mpg"]]`)).toMatchObject({
      "text/plain": expect.stringContaining("undefined"),
    });
  });
});

test("completion answers while a cell runs", async () => {
  const cell = notebook.session.execute("console.log('started'); for (;;) {}", { cellId: "busy" });
  await notebook.eventually((event) => event.type === "stream");
  expect((await notebook.session.complete("plane", 5)).matches).toEqual(["planets"]);
  notebook.session.interrupt();
  await cell;
});

const COMPLETENESS = {
  complete: ["1 + 1", "await fetch('x')", "const a = `b\nc`", "", "for (;;) {\n}", "// comment"],
  incomplete: ["for (;;) {", "f(", "const a = `b", "/* a", "const x =", "class A {\n  b() {"],
  invalid: ["foo bar baz", "'open", "}", "const = 1", "f)("],
};

for (const [status, codes] of Object.entries(COMPLETENESS)) {
  for (const code of codes) {
    test(`${JSON.stringify(code)} is ${status}`, async () => {
      expect((await notebook.session.isComplete(code)).status).toBe(status);
    });
  }
}

test("an open brace asks for an indented line", async () => {
  expect(await notebook.session.isComplete("  if (a) {")).toEqual({ status: "incomplete", indent: "    " });
});
