import ts from "./typescript.cjs";

const MODULE_PREFIX = "export {};"; // makes the text a module, in which `await` stands at the top level
const UNTERMINATED_TEMPLATE = 1160;
const UNTERMINATED_STRING = 1002; // these two end with their line
const UNTERMINATED_REGEXP = 1161;
const UNTERMINATED_COMMENT = 1010;

/** Whether a cell can run as it is, needs more lines, or is wrong in a way that more lines cannot mend. */
export function isComplete(code: string): { status: "complete" | "incomplete" | "invalid"; indent: string } {
  const file = ts.createSourceFile("cell.ts", MODULE_PREFIX + code, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  // parseDiagnostics is not in the public types of a SourceFile.
  const { parseDiagnostics } = file as unknown as { parseDiagnostics: { code: number; start: number }[] };
  if (parseDiagnostics.length === 0) return { status: "complete", indent: "" };
  const end = (MODULE_PREFIX + code).trimEnd().length;
  const wantsMore = parseDiagnostics.every(
    ({ code, start }) =>
      code === UNTERMINATED_TEMPLATE ||
      code === UNTERMINATED_COMMENT ||
      (start >= end && code !== UNTERMINATED_STRING && code !== UNTERMINATED_REGEXP),
  );
  return wantsMore ? { status: "incomplete", indent: nextIndent(code) } : { status: "invalid", indent: "" };
}

function nextIndent(code: string): string {
  const line = code.trimEnd().split("\n").at(-1) ?? "";
  const indent = /^\s*/.exec(line)?.[0] ?? "";
  return /[{([]$/.test(line) ? `${indent}  ` : indent;
}
