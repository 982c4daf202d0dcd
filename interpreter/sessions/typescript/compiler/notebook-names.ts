// What the notebook knows after some of its cells: each name, and the module that declares it. A state never changes: a
// cell makes another one from it, and so what is compiled beside the notebook (an expression of the front end) leaves no
// trace.

import type { DeclaredName } from "./names.ts";

export interface NotebookName {
  readonly module: string; // the specifier of the cell's module, relative to the notebook's folder
  /** How it is declared to a later cell. Functions, classes and types are imported, and so is what a cell imported. */
  readonly declaredBy: "const" | "let" | "import";
  /** How a later cell comes to its value: a constant is handed over, a variable is read and written where it is. */
  readonly value: "constant" | "variable" | "none";
  readonly type?: string | undefined; // the module of the type of this name, where another cell declares it than the value
  readonly narrowed?: string; // the module that exports the type to which a cell has narrowed it
  readonly listed?: string; // the type of a variable of the session; imports and types are not listed
}

/**
 * What a name means beside what a cell declares by it: of `const User` and `type User` neither takes the other's place. A
 * class, an enum or an import is both.
 */
export function meantBeside(own: DeclaredName, before: NotebookName | undefined): NotebookName | undefined {
  if (before === undefined || own.means === "both") return undefined;
  if (own.means === "type") return before.value === "none" ? undefined : { ...before, type: undefined };
  const type = before.value === "none" ? before.module : before.type;
  return type === undefined ? undefined : { module: type, declaredBy: "import", value: "none" };
}

/** A name after the cell that declares it as `entry`. */
export function withMeantBeside(
  own: DeclaredName,
  entry: NotebookName,
  before: NotebookName | undefined,
): NotebookName {
  const beside = meantBeside(own, before);
  if (beside === undefined) return entry;
  return own.means === "type" ? { ...beside, type: entry.module } : { ...entry, type: beside.module };
}

export interface NotebookState {
  readonly names: ReadonlyMap<string, NotebookName>; // the newest first
  readonly roots: readonly string[]; // files that are read with every cell: what they declare is known everywhere
}

export const EMPTY_NOTEBOOK: NotebookState = { names: new Map(), roots: [] };

/** What a cell adds to the state before it: enough to make its state again in another process. */
export interface NotebookStep {
  readonly key: string; // of the state after it
  readonly before: string; // the key of the state before it
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly names: readonly (readonly [string, NotebookName])[];
  readonly removed: readonly string[]; // names
  readonly roots: readonly string[];
  readonly dropped: readonly string[]; // roots of the states before
}

export function applyStep(before: NotebookState, step: NotebookStep): NotebookState {
  const gone = new Set([...step.removed, ...step.names.map(([name]) => name)]);
  const names = new Map([...step.names, ...[...before.names].filter(([name]) => !gone.has(name))]);
  const kept = before.roots.filter((root) => !step.dropped.includes(root));
  return { names, roots: [...new Set([...kept, ...step.roots])] };
}
