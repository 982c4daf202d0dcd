// Reads the types of the packages that the notebook's folder depends on, while nobody asks for anything: the first cell that
// imports one has only to be checked then.
import ts from "../typescript.cjs";
import { isInstalled, type NotebookProgram } from "./notebook-program.ts";

const MAX_FILES = 1_000;
const MAX_CHARACTERS = 3_000_000; // what is parsed takes some ten times as many bytes of 512 MB

/** @returns a function that reads one file, and tells whether there is another one */
export function readsAhead(notebook: NotebookProgram, cwd: string): () => boolean {
  let waiting: string[] | undefined;
  const seen = new Set<string>();
  let characters = 0;

  function add(path: string | undefined): void {
    if (path === undefined || seen.has(path) || !isInstalled(path) || !path.endsWith("ts")) return;
    seen.add(path);
    waiting?.push(path);
  }

  function begin(): string[] {
    waiting = [];
    for (const name of dependencies(cwd)) add(notebook.resolve(name, notebook.cellPath)?.resolvedFileName);
    return waiting;
  }

  return () => {
    const files = waiting ?? begin();
    const path = files.shift();
    if (path === undefined || seen.size > MAX_FILES || characters > MAX_CHARACTERS) return false;
    characters += ts.sys.getFileSize?.(path) ?? 0;
    for (const imported of notebook.readInstalled(path)) add(imported);
    return files.length > 0;
  };
}

/** The packages that the nearest package.json names. */
function dependencies(cwd: string): readonly string[] {
  const path = ts.findConfigFile(cwd, ts.sys.fileExists, "package.json");
  const manifest: unknown = path === undefined ? undefined : ts.readConfigFile(path, ts.sys.readFile).config;
  return [...keysOf(manifest, "dependencies"), ...keysOf(manifest, "devDependencies")];
}

function keysOf(manifest: unknown, section: string): readonly string[] {
  const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  const named = isObject(manifest) ? manifest[section] : undefined;
  return isObject(named) ? Object.keys(named) : [];
}
