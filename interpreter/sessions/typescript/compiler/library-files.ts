// What TypeScript, Node's types and we bring, the same for every notebook: read, resolved and parsed once for all programs of
// this process, and kept in the snapshot that it may be started from (compiler-snapshot.ts).
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CELL_GLOBALS } from "../cell-globals.ts";
import ts from "../typescript.cjs";
import { NODE_TYPES, RESOLUTION } from "./folder-options.ts";
import { webAssemblyTypes } from "./web-assembly.ts";

/** A file as a program knows it. */
export interface KnownFile {
  readonly snapshot: ts.IScriptSnapshot;
  readonly version: string; // of one text only, whichever program it is of
}

export const INSTALLED = /[\\/]node_modules(?:[\\/]|$)/; // such files are read once for a program
export const HERE = dirname(dirname(fileURLToPath(import.meta.url)));
const FOLDERS = [
  HERE,
  dirname(ts.getDefaultLibFilePath({})),
  NODE_TYPES,
  dirname(createRequire(join(NODE_TYPES, "index.d.ts")).resolve("undici-types/package.json")), // of fetch
].map((folder) => `${folder}/`);
const GLOBALS_TEXT = `import type { CellGlobals } from "./cell-globals.js";
declare global {
${CELL_GLOBALS.map((name) => `  var ${name}: CellGlobals["${name}"];`).join("\n")}
}`;

const files = new Map<string, KnownFile | undefined>();
const resolutions = ts.createModuleResolutionCache(HERE, (path) => path, RESOLUTION);
export const registry = keepingInstalled(ts.createDocumentRegistry(ts.sys.useCaseSensitiveFileNames)); // of what is parsed

/**
 * What is parsed of packages stays: a program of a cell that names nothing of a package lets go of its files, and the next
 * cell that does would parse and bind them anew, which takes some 0.3 s for zod.
 */
function keepingInstalled(documents: ts.DocumentRegistry): ts.DocumentRegistry {
  const release = documents.releaseDocumentWithKey;
  return {
    ...documents,
    releaseDocumentWithKey(path: string, ...about: unknown[]) {
      if (!INSTALLED.test(path)) (release as (...args: unknown[]) => void)(path, ...about); // as: it has overloads
    },
  };
}

export function isLibrary(path: string): boolean {
  return FOLDERS.some((folder) => path.startsWith(folder));
}

export function libraryFile(path: string, read: () => KnownFile | undefined): KnownFile | undefined {
  if (!files.has(path)) files.set(path, read());
  return files.get(path);
}

/** What such a file imports: the folder's `paths` say nothing of it. */
export function resolveOfLibrary(
  specifier: string,
  from: string,
  mode: ts.ResolutionMode,
): ts.ResolvedModuleWithFailedLookupLocations {
  return ts.resolveModuleName(specifier, from, RESOLUTION, ts.sys, resolutions, undefined, mode);
}

let ours: ReadonlyMap<string, KnownFile> | undefined;

/** Files that are nowhere on the disk: what is global in cells. */
export function globalFiles(): ReadonlyMap<string, KnownFile> {
  ours ??= new Map(
    Object.entries({ __globals__: GLOBALS_TEXT, "__web-assembly__": webAssemblyTypes() }).map(([name, text]) => [
      join(HERE, `${name}.d.ts`),
      { snapshot: ts.ScriptSnapshot.fromString(text), version: "ours" },
    ]),
  );
  return ours;
}

/**
 * The paths of the files that have been read.
 * @public compiler-snapshot.cjs calls it
 */
export function librariesRead(): readonly string[] {
  return [...files].flatMap(([path, file]) => (file === undefined ? [] : [path]));
}
