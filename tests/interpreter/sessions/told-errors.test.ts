// What a cell's error says: where it is, also where only V8 finds it, and what other errors it is made of.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type NotebookSession, openNotebook, plain } from "./notebook-session.ts";

let notebook: NotebookSession;

beforeAll(async () => {
  const files = {
    "lib/twice.ts": "export const ok = 1;\n  export const twice = /(?<n>a)|(?<n>b)/;",
    "lib/user.ts": "import { twice } from './twice';\nexport const used = twice;",
    "lib/sloppy.js": "exports.f = function () {\n  with ({}) {}\n};",
  };
  notebook = await openNotebook({ files });
});
afterAll(() => notebook[Symbol.asyncDispose]());

/** The lines of the traceback, without empty ones, behind the headline. */
async function told(code: string): Promise<string[]> {
  const { traceback } = await notebook.failure(code);
  return traceback.slice(1).filter((line) => line !== "");
}

describe("a syntax error that V8 alone finds", () => {
  test.each([
    ["a regular expression", "const ok = 1;\n\tconst r = /(?<n>a)|(?<n>b)/;", "2:12"],
    ["one in a function", "// first\nfunction f() {\n  return /(?<n>a)|(?<n>b)/;\n}", "3:10"],
    ["behind types and an import", "import os from 'node:os';\nconst x: number = 1; /(?<n>a)|(?<n>b)/", "2:22"],
    ["unchecked code", "// @ts-nocheck\nconst a = 1; const a = 2;", "2:20"],
    ["code that awaits in a function", "// @ts-nocheck\nfunction f() { await 1 }", "2:16"],
  ])("is told at its line and column: %s", async (_, code, place) => {
    const { ename, traceback } = await notebook.failure(code);
    expect(ename).toBe("SyntaxError");
    const [line = 0, column = 0] = place.split(":").map(Number);
    const text = code.split("\n")[line - 1];
    const caret = `${" ".repeat(`${line} | `.length)}${text?.slice(0, column - 1).replace(/[^\t]/g, " ")}^`;
    expect(traceback.join("\n")).toContain(`  ${line} | ${text}\n  ${caret}\n`);
    expect(traceback.at(-1)).toMatch(new RegExp(`^ {4}at In \\[\\d+\\]:${place}$`));
  });

  test.each([
    ["import", "import { twice } from './lib/twice';", "    at lib/twice.ts:2:24"],
    ["another file", "import { used } from './lib/user';", "    at lib/twice.ts:2:24"],
    ["require", "require('./lib/sloppy.js')", "    at lib/sloppy.js:2:3"],
  ])("is told at its line of a local file: %s", async (_, code, frame) => {
    expect(await told(code)).toContain(frame);
    const stack = await notebook.result(
      `let stack = "";\ntry { await import('./lib/twice') } catch (e) { stack = (e as Error).stack! }\nstack`,
    );
    expect(plain(stack)).toContain("at lib/twice.ts:2:24");
  });

  test("of code that a cell makes is told at the line that makes it", async () => {
    expect((await told("\neval('1 +')")).at(-1)).toMatch(/at In \[\d+\]:2:1$/);
  });
});

