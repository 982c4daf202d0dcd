import type { CellError, Diagnostic } from "../session.ts";
import { excerpt } from "./excerpt.ts";

const NO_SUCH_MODULE = new Set([2307, 2882]); // the other one is of an import for its effect
const MISSING_PACKAGE = /^Cannot find module.*? '((?:@[\w.-]+\/)?[a-z0-9~][\w.~-]*)(?:\/[^']*)?'/;
const MAX_DIAGNOSTICS = 10; // one mistake can make a hundred; the first are the cause

/** What the type checker says, with the lines of the cell that it is about. */
export function compileError(code: string, diagnostics: readonly Diagnostic[]): CellError {
  const shown = diagnostics.slice(0, MAX_DIAGNOSTICS);
  const traceback = shown.flatMap(({ message, code: number, line, column }) => [
    `${line}:${column} - error TS${number}: ${message}`,
    ...excerpt(code, line, column),
  ]);
  const missing = new Set(shown.map(packageOf).filter((name) => name !== undefined));
  if (missing.size > 0)
    traceback.push(`\`npm install ${[...missing].join(" ")}\` in the notebook's folder, then run the cell again.`);
  const more = diagnostics.length - shown.length;
  if (more > 0) traceback.push(`… and ${more} more`);
  const first = diagnostics[0];
  const evalue = first === undefined ? "" : `TS${first.code}: ${first.message} (${first.line}:${first.column})`;
  return { ename: "CompileError", evalue, traceback };
}

/** The npm package that an import asks for in vain. */
function packageOf({ code, message }: Diagnostic): string | undefined {
  return NO_SUCH_MODULE.has(code) ? MISSING_PACKAGE.exec(message)?.[1] : undefined;
}
