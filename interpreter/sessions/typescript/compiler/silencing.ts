// A `;` behind the last expression of a cell silences it, as in other notebooks.
import ts from "../typescript.cjs";
import { parseCell } from "./parse-cell.ts";

/** What the cell's value is of, if it is an expression. */
export function lastStatement(statements: readonly ts.Statement[]): ts.Statement | undefined {
  return statements.findLast((statement) => !ts.isEmptyStatement(statement));
}

export function isSilenced(statement: ts.Statement, { text }: ts.SourceFile): boolean {
  return ts.isExpressionStatement(statement) && text[statement.end - 1] === ";";
}

/** The code without that `;`, and without empty statements behind it: written down, it shows its value. */
export function withValueShown(code: string): string {
  const { file, prefix } = parseCell(code, () => true);
  const last = lastStatement(file.statements);
  if (last === undefined || !isSilenced(last, file)) return code;
  const semicolons = new Set(file.statements.slice(file.statements.indexOf(last)).map(({ end }) => end - 1));
  return Array.from({ length: code.length }, (_, i) => (semicolons.has(i + prefix.length) ? "" : code[i])).join("");
}
