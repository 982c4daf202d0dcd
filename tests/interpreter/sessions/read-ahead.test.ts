// The types of packages are read once for all cells, and before a cell imports them.
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  createNotebookProgram,
  type NotebookProgram,
} from "../../../interpreter/sessions/typescript/compiler/notebook-program.ts";
import { readsAhead } from "../../../interpreter/sessions/typescript/compiler/read-ahead.ts";
import ts from "../../../interpreter/sessions/typescript/typescript.cjs";
import { write } from "./notebook-session.ts";

let folder: string;
let notebook: NotebookProgram;
const parsed = new Map<string, number>(); // how often each text was

beforeEach(() => {
  parsed.clear();
  vi.spyOn(ts.ScriptSnapshot, "fromString").mockImplementation((text) => {
    const whole = (start: number, end: number) => {
      parsed.set(text, (parsed.get(text) ?? 0) + 1);
      return text.slice(start, end);
    };
    return { getText: whole, getLength: () => text.length, getChangeRange: () => undefined };
  });
  folder = realpathSync(mkdtempSync(join(tmpdir(), "qwenlab-ahead-")));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

function open(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) write(join(folder, path), text);
  notebook = createNotebookProgram(folder);
}

function withPackage(manifest: string): void {
  open({
    "package.json": manifest,
    "node_modules/shapes/package.json": JSON.stringify({ name: "shapes", version: "1.0.0", types: "index.d.ts" }),
    "node_modules/shapes/index.d.ts": 'export type { Side } from "./side";\nexport { area } from "areas";',
    "node_modules/shapes/side.d.ts": 'import type { Shape } from "./index";\nexport type Side = "left" | "right";',
    "node_modules/areas/index.d.ts": "export declare function area(side: number): number;",
  });
}

/** Of a file of packages, in the program of a cell. */
function fileIn(text: string, path: string): ts.SourceFile | undefined {
  const program = notebook.look({ text, kind: ts.ScriptKind.TS, ambient: undefined, roots: [] });
  return program.getSourceFile(join(folder, "node_modules", path));
}

function readAll(): void {
  const readAhead = readsAhead(notebook, folder);
  while (readAhead());
}

const IMPORT = 'import { area } from "shapes"; area(1);';
const FILES = ["shapes/index.d.ts", "shapes/side.d.ts", "areas/index.d.ts"];
const timesParsed = () =>
  FILES.map((path) => parsed.get(readFileSync(join(folder, "node_modules", path), "utf8")) ?? 0);

test.each(["dependencies", "devDependencies"])(
  "packages of %s are parsed once, before a cell imports them",
  (section) => {
    withPackage(JSON.stringify({ [section]: { shapes: "1" } }));
    readAll();
    expect(timesParsed()).toEqual([1, 1, 1]);
    expect(fileIn(IMPORT, FILES[0]!)).toBeDefined();
    expect(timesParsed()).toEqual([1, 1, 1]);
  },
);

test.each([
  "{}",
  "",
  "[1]",
  "{ broken",
  '{ "dependencies": ["shapes"] }',
  '{ "dependencies": { "absent": "1", "./x": "1" } }',
])("with a package.json that names none that is there nothing is read: %s", (manifest) => {
  withPackage(manifest);
  readAll();
  expect(timesParsed()).toEqual([0, 0, 0]);
});

test("a cell in between that names nothing of a package does not let go of its files", () => {
  withPackage("{}");
  const first = FILES.map((path) => fileIn(IMPORT, path));
  expect(fileIn("1", FILES[0]!)).toBeUndefined();
  const again = FILES.map((path) => fileIn(IMPORT, path));
  expect(first.every((file, i) => file !== undefined && file === again[i])).toBe(true);
});

test("packages that a terminal's npm changed are read anew", () => {
  withPackage(JSON.stringify({ dependencies: { shapes: "1" } }));
  readAll();
  expect(notebook.isOutdated()).toBe(false);
  write(join(folder, "node_modules/.package-lock.json"), "{}");
  expect(notebook.isOutdated()).toBe(true);
});
