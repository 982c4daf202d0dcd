import { join, relative } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type NotebookSession, openNotebook, plain, write } from "./notebook-session.ts";

let notebook: NotebookSession;

beforeAll(async () => {
  notebook = await openNotebook({
    files: {
      "lib/twice.ts": "import { factor } from './factor';\nexport const twice = (n: number): number => n * factor;",
      "lib/factor.ts": "export const factor = 2 as const;",
      "plain.js": "export const fromJavaScript = 3;",
      "data.json": '{ "answer": 42 }',
      "node_modules/waits/package.json": '{ "name": "waits", "type": "module", "exports": { "import": "./index.js" } }',
      "node_modules/waits/index.js": "export const value = await Promise.resolve(7); export default 'default';",
      "node_modules/waits/index.d.ts":
        "export declare const value: number; declare const text: string; export default text;",
      "node_modules/common/package.json": '{ "name": "common", "main": "index.js" }',
      "node_modules/common/index.js":
        "module.exports = function five() { return 5 }; module.exports['na' + 'med'] = 9;",
    },
  });
});
afterAll(() => notebook[Symbol.asyncDispose]());

test("Node's modules and globals are typed in a folder without types", async () => {
  const code =
    "import fs from 'node:fs';\nimport { readFile } from 'node:fs/promises';\nconst text: string = await readFile('data.json', 'utf8');\nconst bytes: Buffer = Buffer.from(text);\n[typeof fetch, typeof setTimeout, process.version.length > 0, bytes.length === fs.statSync('data.json').size]";
  expect(plain(await notebook.result(code))).toBe("[ 'function', 'function', true, true ]");
});

test("an import can be used in later cells", async () => {
  expect(plain(await notebook.result("(await readFile('data.json', 'utf8')).length"))).toBe("16");
});

test("ES modules with top-level await are imported, statically and dynamically", async () => {
  const code = "import text, { value } from 'waits';\n[text, value, (await import('waits')).value]";
  expect(plain(await notebook.result(code))).toBe("[ 'default', 7, 7 ]");
});

test("CommonJS packages give default, namespace and names", async () => {
  const code =
    "import five from 'common';\nimport * as common from 'common';\n[five(), (common as any).named, require('common')()]";
  expect(plain(await notebook.result(code))).toBe("[ 5, 9, 5 ]");
});

test("local TypeScript, JavaScript and JSON files are imported by path", async () => {
  const code =
    "import { twice } from './lib/twice.ts';\nimport { fromJavaScript } from './plain.js';\nimport data from './data.json';\n[twice(2), fromJavaScript, data.answer]";
  expect(plain(await notebook.result(code))).toBe("[ 4, 3, 42 ]");
});

test("a local file that changed is run anew, with its new types", async () => {
  write(join(notebook.folder, "lib/factor.ts"), "export const factor = 10 as const;\nexport const added = 'new';");
  expect(
    plain(
      await notebook.result(
        "import { twice } from './lib/twice.ts';\nimport { added } from './lib/factor';\n[twice(2), added]",
      ),
    ),
  ).toBe("[ 20, 'new' ]");
});

test("a file that appears after a failed import is found", async () => {
  expect((await notebook.failure("import { late } from './late.ts'")).evalue).toContain(
    "Cannot find module './late.ts'",
  );
  write(join(notebook.folder, "late.ts"), "export const late = 1;");
  expect(plain(await notebook.result("import { late } from './late.ts';\nlate"))).toBe("1");
});

test("a file outside the notebook's folder is imported by its path", async () => {
  await using inner = await openNotebook();
  const path = relative(inner.folder, join(notebook.folder, "lib", "factor.ts"));
  expect(path).toMatch(/^\.\./);
  expect(plain(await inner.result(`import { factor } from ${JSON.stringify(path)};\nfactor`))).toBe("10");
});

test("the package itself is there as qwenlab", async () => {
  expect(plain(await notebook.result("import { ToolCallError } from 'qwenlab';\nnew ToolCallError('x').name"))).toBe(
    "'ToolCallError'",
  );
});
