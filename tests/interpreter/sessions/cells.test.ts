import { afterAll, beforeAll, expect, test } from "vitest";
import { type NotebookSession, openNotebook, plain } from "./notebook-session.ts";

let notebook: NotebookSession;

beforeAll(async () => {
  notebook = await openNotebook({ answer: (prompt) => (prompt.startsWith("Name") ? "Ada" : "yes") });
});
afterAll(() => notebook[Symbol.asyncDispose]());

test("values, functions, classes and types stay from cell to cell", async () => {
  await notebook.result(
    "interface Planet { name: string; moons: number }\nconst planets: Planet[] = [{ name: 'Earth', moons: 1 }];",
  );
  await notebook.result(
    "class Sun { heat = 6000 }\nfunction moonsOf(planet: Planet) { return planet.moons }\nlet n = 1;",
  );
  await notebook.result("n += 1");
  expect(plain(await notebook.result("[moonsOf(planets[0]), new Sun().heat, n]"))).toBe("[ 1, 6000, 2 ]");
});

test.each([
  ["const { site: s } = row; s", "'Oslo'"],
  ["const { at: { lat: north } } = row; north", "59.9"],
  ["let t; ({ site: t } = row); t", "'Oslo'"],
  ["for (const { site: each } of [row]) console.log(each);\n1", "1"],
  ["((({ site: a = 'none', at: { lat } }: Row) => a + lat))(row)", "'Oslo59.9'"],
  ["const boxed = { row }; boxed.row.site", "'Oslo'"],
  ["JSON.stringify({ count, row: { ...row, at: undefined } })", `'{"count":1,"row":{"site":"Oslo"}}'`],
  ["({ count } = { count: 2 }); count", "2"],
  ["({ count = 3 } = {} as { count?: number }); count", "3"],
  ["[count] = [4]; count", "4"],
  ["for (count of [5, 6]) {}\ncount", "6"],
  ["((count: number) => ({ count }))(7).count", "7"],
  ["class Farther extends Place { override site = 'farther' } new Farther().hello()", "'at farther'"],
  ["Units.toFeet(1) + Direction.Up", "5"],
])("names of an earlier cell are what they are anywhere else: %s", async (code, shown) => {
  await notebook.result(`interface Row { site: string; at: { lat: number } }
const row: Row = { site: "Oslo", at: { lat: 59.9 } };
let count = 1;
let lat = "another name";
class Place { site = "here"; hello() { return "at " + this.site; } }
namespace Units { export const toFeet = (metres: number) => 4 * metres; }
enum Direction { Down, Up }`);
  await notebook.result("1"); // declarations go from cell to cell
  expect(plain(await notebook.result(code))).toBe(shown);
});

test.each([
  ["() => 1", "[Function (anonymous)]"],
  ["(function named() {})", "[Function: named]"],
  ["(class {})", "[class (anonymous)]"],
])("a function is shown by its own name: %s", async (code, shown) => {
  expect(plain(await notebook.result(code))).toBe(shown);
});

test.each([
  ["[3, 1].toSorted().with(0, 9).findLast((n) => n > 3)", "9"],
  ["Uint8Array.of(1, 2).toReversed()", "Uint8Array(2) [ 2, 1 ]"],
  ["crypto.randomUUID().length", "36"],
  ['"x".isWellFormed()', "true"],
  ["import.meta.dirname.length > 0", "true"],
  ["/[\\p{L}--[a-z]]/v.test('é')", "true"],
])("what this Node has is known to the compiler: %s", async (code, shown) => {
  expect(plain(await notebook.result(code))).toBe(shown);
});

test("what a later Node has is known where it is there", async () => {
  const newer = {
    "Object.groupBy([1], String)": "groupBy" in Object,
    "new Set([1]).union(new Set([2]))": "union" in Set.prototype,
  };
  for (const [code, isThere] of Object.entries(newer)) {
    if (isThere) await notebook.result(code);
    else expect((await notebook.failure(code)).evalue).toMatch(/^TS2550: .* Node \d+\S* does not have it\./);
  }
});

test.each([
  "import pad from '@pads/left/deep.js';\nimport './none.ts';",
  "import '@pads/left';",
  "import '@pads/left/style.js';\nimport './none.js';",
])("a package that is not there is an error that says how to get it: %j", async (code) => {
  const error = await notebook.failure(code);
  expect(error.traceback.at(-1)).toBe("`npm install @pads/left` in the notebook's folder, then run the cell again.");
});

test("a name may be declared again, with another type", async () => {
  await notebook.result("const again = 1");
  await notebook.result("const again = 'text'");
  expect(plain(await notebook.result("again.toUpperCase()"))).toBe("'TEXT'");
});

