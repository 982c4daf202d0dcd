// What people write in cells: each kind of thing that runs in a module, over one or several cells.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type NotebookSession, openNotebook, plain } from "./notebook-session.ts";

let notebook: NotebookSession;

beforeAll(async () => {
  notebook = await openNotebook();
});
afterAll(() => notebook[Symbol.asyncDispose]());

/** Runs cells that must succeed. @returns what the last one shows */
async function shown(...cells: readonly string[]): Promise<unknown> {
  let last: unknown;
  for (const cell of cells) last = plain(await notebook.result(cell));
  return last;
}

describe("a type that no declaration file can say stays from cell to cell", () => {
  const mixin = `type Base = new (...args: any[]) => object;
const Stamped = <T extends Base>(B: T) => class extends B { private at = 5; protected label = "s"; stamp() { return this.at } };
const Made = Stamped(class {});`;
  test.each([
    ["a mixin with private members", [mixin, "new Made().stamp()"], "5"],
    [
      "a class that extends it",
      [mixin, "class Tool extends Made { twice() { return this.label } } new Tool().twice()"],
      "'s'",
    ],
    [
      "an interface inside a function",
      [
        "function load() { interface Row { n: number } const r: Row = { n: 21 }; return r; }\nconst got = load();",
        "got.n",
      ],
      "21",
    ],
    [
      "an enum inside a function",
      ["function pick() { enum Side { Left = 1, Right } return Side.Right }\nconst side = pick();", "side"],
      "2",
    ],
    [
      "a unique symbol as a key",
      ["const key = Symbol('k');\ninterface Keyed { [key]: number }", "const k: Keyed = { [key]: 1 }; k[key]"],
      "1",
    ],
    [
      "an awaited value",
      ["const value = await (await Promise.resolve({ inner: async () => 2 })).inner();", "value"],
      "2",
    ],
  ])("%s", async (_, cells, value) => {
    expect(await shown(...cells)).toBe(value);
  });
});

describe("names", () => {
  test.each([
    [
      "of CommonJS",
      "const exports = [1], module = 2, __dirname = 3;",
      "[exports.length, module, __dirname]",
      "[ 1, 2, 3 ]",
    ],
    [
      "of globals",
      "const Map = 3, Promise = 4, JSON = 7, Error = 9, Object = 5;",
      "[Map, Promise, JSON, Error, Object]",
      "[ 3, 4, 7, 9, 5 ]",
    ],
    [
      "a require of one's own",
      "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
      "typeof require('node:os').EOL",
      "'string'",
    ],
    ["parameters", "const load = (require: (n: string) => string) => require('x');", "load((n) => n + '!')", "'x!'"],
    [
      "words that are keywords elsewhere",
      "const async = 1, of = 2, type = 3, from = 4, value = 5;",
      "[async, of, type, from, value]",
      "[ 1, 2, 3, 4, 5 ]",
    ],
    ["beyond ASCII", "const été = 'été';", "été", "'été'"],
  ])("%s", async (_, declaring, reading, value) => {
    await using own = await openNotebook();
    await own.result(declaring);
    expect(plain(await own.result(reading))).toBe(value);
  });

  test("of Node's modules are there, unless a cell declares them", async () => {
    const code =
      "import path from 'node:path';\n[path.join(__dirname) === process.cwd(), typeof __filename, typeof require.resolve]";
    expect(await shown(code)).toBe("[ true, 'string', 'function' ]");
  });

  test.each([
    ["called", "fn()", "TypeError: fn is not a function"],
    ["called as a tag", "fn`x`", "TypeError: fn is not a function"],
    ["iterated", "for (const r of rows) {}", "TypeError: rows is not iterable"],
    ["spread", "[...rows]", "TypeError: rows is not iterable"],
    ["constructed", "new conf()", "TypeError: conf is not a constructor"],
    ["with a member that is called", "conf.go()", "TypeError: conf.go is not a function"],
  ])("of an earlier cell in V8's messages are the user's, when it is %s", async (_, code, headline) => {
    await notebook.result("let fn: any, rows: any = 5, conf: any = {};");
    expect((await notebook.failure(code)).traceback[0]).toBe(headline);
    const caught = `let said = ""; try { ${code} } catch (e) { said = (e as Error).message }\nsaid`;
    expect(await shown(caught)).toBe(`'${headline.replace("TypeError: ", "")}'`);
  });
});

