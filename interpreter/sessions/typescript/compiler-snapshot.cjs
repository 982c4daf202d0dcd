// What `node --build-snapshot` runs for compiler-snapshot.ts: it loads the compiler, warms it up, and leaves what a process
// that starts from the snapshot does. Such a script is one CommonJS file that can load Node's modules only, so our modules
// (beside this file, in dist/) are made CommonJS here, by TypeScript, and linked.
"use strict";
const { readFileSync, statSync, writeFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { tmpdir } = require("node:os");
const { dirname, join, resolve } = require("node:path");
const { pathToFileURL } = require("node:url");
const { startupSnapshot } = require("node:v8");

const here = dirname(process.argv[1]);
const versionsPath = process.argv[2]; // where the versions of the files are to be written
const loaded = new Map(); // path: module

function load(path) {
  const known = loaded.get(path);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  loaded.set(path, module);
  const requireFrom = (specifier) => {
    if (specifier === "typescript") return load(createRequire(path).resolve("typescript"));
    return specifier.startsWith(".") ? load(resolve(dirname(path), specifier)) : require(specifier);
  };
  const text = path.endsWith(".cjs") || path.includes("node_modules") ? readFileSync(path, "utf8") : commonJs(path);
  new Function("exports", "require", "module", "__filename", "__dirname", "__url", text)(
    ...[module.exports, requireFrom, module, path, dirname(path), pathToFileURL(path).href],
  );
  return module.exports;
}

function commonJs(path) {
  const ts = load(createRequire(path).resolve("typescript"));
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true };
  const text = readFileSync(path, "utf8").replaceAll("import.meta.url", "__url");
  return ts.transpileModule(text, { compilerOptions }).outputText;
}

const { createCompiler } = load(join(here, "compiler/compiler.js"));
const { librariesRead } = load(join(here, "compiler/library-files.js"));
const { serveCompiler } = load(join(here, "serve-compiler.js"));

// What runs here is compiled by V8 when a process starts from the snapshot: so the first cells find the code that they need.
const TYPICAL_CELLS = [
  "const first: { readonly value: number } = { value: 1 };\nconst list = [first, first];",
  "list.map((one) => one.value * 2)",
  "interface Shape { area: number }\nfunction double(shape: Shape): number { return shape.area * 2; }",
  "let text = String(double({ area: 1 }));\nconsole.log(text)",
  `import { readFileSync } from "node:fs";
   class Square implements Shape { area = 1; async later() { return await Promise.resolve(this.area); } }
   for (const one of list) text += one.value;
   await new Square().later()`,
];

const compiler = createCompiler(tmpdir(), []); // a folder that is no project
compiler.warmUp();
let declarations = "";
for (const cell of TYPICAL_CELLS) {
  const compiled = compiler.compile(cell, declarations);
  if (compiled.ok) declarations = compiled.declarations; // else that folder has a tsconfig.json, of whomever
}

const flags = join(here, "compiler-snapshot.js"); // with others V8 does not take it
const files = [process.argv[1], flags, ...loaded.keys(), ...librariesRead()];
const versions = files
  .map((path) => [path, statSync(path)])
  .map(([path, { mtimeMs, size }]) => [path, `${mtimeMs}:${size}`]);
writeFileSync(versionsPath, JSON.stringify(Object.fromEntries(versions)));

startupSnapshot.setDeserializeMainFunction(() => {
  serveCompiler(({ cwd, remembered }) => createCompiler(cwd, remembered));
});
