import { RESERVED } from "../module-scope.ts";
import ts from "../typescript.cjs";
import { walk } from "./names.ts";

const CONFLICT = 2397; // TypeScript's for a declaration whose name is one of its own

/** A module's identifiers that begin as those do that the compiler adds: it may have none. */
export function reservedNames(file: ts.SourceFile): ts.DiagnosticWithLocation[] {
  const { identifiers } = file as unknown as { identifiers: ReadonlyMap<string, string> }; // it is not typed
  const found: ts.DiagnosticWithLocation[] = [];
  if (![...identifiers.keys()].some(isReserved)) return found;
  walk(file, (node) => {
    if (ts.isIdentifier(node) && isReserved(node.text)) found.push(problem(file, node));
    return true;
  });
  return found;
}

function isReserved(name: string): boolean {
  return name.startsWith(RESERVED);
}

function problem(file: ts.SourceFile, node: ts.Identifier): ts.DiagnosticWithLocation {
  const start = node.getStart(file);
  const messageText = `Names that begin with '${RESERVED}' are the compiler's own: give '${node.text}' another one.`;
  return { file, start, length: node.end - start, messageText, code: CONFLICT, category: ts.DiagnosticCategory.Error };
}