describe("a later cell", () => {
  test("changes what functions, classes and variables of other cells' functions are", async () => {
    await notebook.result("const rate = 0.5;\nfunction helper() { return 'first' }\nlet count = 1;");
    await notebook.result(
      "const price = (n: number) => n * rate;\nconst main = () => helper() + count;\nclass Uses { r = rate }",
    );
    await notebook.result("const rate = 2;\nfunction helper() { return 'second' }");
    expect(await shown("count++;\n[price(10), main(), new Uses().r]")).toBe("[ 20, 'second2', 2 ]");
  });

  test("declares a type anew, and older values keep theirs", async () => {
    await notebook.result(
      "type Id = { n: number };\nconst oldId: Id = { n: 1 };\nclass Animal { #secret = 2; reveal() { return this.#secret } }\nconst old = new Animal();",
    );
    await notebook.result("type Id = string;\nconst newId: Id = 'b';\nclass Animal { legs = 4 }");
    expect(await shown("[oldId.n, newId.trim(), old.reveal(), new Animal().legs]")).toBe("[ 1, 'b', 2, 4 ]");
    expect((await notebook.failure("old.legs")).evalue).toBe(
      "TS2339: Property 'legs' does not exist on type 'Animal'. (1:5)",
    );
  });

  test.each([
    ["an enum", "enum Kind { A, B }", "enum Kind { C = 5 }", "Kind.C", "5", "Kind.A"],
    [
      "a namespace",
      "namespace Geo { export const a = 1 }",
      "namespace Geo { export const b = 2 }",
      "Geo.b",
      "2",
      "Geo.a",
    ],
    [
      "an interface",
      "interface Row { a: 1 }",
      "interface Row { b: 2 }",
      "({ b: 2 }) as Row",
      "{ b: 2 }",
      "({ a: 1 }) satisfies Row",
    ],
    [
      "a namespace, a class",
      "class Tool { a = 1 }",
      "namespace Tool { export const b = 2 }",
      "Tool.b",
      "2",
      "new Tool()",
    ],
  ])("declares %s anew: nothing is merged over cells", async (_, first, second, use, value, gone) => {
    await notebook.result(first);
    await notebook.result(second);
    expect(await shown(use)).toBe(value);
    expect((await notebook.failure(gone)).ename).toBe("CompileError");
  });

  test("gives a part of an earlier namespace a name", async () => {
    await notebook.result(
      "namespace Outer { export namespace Inner { export const z = 4; export type T = string } export type U = 1 }",
    );
    await notebook.result(
      "import In = Outer.Inner;\nexport import Also = Outer.Inner;\nimport U = Outer.U;\nconst t: In.T = 't', u: U = 1;",
    );
    expect(await shown("[In.z, Also.z, t, u]")).toBe("[ 4, 4, 't', 1 ]");
    expect(await shown("namespace Own { import I = Outer.Inner; export const q = I.z }\nimport q = Own.q;\nq")).toBe(
      "4",
    );
  });

  test("knows to what a constant was narrowed, also by a cell between", async () => {
    await notebook.result("const found = JSON.parse('\"two\"') as string | number;\nconst other = found;");
    await notebook.result("if (typeof found !== 'string') throw new Error('none');");
    expect(await shown("found.toUpperCase()")).toBe("'TWO'");
    expect((await notebook.failure("other.toUpperCase()")).evalue).toContain("TS2339");
  });

  test("may not assign a constant, also unchecked", async () => {
    await notebook.result("const fixed = 1;");
    expect((await notebook.failure("fixed = 2")).evalue).toContain("because it is a constant");
    expect((await notebook.failure("// @ts-nocheck\nfixed = 2")).evalue).toBe("Assignment to constant variable.");
    expect(await shown("fixed")).toBe("1");
  });

  test("has a var of a block of an earlier one, and no let of it", async () => {
    await notebook.result("if (true) { var inIf = 1; let inner = 2; inner }");
    expect(await shown("inIf")).toBe("1");
    expect((await notebook.failure("inner")).evalue).toContain("Cannot find name 'inner'");
  });

  test.each([
    ["swaps", "let a = 1, b = 2;", "[a, b] = [b, a];\n[a, b]", "[ 2, 1 ]"],
    ["counts", "let n = 1;", "n++; ++n; n **= 2; n ??= 1;\n[n, n--, n]", "[ 9, 9, 8 ]"],
    ["iterates into", "let key = '';", "for (key in { x: 1 }) {}\nkey", "'x'"],
    [
      "takes apart into",
      "let part: unknown, rest: unknown;",
      "({ p: part = 5, ...rest } = { q: 1 } as any);\n[part, rest]",
      "[ 5, { q: 1 } ]",
    ],
    [
      "calls without this",
      "let f = function (this: unknown) { return this };",
      "[f(), (f)(), f?.()]",
      "[ undefined, undefined, undefined ]",
    ],
  ])("%s variables of an earlier one", async (_, declaring, using, value) => {
    expect(await shown(declaring, using)).toBe(value);
  });
});

describe("a cell that fails", () => {
  test("leaves what it reached, and of the rest what was there before", async () => {
    await notebook.result("const kept = 'old';\nclass Thing { a = 1 }");
    await notebook.failure(
      "const early = 1;\ntype T = number;\nfunction late() { return kept }\nthrow new Error('stop');\nconst kept = 2;\nclass Thing { b = 2 }\nenum Never { A }\nvar notYet = 3;",
    );
    expect(await shown("const t: T = early;\n[t, kept, new Thing().a]")).toBe("[ 1, 'old', 1 ]");
    for (const name of ["Never.A", "notYet"]) {
      expect((await notebook.failure(name)).evalue).toContain(`Cannot find name '${name.split(".")[0]}'`);
    }
    expect((await notebook.failure("late()")).evalue).toBe("Cannot access 'kept' before initialization");
  });
});

