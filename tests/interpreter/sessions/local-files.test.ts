// Files of the folder, of each kind, by each way that one module names another.
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type NotebookSession, openNotebook, plain, write } from "./notebook-session.ts";

let notebook: NotebookSession;

beforeAll(async () => {
  notebook = await openNotebook({
    files: {
      "count.ts":
        "export let count = 0;\nexport const inc = () => { count++ };\nexport default class Box { n = 1 }\nexport const enum Level { High = 4 }",
      "common.cjs":
        "const path = require('node:path');\nexports.base = path.basename(__filename);\nexports.fn = () => require('./count.ts').count;",
      "script.js": "module.exports = { isScript: true };",
      "module.js": "import { count } from './count.ts';\nexport const doubled = () => count * 2;",
      "equals.cts":
        "import path = require('node:path');\nfunction base(x: string): string { return path.basename(x) }\nexport = base;",
      "view.tsx":
        "/** @jsx h */\nconst h = (tag: string, _: unknown, ...kids: string[]) => '<' + tag + '>' + kids.join('') + '</' + tag + '>';\ndeclare global { namespace JSX { interface IntrinsicElements { b: object } } }\nexport const view = <b>hi</b>;",
      "circle/a.ts": "import { b } from './b';\nexport const a = 'a';\nexport const both = () => b + a;",
      "circle/b.ts": "import { a } from './a';\nexport const b = 'b';\nexport const both = () => a + b;",
      "awaits.mts": "export const value = await Promise.resolve(9);",
      "again.ts":
        "export * from './count.ts';\nexport { default as Box, inc as increment } from './count.ts';\nexport * as all from './circle/a';\nimport { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\nexport const sep = require('node:path').sep;",
      "throws.ts": "type Unused = 1;\n\nexport function boom(fn?: any) {\n  return fn();\n}",
      "data.json": '{ "n": 1 }',
    },
  });
});
afterAll(() => notebook[Symbol.asyncDispose]());

const edit = (path: string, text: string) => write(join(notebook.folder, path), text);

test.each([
  [
    "a variable that changes",
    "import Box, { count, inc, Level } from './count.ts';\nconst before = count;\ninc();\n[before, count, new Box().n, Level.High]",
    "[ 0, 1, 1, 4 ]",
  ],
  ["CommonJS", "import common, { base } from './common.cjs';\n[base, common.fn()]", "[ 'common.cjs', 1 ]"],
  ["a script", "import script from './script.js';\nscript.isScript", "true"],
  ["an ES module in JavaScript", "import { doubled } from './module.js';\ndoubled()", "2"],
  ["export =", "import base = require('./equals.cts');\nbase('/a/x')", "'x'"],
  ["TSX", "import { view } from './view';\nview", "'<b>hi</b>'"],
  [
    "modules that import each other",
    "import { both as ab } from './circle/a';\nimport { both as ba } from './circle/b';\n[ab(), ba()]",
    "[ 'ba', 'ab' ]",
  ],
  ["a module that awaits", "import { value } from './awaits.mts';\nvalue", "9"],
  [
    "what a module exports of others",
    "import * as again from './again';\n[new again.Box().n, typeof again.increment, again.all.a, again.sep]",
    "[ 1, 'function', 'a', '/' ]",
  ],
  ["a path that is computed", "const name = 'awaits';\n(await import('./' + name + '.mts')).value", "9"],
  [
    "several at once",
    "const loaded = await Promise.all([import('./circle/a'), import('./circle/b'), import('./awaits.mts')]);\nloaded.map((m) => Object.keys(m).join())",
    "[ 'a,both', 'b,both', 'value' ]",
  ],
  [
    "by require",
    "[require('./count').count, require('./data.json').n, require('./equals.cts')('/y')]",
    "[ 1, 1, 'y' ]",
  ],
])("%s", async (_, code, value) => {
  expect(plain(await notebook.result(code))).toBe(value);
});

test("a module that awaits is not required, and says so", async () => {
  expect((await notebook.failure("require('./awaits2.mts')")).evalue).toContain("awaits2.mts");
  edit("awaits2.mts", "export const value = await Promise.resolve(1);");
  expect((await notebook.failure("require('./awaits2.mts')")).evalue).toBe(
    "awaits2.mts awaits at its top level: import it, do not require it",
  );
});

describe("an edited file is read anew, with those that import it", () => {
  test.each([
    ["edited.mjs", "export const n = 1;", "export const n = 2;", "import { n } from './edited.mjs';\nn"],
    ["edited.cjs", "exports.n = 1;", "exports.n = 2;", "require('./edited.cjs').n"],
    ["edited.json", '{ "n": 1 }', '{ "n": 2 }', "import edited from './edited.json';\nedited.n"],
    ["edited.ts", "export const n = 1;", "export const n = 2;", "(await import('./edited.ts')).n"],
    ["edited/inner.ts", "export const n = 1;", "export const n = 2;", "import { n } from './outer';\nn"],
  ])("%s", async (path, before, after, code) => {
    edit("outer.ts", "export * from './edited/inner.ts';");
    edit(path, before);
    expect(plain(await notebook.result(code))).toBe("1");
    edit(path, `${after}\n`);
    expect(plain(await notebook.result(code))).toBe("2");
  });
});

describe("what is wrong with a file is told with its name and its lines", () => {
  test("a type error, before anything runs, and not when it is mended", async () => {
    edit("wrong.ts", "export const one = 1;\nexport const bad: number = 'text';");
    edit("imports-wrong.ts", "export { one } from './wrong';");
    const code = "import { one } from './imports-wrong.ts';\none";
    const { evalue } = await notebook.failure(code);
    expect(evalue).toBe("TS2322: wrong.ts:2:14: Type 'string' is not assignable to type 'number'. (1:21)");
    edit("wrong.ts", "export const one = 1;");
    expect(plain(await notebook.result(code))).toBe("1");
  });

  test("a syntax error, also where only the running code knows the file", async () => {
    edit("broken.ts", "export const a = 1;\nexport const b = = 2;");
    expect((await notebook.failure("import { a } from './broken.ts'")).evalue).toMatch(/broken\.ts:2:18: /);
    expect((await notebook.failure("const which = 'broken';\nawait import('./' + which + '.ts')")).evalue).toMatch(
      /^broken\.ts:2:18: /,
    );
  });

  test("JSON that is none", async () => {
    edit("broken.json", '{ "a": 1,, }');
    expect((await notebook.failure("require('./broken.json')")).evalue).toMatch(/^broken\.json: /);
  });

  test("an exception, in the user's names", async () => {
    const { traceback } = await notebook.failure("import { boom } from './throws.ts';\nboom()");
    expect(traceback.join("\n")).toMatch(
      /^TypeError: fn is not a function\n\n {2}4 \| .*\n.*\n\n {4}at boom \(throws\.ts:4:10\)\n {4}at In \[\d+\]:2:1$/,
    );
  });

  test("a name that it does not export", async () => {
    expect((await notebook.failure("import { nothing } from './count.ts'")).evalue).toContain(
      "has no exported member 'nothing'",
    );
    expect((await notebook.failure("// @ts-nocheck\nimport { nothing } from './count.ts'")).evalue).toBe(
      "The requested module './count.ts' does not provide an export named 'nothing'",
    );
  });
});
