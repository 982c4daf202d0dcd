import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type ts from "typescript";
import type { Completion } from "../../session.ts";
import type { CellLook } from "./cell-look.ts";
import type { NotebookName, NotebookState } from "./notebook-names.ts";
import type { NotebookProgram } from "./notebook-program.ts";

const MAX_MATCHES = 500; // a front end shows a screenful; the globals alone are over 1,000
const OURS = /^__(qwenlab_|cell)/;
const PATH_BEFORE = /["'`]([^"'`]*)$/;
const NAME = /[\p{ID_Continue}$\u200c\u200d]/u;

/** What fits at `offset` of a cell: what the language service proposes, and names of earlier cells, which it is not told. */
export function completeCell(
  { service, cellPath }: NotebookProgram,
  { parsed, text }: CellLook,
  code: string,
  offset: number,
  state: NotebookState,
): Completion {
  const before = text.ownStart + parsed.prefix.length;
  const info = service.getCompletionsAtPosition(cellPath, before + offset, {});
  const word = wordAt(code, offset);
  const [first] = info?.entries ?? [];
  const span = first?.replacementSpan; // of a path in an import
  const start = span === undefined ? word.start : span.start - before;
  const end = span === undefined ? word.end : start + span.length;
  const proposed = info?.entries.filter(({ name }) => !OURS.test(name)).toSorted(byRank) ?? [];
  const folder = resolve(dirname(cellPath), PATH_BEFORE.exec(code.slice(0, start))?.[1] ?? "");
  const isPath = first?.kind === "script" || first?.kind === "directory";
  const entries = isPath ? importable(proposed, folder, code.slice(start, offset)) : proposed;
  const kinds = new Map<string, string>(entries.map(({ name, kind: ofEntry }) => [name, ofEntry]));
  const isName = kinds.has("Array") && info?.isMemberCompletion === false; // any name that is known may stand here
  const isType = isName && !kinds.has("parseInt"); // a function, and no type
  for (const [name, known] of isName ? state.names : []) {
    if (!isType || mayBeType(known)) kinds.set(name, kinds.get(name) ?? kindOf(known));
  }
  const matches = matching([...kinds.keys()], code.slice(start, offset)).slice(0, MAX_MATCHES);
  return { matches, types: matches.map((name) => kinds.get(name) ?? ""), start, end };
}

/** Of the entries of a folder: packages are imported by their names, and what begins with a dot is some tool's. */
function importable(entries: readonly ts.CompletionEntry[], folder: string, typed: string): ts.CompletionEntry[] {
  return entries
    .filter(({ name }) => name !== "node_modules" && (typed.startsWith(".") || !name.startsWith(".")))
    .map((entry) => ({ ...entry, name: nameOnDisk(entry.name, folder) }));
}

/** TypeScript proposes `x.mts` as the `x.mjs` that a build would make of it, and no build is made of a notebook's files. */
function nameOnDisk(name: string, folder: string): string {
  const source = name.replace(/\.([cm])js$/, ".$1ts");
  return !existsSync(resolve(folder, name)) && existsSync(resolve(folder, source)) ? source : name;
}

function kindOf({ declaredBy, value, listed }: NotebookName): string {
  if (value === "none") return "type";
  return listed?.includes("=>") ? "function" : declaredBy === "import" ? "alias" : declaredBy;
}

/** What is imported may be a type as well, but for a function. */
function mayBeType({ declaredBy, listed, type }: NotebookName): boolean {
  return type !== undefined || (declaredBy === "import" && listed?.includes("=>") !== true);
}

function byRank(a: ts.CompletionEntry, b: ts.CompletionEntry): number {
  return a.sortText.localeCompare(b.sortText) || a.name.localeCompare(b.name);
}

/** The name that is being written, also where the cursor stands in it. */
export function wordAt(code: string, offset: number): { start: number; end: number; text: string } {
  let start = offset;
  while (start > 0 && NAME.test(code[start - 1]!)) start--;
  let end = offset;
  while (end < code.length && NAME.test(code[end]!)) end++;
  return { start, end, text: code.slice(start, end) };
}

/** What begins with the typed text; else what does in another case; else what has it inside. */
function matching(candidates: readonly string[], typed: string): readonly string[] {
  const exact = candidates.filter((name) => name.startsWith(typed));
  if (exact.length > 0) return exact;
  const folded = typed.toLowerCase();
  const others = candidates.filter((name) => name.toLowerCase().startsWith(folded));
  return others.length > 0 ? others : candidates.filter((name) => name.toLowerCase().includes(folded));
}