test("functions of an earlier cell see what a later one assigns, and not what it declares anew", async () => {
  await notebook.result("let shared = 1;\nconst readShared = () => shared;\nfunction addShared() { shared += 1 }");
  await notebook.result("shared = 10;\naddShared();");
  expect(plain(await notebook.result("[shared, readShared()]"))).toBe("[ 11, 11 ]");
  await notebook.result("const shared = 'new';");
  expect(plain(await notebook.result("[shared, readShared()]"))).toBe("[ 'new', 11 ]");
});

test("export before a declaration does nothing", async () => {
  await notebook.result(
    "export const exported = 1;\nexport enum Colour { Red }\nexport interface Shape { size: number }",
  );
  expect(plain(await notebook.result("const shape: Shape = { size: exported };\n[shape.size, Colour.Red]"))).toBe(
    "[ 1, 0 ]",
  );
});

test("await and for await stand at the top level", async () => {
  await notebook.result("const seen: number[] = [];\nfor await (const i of [Promise.resolve(1), 2]) seen.push(i);");
  expect(plain(await notebook.result("await Promise.resolve(seen.length)"))).toBe("2");
});

test("a type error is shown with its line, and nothing runs", async () => {
  const error = await notebook.failure("let ran = 1;\nconst wrong: number = 'text';");
  expect(error.ename).toBe("CompileError");
  expect(error.evalue).toBe("TS2322: Type 'string' is not assignable to type 'number'. (2:7)");
  expect(error.traceback.join("\n")).toContain("2 | const wrong: number = 'text';\n            ^");
  expect((await notebook.failure("ran")).evalue).toContain("Cannot find name 'ran'");
});

test("a syntax error is shown as such", async () => {
  const error = await notebook.failure("function broken( {");
  expect(error.ename).toBe("CompileError");
  expect(error.traceback.join("\n")).not.toContain("TS2");
});

test("// @nocheck runs a cell with type errors", async () => {
  expect(plain(await notebook.result("// @nocheck\nconst loose: number = 'text'; loose"))).toBe("'text'");
});

test("an exception is shown in the lines of its cells, without ours or Node's", async () => {
  await notebook.result("type Deep = { b?: { c: number } };\n\n\nfunction reach(a: Deep) {\n  return a.b.c;\n}");
  const error = await notebook.failure("// a comment\n\nreach({});");
  expect(error.ename).toBe("TypeError");
  const text = error.traceback.join("\n");
  expect(text).toContain("5 |   return a.b.c;");
  expect(text).toMatch(/at reach \(In \[\d+\]:5:14\)\n {4}at In \[\d+\]:3:1/);
  expect(text).not.toMatch(/node:|sessions/);
});

test("what a failing cell assigned before the error is there, and what it did not reach is as it was", async () => {
  await notebook.result("const kept = 'old'");
  await notebook.failure("const early = 1;\nthrow new Error('stop');\nconst kept = 'new';");
  expect(plain(await notebook.result("[early, kept]"))).toBe("[ 1, 'old' ]");
});

test("anything can be thrown", async () => {
  expect(await notebook.failure("throw { code: 1 }")).toMatchObject({ ename: "Thrown", evalue: "{ code: 1 }" });
});

test("a promise as the last expression is shown, not awaited", async () => {
  expect(plain(await notebook.result("new Promise(() => {})"))).toBe("Promise { <pending> }");
});

test("expressions are evaluated for the front end and leave no trace", async () => {
  await notebook.result("const base = 20");
  const outcomes = await notebook.session.evaluate({ sum: "base + 1", bad: "nothing" });
  expect(outcomes.sum).toMatchObject({ status: "ok", result: { data: { "text/plain": "21" } } });
  expect(outcomes.bad).toMatchObject({ status: "error", error: { ename: "CompileError" } });
});

test("variables are listed with type, summary and columns", async () => {
  await notebook.session.restart();
  await notebook.result(
    "import fs from 'node:fs';\nconst cars = [{ name: 'a', mpg: 1.5 }, { name: 'b', mpg: null }];\nconst count = 3;",
  );
  expect(await notebook.session.variables()).toEqual([
    {
      name: "cars",
      type: "{ name: string; mpg: number; }[]",
      summary: "2 rows",
      columns: [
        { name: "name", type: "string" },
        { name: "mpg", type: "null | number" },
      ],
    },
    { name: "count", type: "3", summary: "3" },
  ]);
});

test("input(), prompt() and confirm() ask the user", async () => {
  const code = "[await input('Name? '), prompt('Sure?'), confirm('Really?')]";
  expect(plain(await notebook.result(code))).toBe("[ 'Ada', 'yes', true ]");
});

test("where no input is possible, input() says so and prompt() gives null", async () => {
  await using silent = await openNotebook();
  expect((await silent.failure("await input('Name? ')")).evalue).toContain("no input is possible");
  expect(plain(await silent.result("[prompt('Sure?'), confirm('Really?')]"))).toBe("[ null, false ]");
});

test("restart forgets variables", async () => {
  await notebook.result("const gone = 1");
  await notebook.session.restart();
  expect((await notebook.failure("gone")).evalue).toContain("Cannot find name 'gone'");
});