describe("an error is told with", () => {
  test.each([
    [
      "its causes",
      "throw new Error('a', { cause: new TypeError('b', { cause: { code: 5 } }) })",
      ["Caused by: TypeError: b", "Caused by: { code: 5 }"],
    ],
    [
      "what it carries besides its message",
      "class HttpError extends Error { constructor(m: string, readonly status: number, readonly body: object) { super(m) } }\nthrow new HttpError('refused', 403, { why: 'quota' })",
      ["  { status: 403, body: { why: 'quota' } }"],
    ],
    [
      "what its cause carries",
      "throw new Error('a', { cause: Object.assign(new Error('b'), { code: 'E1' }) })",
      ["Caused by: Error: b", "  { code: 'E1' }"],
    ],
    [
      "getters that it carries left alone",
      "throw Object.defineProperty(Object.assign(new Error('a'), { n: 1 }), 'bad', { enumerable: true, get() { throw 1 } })",
      ["  { n: 1 }"],
    ],
    [
      "causes that lead back to it",
      "const c1 = new Error('c1'), c2 = new Error('c2', { cause: c1 });\nc1.cause = c2;\nthrow c1",
      ["Caused by: Error: c2"],
    ],
    [
      "the errors that it holds",
      "throw new AggregateError([new Error('one'), 'two'], 'many')",
      ["  - Error: one", "  - 'two'"],
    ],
    [
      "how many more it holds",
      "throw new AggregateError(Array.from({ length: 12 }, () => 1), 'many')",
      ["  - 1", "  … and 2 more"],
    ],
    [
      "the error that another one took the place of",
      "{ using a = { [Symbol.dispose]() { throw new Error('second') } }; throw new Error('first'); }",
      ["  - Error: second", "  - before it: Error: first"],
    ],
  ])("%s", async (_, code, lines) => {
    const shown = await told(code);
    expect(shown.slice(-lines.length)).toEqual(lines);
    expect(shown.filter((line) => line.startsWith("Caused by: "))).toHaveLength(
      lines.filter((line) => line.startsWith("Caused")).length,
    );
  });

  test("no more than a screenful of what it carries, and no password of the client that it holds", async () => {
    expect((await told("throw Object.assign(new Error('a'), { text: 'x'.repeat(5_000) })")).at(-1)).toMatch(
      /^ {2}\{\n {4}text: 'x{900,}… \(5\d{3} characters\)$/,
    );
    const client = "{ config: { headers: { authorization: 'Bearer secret' } } }";
    expect((await told(`throw Object.assign(new Error('refused'), ${client})`)).at(-1)).toBe(
      "  { config: { headers: [Object] } }",
    );
  });

  test("frames of what was written, none of what TypeScript adds", async () => {
    const code = "{\n  using a = { [Symbol.dispose]() { throw new Error('second') } };\n  throw new Error('first');\n}";
    const frames = (await told(code)).filter((line) => line.startsWith("    at "));
    expect(frames.length).toBeGreaterThan(0);
    for (const frame of frames) expect(frame).toMatch(/In \[\d+\]:[1-4]:\d+\)?$/);
  });

  test.each(["message", "stack", "name"])("a word, where its %s cannot be read", async (member) => {
    const code = `const e = new Error("m");\nObject.defineProperty(e, "${member}", { get() { throw new Error("hidden") } });\nthrow e`;
    expect((await notebook.failure(code)).evalue).toBe("[what was thrown cannot be shown: hidden]");
    expect(plain(await notebook.result("1 + 1"))).toBe("2");
  });
});

test("that a value is of an earlier class of the same name is said", async () => {
  await notebook.result("class Shape { constructor(public size: number) {} }\nconst early = new Shape(1);");
  await notebook.result("class Shape { constructor(public size: number) {} area() { return this.size } }");
  const hint = "Shape was declared again: what was made before has the earlier Shape. Run the cell that made it again.";
  expect((await notebook.failure("const shapes: Shape[] = [early];")).evalue).toContain(hint);
  const own = await notebook.failure("class Shape { edges = 1 }\nconst shape: Shape = early;");
  expect(own.evalue).toContain(hint);
  expect(own.evalue).not.toContain("__cell");
  expect((await notebook.failure("const other: Shape = { edges: 1 };")).evalue).not.toContain("declared again");
});

test.each([
  ["shorter stacks", "Error.stackTraceLimit = 0"],
  ["stacks of its own, as source-map-support does,", "Error.prepareStackTrace = (error) => String(error)"],
])("a cell that asks for %s takes no places out of later errors", async (_, code) => {
  await notebook.result(code);
  const error = await notebook.failure("const before = 1;\nthrow new Error('here');");
  expect(error.traceback.join("\n")).toMatch(/2 \| throw new Error\('here'\)[\s\S]*In \[\d+\]:2:7/);
});

test("what a cell makes of stacks is what it gets, and what was there before comes back", async () => {
  const code = `const before = Error.prepareStackTrace;
Error.prepareStackTrace = (_, sites) => sites;
const sites = new Error().stack as unknown as NodeJS.CallSite[];
Error.prepareStackTrace = before;
[typeof sites[0].getLineNumber(), typeof new Error("x").stack]`;
  expect(plain(await notebook.result(code))).toBe("[ 'number', 'string' ]");
});
