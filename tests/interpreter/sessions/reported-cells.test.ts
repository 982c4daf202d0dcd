// Cells of public reports about other TypeScript kernels, of the kinds that the tests by subject do not have.
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type NotebookSession, openNotebook, plain, write } from "./notebook-session.ts";

let notebook: NotebookSession;

beforeAll(async () => {
  notebook = await openNotebook({
    files: {
      "boxes.ts":
        "export class Inner { deep = 2 }\nexport class Box { n = 1; async inner() { return new Inner() } }\nexport const open = async () => new Box();",
      "rows.ts": "interface Row { id: number }\nexport const fetchRow = (): Row => ({ id: 7 });",
      "settings.env": "FROM_ENV=yes",
    },
  });
});
afterAll(() => notebook[Symbol.asyncDispose]());

/** What each of some cells shows that must all succeed. */
async function shown(cells: readonly string[]): Promise<unknown[]> {
  const values: unknown[] = [];
  for (const cell of cells) values.push(plain(await notebook.result(cell)));
  return values;
}

describe("a class that the cell imports no name of comes", () => {
  test.each([
    ["from a parenthesis", "const inner = await (await open()).inner();\ninner.deep", "2"],
    ["from a condition", "const box = await (Math.random() < 2 ? open() : open());\nbox.n", "1"],
    ["by an assignment", "let later = await open();\nlater = await (open());\nlater.n", "1"],
    ["from a module that is imported there", "const own = await (await import('./boxes.ts')).open();\nown.n", "1"],
  ])("%s", async (_, code, value) => {
    expect(await shown([`import { open } from './boxes.ts';\n${code}`])).toEqual([value]);
  });
});

describe("a type without a name outside of", () => {
  test.each([
    ["its file", "import { fetchRow } from './rows.ts';\nconst row = fetchRow();", "row.id", "7"],
    [
      "a generator",
      "function* pairs() { type Pair = { a: number }; const p: Pair = { a: 1 }; yield p }",
      "[...pairs()][0].a",
      "1",
    ],
    [
      "an async generator",
      "async function* later() { interface Late { b: number } const l: Late = { b: 2 }; yield l }",
      "let b = 0;\nfor await (const l of later()) b += l.b;\nb",
      "2",
    ],
    [
      "a generic function",
      "function build<T>(item: T) { class Holder<U> { constructor(readonly held: U) {} } return new Holder(item) }",
      "build('x').held",
      "'x'",
    ],
    [
      "its class, which alone constructs it",
      "class Single { protected constructor(readonly n: number) {} static of(n: number) { return new Single(n) } }",
      "Single.of(4).n",
      "4",
    ],
  ])("%s", async (_, declaring, using, value) => {
    expect(await shown([declaring, using])).toEqual([undefined, value]);
  });
});

test("assertions, keys that are symbols, abstract classes, accessors and types of themselves hold in later cells", async () => {
  const declaring = `function isCat(x: unknown): asserts x is { meow: string } { if (!(x as any)?.meow) throw new TypeError('no cat') }
const key = Symbol('key');
interface Keyed { [key]: number }
abstract class Shape { abstract area(): number; get double() { return 2 * this.area() } }
type Tree<T> = { value: T; kids: Tree<T>[] };`;
  const using = `const animal: unknown = { meow: 'm' };
isCat(animal);
const keyed: Keyed = { [key]: 1 };
class Square extends Shape { area() { return 4 } }
const tree: Tree<string> = { value: 'r', kids: [] };
[animal.meow, keyed[key], new Square().double, tree.kids.length]`;
  expect(await shown([declaring, "1", using, "animal.meow"])).toEqual([undefined, "1", "[ 'm', 1, 8, 0 ]", "'m'"]);
});

