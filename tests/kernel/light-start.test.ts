// What a kernel loads, and when: a module that one file too many imports is loaded by every start of every kernel.
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");

/** All that importing a file loads, without what it imports later: our files by their paths, packages by their names. */
function loadedBy(...files: readonly string[]): Set<string> {
  const loaded = new Set<string>();
  const visit = (path: string) => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const specifier of importsOf(join(ROOT, path))) {
      if (specifier.startsWith(".")) visit(join(dirname(path), specifier));
      else if (!specifier.startsWith("node:")) loaded.add(specifier);
    }
  };
  files.forEach(visit);
  return loaded;
}

function importsOf(path: string): string[] {
  const { statements } = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest);
  return statements.flatMap((statement) => {
    const isType = ts.isImportDeclaration(statement)
      ? statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
      : ts.isExportDeclaration(statement) && statement.isTypeOnly;
    if (isType || !(ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement))) return [];
    return statement.moduleSpecifier ? [(statement.moduleSpecifier as ts.StringLiteral).text] : []; // as: it is no other
  });
}

test("the processes of a notebook's cells are started before anything else is loaded", () => {
  const loaded = [...loadedBy("kernel/start.ts")];
  expect(loaded).toContain("interpreter/sessions/typescript/compiler-process.ts");
  expect(loaded.filter((name) => !/^(kernel\/(start|process)|interpreter\/.*)\.ts$/.test(name))).toEqual([]);
  expect(loaded.length).toBeLessThan(15);
});

test("the sockets are opened without what runs cells, and with no package but theirs", () => {
  const loaded = [...loadedBy("kernel/main.ts")];
  expect(loaded.filter((name) => name.startsWith("interpreter/"))).toEqual(["interpreter/errors.ts"]);
  expect(loaded.filter((name) => !name.endsWith(".ts"))).toEqual(["zeromq"]);
});

test("cells of code run without what reads tables, talks to a model or draws", () => {
  const sessions = "interpreter/sessions";
  const loaded = [
    ...loadedBy("kernel/notebook.ts", `${sessions}/typescript/child.ts`, `${sessions}/typescript/supervisor.ts`),
  ];
  expect(loaded).toContain(`${sessions}/typescript/cell-runner.ts`);
  const heavy =
    /^interpreter\/(agent|tools|context|tables\/(text-file|numbers|evidence))|statistics|mend-query|excel-file/;
  expect(loaded.filter((name) => heavy.test(name))).toEqual([]);
  expect(loaded.filter((name) => !name.endsWith(".ts")).sort()).toEqual(["fastest-levenshtein", "marked", "zod"]);
});

test("a question finds models, adapters and the engine's process without what runs a model", () => {
  const loaded = [...loadedBy("kernel/model/local-models.ts", "kernel/setup/list-adapters.ts")];
  expect(loaded).toContain("engine/server/connect-engine.ts");
  expect(loaded.filter((name) => /^engine\/(chat|generation|grammar|graph|gpu|tokenizer)\//.test(name))).toEqual([
    "engine/chat/model-name.ts",
  ]);
  expect(loaded.filter((name) => !name.endsWith(".ts")).sort()).toEqual(["fastest-levenshtein", "zod"]);
});

test("the engine of a first question is started without what asks it", () => {
  const loaded = [...loadedBy("kernel/model/own-engine.ts")];
  expect(loaded).toContain("engine/server/connect-engine.ts");
  expect(loaded.filter((name) => name.startsWith("kernel/magics/"))).toEqual([]);
  expect(loaded.filter((name) => /^interpreter\/.*\//.test(name))).toEqual([]); // its folders
});

test("the process that reads for the model begins without charts and tests, and with no package", () => {
  const loaded = [...loadedBy("interpreter/sessions/sql/reader/child.ts")];
  expect(loaded).toContain("interpreter/tables/evidence.ts");
  expect(loaded.filter((name) => /^interpreter\/sessions\/(charts\/build|statistics)/.test(name))).toEqual([]);
  expect(loaded.filter((name) => !name.endsWith(".ts"))).toEqual([]);
});
