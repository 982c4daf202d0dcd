// tslab's converter (version pinned) with what a notebook needs and tslab fixes in code: the notebook's folder, modern
// module resolution, our globals, source maps, real import(), and no file watchers. Only compiler-child.ts imports it.
import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type ts from "typescript";
import { CELL_GLOBALS } from "../cell-globals.ts";
import { missingMembers } from "../missing-members.ts";
import { createEarlierDeclarations } from "./earlier-declarations.ts";
import { visitingEarlierNames } from "./earlier-names.ts";
import { type EmittedScript, emitScript, type TypeScript } from "./emit-script.ts";
import { newerGlobals } from "./newer-globals.ts";
import { withoutExport } from "./without-export.ts";

interface Position {
  readonly line: number; // 0-based
  readonly character: number;
}

export interface ConverterDiagnostic {
  readonly start: Position;
  readonly end: Position;
  readonly messageText: string;
  readonly code: number;
  readonly fileName?: string;
}

interface Conversion {
  readonly output?: string;
  readonly declOutput?: string;
  readonly diagnostics: readonly ConverterDiagnostic[];
  readonly lastExpressionVar?: string;
}

/** The part of tslab's Converter that we call. */
interface TslabConverter {
  convert(declarations: string, code: string): Conversion;
  inspect(declarations: string, code: string, offset: number): ts.QuickInfo | undefined;
  complete(
    declarations: string,
    code: string,
    offset: number,
  ): { start: number; end: number; candidates: string[]; original?: ts.CompletionInfo };
  close(): void;
}

export interface Converter extends Omit<TslabConverter, "convert"> {
  /** @param about generated code is told of missing members, too; unchecked code of its syntax only */
  convert(
    declarations: string,
    code: string,
    about?: { readonly isGenerated?: boolean; readonly isUnchecked?: boolean },
  ): Conversion & { readonly emitted: EmittedScript | undefined };
}

const require = createRequire(import.meta.url);
const converterPath = require.resolve("tslab/dist/converter.js");
const tslabRequire = createRequire(converterPath);
const typescriptPath = tslabRequire.resolve("@tslab/typescript-for-tslab");
const HERE = dirname(dirname(fileURLToPath(import.meta.url)));
const EARLIER_CELLS = "__prev__.d.ts"; // where the fork declares what they declared
const GLOBALS_PATH = join(HERE, "__globals__.d.ts"); // exists for the compiler only
const GLOBALS_TEXT = `import type { CellGlobals } from "./cell-globals.js";
declare global {
${CELL_GLOBALS.map((name) => `  var ${name}: CellGlobals["${name}"];`).join("\n")}
${newerGlobals()}
}`;
export const FIRST_SEMANTIC_CODE = 2000; // TypeScript: 1xxx is syntax
const UNNAMEABLE_TYPE = 2742; // of a variable: a package does not export it, so that declarations cannot name it
const NOT_UNDER_ROOT_DIR = 6059; // of imports from ../: the session's process compiles them, not the cell's program
const FOR_AWAIT_OUTSIDE_ASYNC = 1103; // cells run inside an async function, so at their top level it is allowed
const UNCHECKED = /^\s*\/\/\s*@(ts-)?nocheck\b/;

export const typescript: TypeScript = tslabRequire(typescriptPath);

/** Creates a converter for a notebook in `cwd`; takes about a second. After an exception create another (tslab #97). */
export function createConverter(cwd: string): Converter {
  const changes = watchByAsking();
  let emitted: EmittedScript | undefined;
  let unchecked = false;
  let isGenerated = false;
  let program: ts.Program | undefined; // of the cell that is converted
  const isEarlier = ({ declarations = [] }: ts.Symbol) =>
    declarations.some((declaration) => basename(declaration.getSourceFile().fileName) === EARLIER_CELLS);
  const patched = {
    ...typescript,
    createWatchCompilerHost: (rootFiles: string[], options: ts.CompilerOptions, ...rest: [ts.System]) =>
      typescript.createWatchCompilerHost([...rootFiles, GLOBALS_PATH], { ...options, ...compilerOptions() }, ...rest),
    createWatchProgram: (host: ts.WatchCompilerHostOfFilesAndCompilerOptions<ts.BuilderProgram>) =>
      typescript.createWatchProgram(withoutDependencies(host)),
    transpileModule: (code: string) => {
      emitted = emitScript(typescript, code);
      return { outputText: emitted.code };
    },
    visitEachChild: visitingEarlierNames(typescript, () => program?.getTypeChecker(), isEarlier),
    getPreEmitDiagnosticsOfFiles: (checked: ts.Program, files: ts.SourceFile[]) => {
      program = checked;
      return [
        ...forkOf(typescript)
          .getPreEmitDiagnosticsOfFiles(checked, files)
          .filter((diagnostic) => !isAllowed(diagnostic, unchecked)),
        ...(isGenerated && !unchecked ? files.flatMap((file) => missingMembers(typescript, checked, file)) : []),
      ];
    },
  };
  Object.assign(typescript.sys, {
    getCurrentDirectory: () => cwd,
    watchFile: changes.watchFile,
    watchDirectory: () => ({ close() {} }),
    readFile: withGlobals(typescript.sys.readFile, () => GLOBALS_TEXT),
    fileExists: withGlobals(typescript.sys.fileExists, () => true),
  });
  const tslab: { createConverter(): TslabConverter } = loadWith(patched);
  const converter = tslab.createConverter();
  const earlier = createEarlierDeclarations(typescript);
  return {
    convert(declarations, code, about = {}) {
      const convertWith = (given: string, text: string) => {
        changes.notify();
        emitted = undefined;
        unchecked = about.isUnchecked === true || UNCHECKED.test(text);
        isGenerated = about.isGenerated === true;
        return converter.convert(given, text);
      };
      const convertOnce = (text: string) => {
        const given = earlier(declarations, text);
        const conversion = convertWith(given.text, text);
        // Of an unknown name the compiler proposes those that are like it, which the cell does not mention.
        if (conversion.diagnostics.length > 0) return convertWith(declarations, text);
        return { ...conversion, declOutput: given.merge(conversion.declOutput ?? "") };
      };
      const text = withoutExport(typescript, code);
      const conversion = convertOnce(text);
      const unnameable = conversion.diagnostics.filter((diagnostic) => diagnostic.code === UNNAMEABLE_TYPE);
      return unnameable.length === 0
        ? { ...conversion, emitted }
        : { ...convertOnce(withAny(text, unnameable)), emitted };
    },
    inspect: converter.inspect,
    complete: converter.complete,
    close: converter.close,
  };
}

