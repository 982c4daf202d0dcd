// The names that the compiler adds to a cell: no cell can have them, and who reads a function's source does not meet them.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type NotebookSession, openNotebook, plain } from "./notebook-session.ts";

let notebook: NotebookSession;

beforeAll(async () => {
  const files = {
    "counter.ts":
      "export let count = 1;\nexport function more() { count++; return count; }\nconst __scope = 2, __value = 3;\nexport const sum = __scope + __value;",
    "reserved.js": "export const ok = 1;\nexport const __qwenlab_scope = 2;",
    "uses.ts": "import { count, more as next } from './counter';\nexport const read = () => next() + count;",
  };
  notebook = await openNotebook({ files });
});
afterAll(() => notebook[Symbol.asyncDispose]());

describe("names that were the compiler's are the user's", () => {
  test.each([
    ["let __scope = 1; const __of_n = 2; let n = 3; __scope + __of_n + n", "6"],
    ["let __value = 4; const __import0 = 5; const __default = 6; __value + __import0 + __default", "15"],
    ["__value = 7; __value + n + __of_n", "12"],
    ["import { sum } from './counter'; sum + __import0", "10"],
  ])("%s", async (code, shown) => expect(plain(await notebook.result(code))).toBe(shown));
});

describe("names that are the compiler's now are refused by name", () => {
  test.each([
    ["a declaration", "let a = 1;\nlet __qwenlab_scope = 1;", "2:5"],
    ["one that is spelled otherwise", "let \\u005f_qwenlab_value = 1;", "1:5"],
    ["unchecked code", "// @ts-nocheck\n__qwenlab_scope.require('fs')", "2:1"],
  ])("%s", async (_, code, place) => {
    const { traceback } = await notebook.failure(code);
    expect(traceback.join("\n")).toMatch(
      /Names that begin with '__qwenlab_' are the compiler's own: give '__qwenlab_\w+'/,
    );
    expect(traceback.join("\n")).toContain(place);
  });

  test("a local file", async () => {
    const { traceback } = await notebook.failure("import { ok } from './reserved.js'; ok");
    expect(traceback.join("\n")).toContain("reserved.js:2:14: Names that begin with '__qwenlab_'");
  });
});

describe("a function's source has the user's names", () => {
  test("of earlier cells, also where they are assigned, caught and imported", async () => {
    await notebook.result("let größe = 1;\nfunction half(x: number) { return x / 2 }");
    await notebook.result("import { count, more } from './counter'");
    const source = `function use(rows) {
    try {
        größe = half(größe) + rows.length;
        return { value: größe, count: count, total: more() };
    }
    catch (error) {
        throw error;
    }
}`;
    const code = source.replace("rows", "rows: string[]");
    expect(
      await notebook.result(`${code}\nconsole.log(use.toString()); String(use) === ${JSON.stringify(source)}`),
    ).toMatchObject({
      "text/plain": "true",
    });
  });

  test("of import() and import.meta", async () => {
    const code = "const late = () => [import('./counter'), import.meta.url];\nString(late)";
    expect(plain(await notebook.result(code))).toBe(`"() => [import('./counter'), import.meta.url]"`);
  });

  test("of a local file", async () => {
    expect(plain(await notebook.result("import { read } from './uses'; String(read)"))).toBe("'() => more() + count'");
  });
});
