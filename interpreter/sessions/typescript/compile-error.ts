import type { CellError, Diagnostic } from "../session.ts";
import { excerpt } from "./excerpt.ts";

const MAX_DIAGNOSTICS = 10; // one mistake can make a hundred; the first are the cause

/** What the type checker says, with the lines of the cell that it is about. */
export function compileError(code: string, diagnostics: readonly Diagnostic[]): CellError {
  const shown = diagnostics.slice(0, MAX_DIAGNOSTICS);
  const traceback = shown.flatMap(({ message, code: number, line, column }) => [
    `${line}:${column} - error TS${number}: ${message}`,
    ...excerpt(code, line, column),
  ]);
  const more = diagnostics.length - shown.length;
  if (more > 0) traceback.push(`… and ${more} more`);
  const first = diagnostics[0];
  const evalue = first === undefined ? "" : `TS${first.code}: ${first.message} (${first.line}:${first.column})`;
  return { ename: "CompileError", evalue, traceback };
}
