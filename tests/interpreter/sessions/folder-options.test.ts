// A notebook in a project: its tsconfig.json and its package.json.
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type NotebookSession, openNotebook, plain, write } from "./notebook-session.ts";

let notebook: NotebookSession;

beforeAll(async () => {
  notebook = await openNotebook({
    files: {
      "tsconfig.json": `// with comments
{ "extends": "./base.json", "compilerOptions": { "jsx": "react", "jsxFactory": "h", "experimentalDecorators": true,
  "emitDecoratorMetadata": true, "paths": { "@/*": ["./src/*"] }, } }`,
      // What a project is built into says nothing of its notebooks.
      "base.json": `{ "compilerOptions": { "strict": true, "module": "commonjs", "target": "es5", "outDir": "dist", "noEmit": true,
  "declaration": false, "verbatimModuleSyntax": true, "isolatedModules": true, "noUnusedLocals": true, "composite": true } }`,
      "package.json": '{ "imports": { "#deep": "./src/deep.ts" } }',
      "src/h.ts":
        "export const h = (tag: any, props: any, ...kids: any[]): string => typeof tag === 'function' ? tag(props) : '<' + tag + '>' + kids.flat().join('') + '</' + tag + '>';\ndeclare global { namespace JSX { interface IntrinsicElements { [name: string]: any } type Element = string } }",
      "src/deep.ts": "export const deep = 'deep';",
      "src/uses.ts": "import { deep } from '#deep';\nimport { h } from '@/h';\nexport const used = h('u', {}, deep);",
      "node_modules/@types/special/index.d.ts": "interface Special { s: number }",
      "node_modules/@types/special/package.json": '{ "name": "@types/special", "types": "index.d.ts" }',
      "extra.d.ts": "interface Extra { e: number }",
    },
  });
});
afterAll(() => notebook[Symbol.asyncDispose]());

test("paths and package.json's imports lead to files, from cells and from files", async () => {
  expect(
    plain(await notebook.result("import { used } from '@/uses';\nimport { deep } from '#deep';\n[used, deep]")),
  ).toBe("[ '<u>deep</u>', 'deep' ]");
  expect(plain(await notebook.result("const lib = '@/deep';\n(await import(lib)).deep"))).toBe("'deep'");
});

test("JSX is made by the project's factory, in the cell that imports it and in later ones", async () => {
  expect(
    plain(
      await notebook.result(
        "import { h } from '@/h';\nconst Name = ({ name }: { name: string }) => <b>{name}</b>;\nlet Shown = Name;\n<Name name='x' />",
      ),
    ),
  ).toBe("'<b>x</b>'");
  expect(plain(await notebook.result("[<i>1</i>, <Shown name='y' />]"))).toBe("[ '<i>1</i>', '<b>y</b>' ]");
});

test("strict is strict", async () => {
  expect((await notebook.failure("const first = [1].find((n) => n > 0);\nfirst.toFixed()")).evalue).toMatch(/^TS18048/);
});

test("decorators are the project's kind, with the types that they ask for", async () => {
  await notebook.result(
    "class Id {}\n(Reflect as any).metadata = (key: string, type: any) => () => console.log(key, type?.name);",
  );
  const code = "function column(target: object, name: string) {}\nclass Row { @column id!: Id; @column n!: number }";
  await notebook.result(code);
  const printed = notebook.events.flatMap((event) => (event.type === "stream" ? [event.text] : []));
  expect(printed.join("")).toBe("design:type Id\ndesign:type Number\n");
});

test("types of the folder's packages are known, and those that a cell refers to", async () => {
  expect(plain(await notebook.result("const special: Special = { s: 1 };\nspecial.s"))).toBe("1");
  expect((await notebook.failure("let none: Extra")).evalue).toContain("Cannot find name 'Extra'");
  await notebook.result('/// <reference path="./extra.d.ts" />\nlet extra: Extra = { e: 2 };');
  expect(plain(await notebook.result("const more: Extra = extra;\nmore.e"))).toBe("2");
});

test("an edited tsconfig.json holds from the next cell on; what is wrong in it is told with the next error", async () => {
  write(join(notebook.folder, "tsconfig.json"), '{ "compilerOptions": { "strict": false, "jsx": "nonsense" } }');
  expect(plain(await notebook.result("const later = [1].find((n) => n > 0);\nlater.toFixed()"))).toBe("'1'");
  expect((await notebook.failure("unknownName")).traceback.join("\n")).toContain("Argument for '--jsx' option must be");
});