describe("names", () => {
  test("of globals that a cell declares are its own in later cells, too, beside what the compiler makes", async () => {
    await using own = await openNotebook();
    await own.result("const fetch = 'mine', Map = 3, Promise = 4, Symbol = 6, JSON = 7, Array = 8, Error = 9;");
    const code = `async function later() { return 1 }
const value = await later();
enum E { A }
class K { static s = 1 }
const { a, ...rest } = { a: 1, b: 2 };
[fetch, value, Map, Symbol, Array, E.A, K.s, rest.b].join()`;
    expect(plain(await own.result(code))).toBe("'mine,1,3,6,8,0,1,2'");
  });

  test("of CommonJS may be those of a block, and of a failed cell", async () => {
    const block = "let called = 0;\n{ const require = (n: number) => n + 1; called = require(1); }\ncalled";
    expect(await shown([block, "typeof require('node:os').EOL"])).toEqual(["2", "'string'"]);
    await notebook.failure("throw new Error('early');\nconst require = null;");
    expect(await shown(["typeof require('node:os').EOL"])).toEqual(["'string'"]);
  });

  test("of functions and variables of blocks are there where JavaScript has them", async () => {
    const code = "try { var inTry = 2 } catch {}\nfor (var inFor = 0; inFor < 3; inFor++) {}\nlab: { var q = 1 }";
    expect(await shown([code, "[inTry, inFor, q]", "delete (globalThis as any).none"])).toEqual([
      undefined,
      "[ 2, 3, 1 ]",
      "true",
    ]);
  });

  test("of the compiler do not stand in V8's messages about patterns", async () => {
    await notebook.result("const five: any = 5;");
    expect((await notebook.failure("const [p] = five;")).evalue).toMatch(/^(?!.*__).*is not iterable/);
  });
});

test("an object literal with a spread is a cell", async () => {
  expect(await shown(["const base = { a: 1 };", "{ ...base, b: 2 }"])).toEqual([undefined, "{ a: 1, b: 2 }"]);
});

test("JSON that a cell requires is read again when it was edited", async () => {
  for (const n of ["1", "20"]) {
    write(join(notebook.folder, "edited.json"), `{ "n": ${n} }`);
    expect(await shown(["require('./edited.json').n"])).toEqual([n]);
  }
});

test.each([
  ["import util from 'node:util';\nutil.stripVTControlCharacters(util.styleText('red', 'x'))", "'x'"],
  ["import { hash } from 'node:crypto';\nhash('md5', 'a').length", "32"],
  ["URL.canParse('https://a.b')", "true"],
  ["AbortSignal.any([AbortSignal.timeout(1000)]).aborted", "false"],
  ["import.meta.resolve('node:fs')", "'node:fs'"],
  ["new File(['a'], 'a.txt').size", "1"],
  ["process.loadEnvFile('settings.env');\nprocess.env.FROM_ENV", "'yes'"],
  ["process.getBuiltinModule('node:path').sep", "'/'"],
  ["import { openAsBlob } from 'node:fs';\n(await openAsBlob('settings.env')).size", "12"],
  ["import { Readable } from 'node:stream';\nawait Readable.from([1, 2]).map((n) => n * 2).toArray()", "[ 2, 4 ]"],
  ["new CustomEvent('x', { detail: 1 }).detail", "1"],
  ["new CompressionStream('gzip') instanceof Object", "true"],
  ["structuredClone({ a: 1n })", "{ a: 1n }"],
  ["import { parseEnv } from 'node:util';\nparseEnv('A=1').A", "'1'"],
  ["new Error('x', { cause: 1 }).cause", "1"],
  ["[1, 2, 3].at(-1)! + 'ab'.replaceAll('a', 'b')", "'3bb'"],
  ["await (await import('node:timers/promises')).setTimeout(1, 'v')", "'v'"],
  ["crypto.subtle.digest('SHA-1', new Uint8Array(1)) instanceof Promise", "true"],
  ["new Response('a').headers instanceof Headers", "true"],
])("what Node 20 has is known and runs: %s", async (code, value) => {
  expect(await shown([code])).toEqual([value]);
});