function compilerOptions(): ts.CompilerOptions {
  const nodeTypes = tslabRequire.resolve("@types/node/package.json");
  return {
    lib: ["lib.es2023.d.ts"], // and what newer-globals.ts adds
    moduleResolution: typescript.ModuleResolutionKind.Bundler, // reads `exports` of packages, takes "./x.ts" and "./x"
    allowImportingTsExtensions: true,
    typeRoots: [dirname(dirname(nodeTypes))], // Node's types in any folder
    types: ["node"],
    inlineSourceMap: true,
    paths: {
      tslab: [tslabRequire.resolve("./public.js").replace(/\.js$/, ".d.ts")],
      qwenlab: [join(HERE, "../../index.d.ts")],
    },
  };
}

/** tslab re-emits every local file that a cell imports; here the session's process does that, also outside the folder. */
function withoutDependencies<Host extends { afterProgramCreate?(program: ts.BuilderProgram): void }>(host: Host): Host {
  const afterProgramCreate = host.afterProgramCreate;
  host.afterProgramCreate = (program) => {
    const own: ts.BuilderProgram = Object.create(program);
    own.getAllDependencies = (file) => [file.fileName];
    afterProgramCreate?.(own);
  };
  return host;
}

function isAllowed(diagnostic: ts.Diagnostic, unchecked: boolean): boolean {
  if (unchecked && diagnostic.code >= FIRST_SEMANTIC_CODE) return true;
  if (diagnostic.code === NOT_UNDER_ROOT_DIR) return true;
  if (diagnostic.code !== FOR_AWAIT_OUTSIDE_ASYNC || diagnostic.file === undefined) return false;
  let node: ts.Node | undefined = forkOf(typescript).getTokenAtPosition(diagnostic.file, diagnostic.start ?? 0);
  while (node !== undefined && !typescript.isFunctionLike(node)) node = node.parent;
  return node === undefined;
}

/** Variables at these places are declared as `any`, rather than being errors that a type annotation would mend. */
function withAny(code: string, places: readonly ConverterDiagnostic[]): string {
  const file = typescript.createSourceFile("cell.ts", code, typescript.ScriptTarget.Latest, true);
  const ends = new Set<number>();
  for (const { start } of places) {
    const at = file.getPositionOfLineAndCharacter(start.line, start.character);
    const { parent } = forkOf(typescript).getTokenAtPosition(file, at);
    if (parent && typescript.isVariableDeclaration(parent) && parent.name.getStart(file) === at && !parent.type)
      ends.add(parent.name.end);
  }
  return [...ends].sort((a, b) => b - a).reduce((text, end) => `${text.slice(0, end)}: any${text.slice(end)}`, code);
}

/** Internals that the fork exports and no published TypeScript types. */
function forkOf(fork: TypeScript) {
  return fork as unknown as {
    getPreEmitDiagnosticsOfFiles(program: ts.Program, files: readonly ts.SourceFile[]): ts.Diagnostic[];
    getTokenAtPosition(file: ts.SourceFile, position: number): ts.Node;
  };
}

/** TypeScript's exports are getters, so the converter is loaded with another object in their place. */
function loadWith(patched: object): { createConverter(): TslabConverter } {
  const cached = tslabRequire.cache[typescriptPath];
  if (cached === undefined) throw new Error("typescript-for-tslab is not loaded");
  delete tslabRequire.cache[converterPath];
  const original = cached.exports;
  cached.exports = patched;
  try {
    return tslabRequire(converterPath);
  } finally {
    cached.exports = original;
  }
}

function withGlobals<T>(read: (path: string, ...rest: []) => T, value: () => T): (path: string) => T {
  const normalized = GLOBALS_PATH.replaceAll("\\", "/");
  return (path, ...rest) => (path === normalized || path === GLOBALS_PATH ? value() : read(path, ...rest));
}

/** File watching without watchers: local files are looked at before each cell, packages never. */
function watchByAsking() {
  const watched = new Map<string, { modified: number; changed: ts.FileWatcherCallback }>();
  return {
    watchFile(path: string, changed: ts.FileWatcherCallback): ts.FileWatcher {
      if (path.includes("/node_modules/") || path.startsWith(HERE)) return { close() {} };
      watched.set(path, { modified: modifiedAt(path), changed });
      return { close: () => watched.delete(path) };
    },
    notify(): void {
      for (const [path, entry] of watched) {
        const modified = modifiedAt(path);
        if (modified === entry.modified) continue;
        entry.modified = modified;
        entry.changed(path, typescript.FileWatcherEventKind.Changed);
      }
    },
  };
}

function modifiedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
