import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CellOutcome, ExecuteOptions } from "../../../interpreter/index.ts";
import { type NotebookSession, openNotebook, plain, write } from "./notebook-session.ts";

let notebook: NotebookSession;
let count = 0;

beforeAll(async () => {
  notebook = await openNotebook();
});
afterAll(() => notebook[Symbol.asyncDispose]());

const runAs = (code: string, options: Partial<ExecuteOptions>): Promise<CellOutcome> =>
  notebook.session.execute(code, { cellId: `as-${++count}`, ...options });
const shownAs = async (code: string, options: Partial<ExecuteOptions>) => {
  const outcome = await runAs(code, options);
  if (outcome.status === "error") expect.fail(outcome.error.traceback.join("\n"));
  return plain(outcome.result?.data);
};

describe("unchecked TypeScript", () => {
  test("runs as it is, and what it declares has its types", async () => {
    expect(await shownAs("const loose: number = 'text';\nloose", { isUnchecked: true })).toBe("'text'");
    expect((await notebook.failure("loose.toUpperCase()")).evalue).toContain("does not exist on type 'number'");
    expect(await shownAs("loose.toUpperCase()", { isUnchecked: true })).toBe("'TEXT'");
  });

  test("is told of no types, also by no keyword", async () => {
    expect(await shownAs("const row = { n: 1 } satisfies { n: string };\nrow.n", { isUnchecked: true })).toBe("1");
  });

  test("is told of its syntax, and fails where it fails", async () => {
    const broken = await runAs("let x = ;", { isUnchecked: true });
    expect(broken).toMatchObject({ error: { ename: "CompileError" } });
    const returning = await runAs("const f = () => { return 1 };\nreturn 5", { isUnchecked: true });
    expect(returning).toMatchObject({ error: { evalue: expect.stringMatching(/^TS1108: .* \(2:1\)$/) } });
    expect(await runAs("notThere", { isUnchecked: true })).toMatchObject({ error: { ename: "ReferenceError" } });
  });

  test.each([
    "// @ts-nocheck\n",
    "\n  // @nocheck\n",
    "// a title\n// @ts-nocheck: it is quick\n",
    "/* a title */\n/* @ts-nocheck */\n",
  ])("is what stands behind %j", async (comment) => {
    expect(plain(await notebook.result(`${comment}const n: number = 'text';\nn`))).toBe("'text'");
  });

  test("is not what has such a comment further below", async () => {
    expect((await notebook.failure("const n = 1;\n// @ts-nocheck\nconst m: string = n;")).ename).toBe("CompileError");
  });
});

describe("JavaScript", () => {
  const isJavaScript = true;

  test("has the variables of TypeScript cells, and they its own", async () => {
    await notebook.result("let total: number = 1;\nconst items: string[] = ['a'];");
    expect(await shownAs("total = items.length + total;\nvar made = { total };\nmade", { isJavaScript })).toBe(
      "{ total: 2 }",
    );
    expect(plain(await notebook.result("made.total + total"))).toBe("4");
  });

  test("is written as JavaScript is, without a word about types", async () => {
    const code = [
      "class Point { constructor(x) { this.x = x } }",
      "function grow(point, by) { point.more = by; return point }",
      "const grown = grow(new Point(1));",
      "let free; free = 1; free = 'text';",
      "const less = 1 < 2, more = 3 > (2);",
      "[grown.x, grown.more, free.length]",
    ].join("\n");
    expect(await shownAs(code, { isJavaScript })).toBe("[ 1, undefined, 4 ]");
    expect(plain(await notebook.result("new Point(3).x"))).toBe("3");
  });

  test("is checked by nobody: a wrong type is no error, a wrong name is one when it runs", async () => {
    expect(await shownAs("total = 'text';\ntotal.length", { isJavaScript })).toBe("4");
    const outcome = await runAs("const early = 1;\nnotThere();", { isJavaScript });
    expect(outcome).toMatchObject({ error: { ename: "ReferenceError", evalue: "notThere is not defined" } });
    expect(plain(await notebook.result("early"))).toBe("1");
    expect((await notebook.failure("notThere")).ename).toBe("CompileError");
  });

  test("imports, awaits, and has JSX", async () => {
    const code = "import { basename } from 'node:path';\nconst name = await Promise.resolve(basename('/a/b'));\nname";
    expect(await shownAs(code, { isJavaScript })).toBe("'b'");
    expect(plain(await notebook.result("basename('/c/d') + name"))).toBe("'db'");
    const jsx = "const React = { createElement: (tag) => tag };\n<p>text</p>";
    expect(await shownAs(jsx, { isJavaScript })).toBe("'p'");
  });

  test("finds a package that was not there before", async () => {
    expect((await runAs("import { late } from 'late-package';", { isJavaScript })).status).toBe("error");
    const folder = `${notebook.folder}/node_modules/late-package`;
    write(`${folder}/package.json`, '{ "name": "late-package", "main": "index.js", "types": "index.d.ts" }');
    write(`${folder}/index.js`, "exports.late = 7;");
    write(`${folder}/index.d.ts`, "export declare const late: number;");
    expect(plain(await notebook.result("import { late } from 'late-package';\nlate.toFixed(1)"))).toBe("'7.0'");
  });

  test("has its own lines in errors", async () => {
    const outcome = await runAs("\n\nfunction fail() {\n  null.x\n}\nfail()", { isJavaScript, label: "In [9]" });
    const { error } = outcome as Extract<CellOutcome, { status: "error" }>;
    expect(error.traceback.join("\n")).toMatch(/4 \| {3}null\.x[\s\S]*at fail \(In \[9\]:4:8\)/);
  });
});