describe("what a cell declares for all", () => {
  test("global interfaces, variables and modules are known in later cells, until they are declared otherwise", async () => {
    await notebook.result(
      "declare global { interface String { shout(): string } var counter: number }\nString.prototype.shout = function () { return this.toUpperCase() + '!' };\nglobalThis.counter = 1;",
    );
    await notebook.result(
      "declare module 'without-types' { export const x: number }\ndeclare module '*.csv' { const text: string; export default text }",
    );
    expect(
      await shown("import type { x } from 'without-types';\nconst num: typeof x = counter;\n'a'.shout() + num"),
    ).toBe("'A!1'");
    await notebook.result("declare global { var counter: string }\nglobalThis.counter = 'c';");
    expect(await shown("counter.trim()")).toBe("'c'");
  });
});

test.each([
  ["an object", "{ name: 'Oslo', lat: 59.9 }", "{ name: 'Oslo', lat: 59.9 }"],
  ["an object of one member", "{ a: 1 }", "{ a: 1 }"],
  ["an empty object", "{}", "{}"],
  ["an object behind a comment", "// c\n{ a: 1 }", "{ a: 1 }"],
  ["a block", "{ const inner = 1; inner }", undefined],
  ["a directive", "'use strict'", "'use strict'"],
  ["a line for the shell", "#!/usr/bin/env node\n'x'", "'x'"],
  ["this", "this", undefined],
  ["an exported expression", "export default 5", "5"],
  ["an exported class without a name", "export default class {}", "[class (anonymous)]"],
  ["exports of names", "const one = 1;\nexport { one as uno };\none", "1"],
  ["export =", "export = 7", "7"],
  ["import = require", "import util = require('node:util');\ntypeof util.inspect", "'function'"],
  ["import attributes", "const m = await import('node:fs', { with: {} });\ntypeof m.readFileSync", "'function'"],
  [
    "pasted CommonJS",
    "const os = require('node:os');\nmodule.exports = { eol: os.EOL.length };\nmodule.exports",
    "{ eol: 1 }",
  ],
  [
    "a standard decorator",
    "const twice = (f: () => number, _: ClassMethodDecoratorContext) => function (this: unknown) { return 2 * f.call(this) };\nclass D { @twice m() { return 2 } }\nnew D().m()",
    "4",
  ],
  [
    "using",
    "const log: string[] = [];\n{ using r = { [Symbol.dispose]() { log.push('closed') } }; log.push('open'); }\nlog",
    "[ 'open', 'closed' ]",
  ],
  [
    "a namespace and what it holds",
    "namespace Geo { export const unit = 'km'; export interface P { x: number } }\nconst p: Geo.P = { x: 1 };\nGeo.unit + p.x",
    "'km1'",
  ],
  [
    "a constant with a type of its name",
    "const User = { of: (id: number): User => ({ id }) };\ntype User = { id: number };\nUser.of(1).id",
    "1",
  ],
  ["lines that end in CRLF", "const a = 1;\r\nconst b = `x\r\ny`;\r\na + b.length\r\n", "4"],
  ["WebAssembly", "WebAssembly.validate(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))", "true"],
])("%s is a cell", async (_, code, value) => {
  expect(await shown(code)).toBe(value);
});

test("a place in a file is a place in the cell, behind what is put before it, too", async () => {
  const error = await notebook.failure("{\n  a: 1,\n  b: zzz,\n}");
  expect(error.evalue).toBe("TS2304: Cannot find name 'zzz'. (3:6)");
  const thrown = await notebook.failure("const f = () => {\n  throw new Error('here');\n};\nf()");
  expect(thrown.traceback.join("\n")).toMatch(/f \(In \[\d+\]:2:9\)\n {4}at In \[\d+\]:4:1/);
});

test("the types of a package, a module and a cell are told without the compiler's own names", async () => {
  await notebook.result("interface Planet { name: string }\nconst planets: Planet[] = [];");
  await notebook.result("interface Planet { radius: number }");
  const { evalue } = await notebook.failure("const p: Planet = planets[0];");
  expect(evalue).toContain("Planet");
  expect(evalue).not.toContain("__");
});

describe("what the running Node has is typed, and what it lacks is no name", () => {
  test.each(["DisposableStack", "AsyncDisposableStack", "SuppressedError", "Iterator", "Float16Array"])(
    "%s",
    async (name) => {
      const outcome = await notebook.run(`new ${name}`);
      const message = outcome.status === "error" ? outcome.error.evalue : "";
      expect(/Cannot find name|only refers to a type/.test(message)).toBe(!(name in globalThis));
    },
  );

  test("`using` needs nothing that Node 20 lacks", async () => {
    await notebook.result(`const left: string[] = [];
const sync: Disposable = { [Symbol.dispose]() { left.push("sync") } };
const late: AsyncDisposable = { async [Symbol.asyncDispose]() { left.push("late") } };
{ await using b = late; using a = sync }`);
    expect(plain(await notebook.result("left.join()"))).toBe("'sync,late'");
  });
});
