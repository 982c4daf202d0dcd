import type { Diagnostic } from "../sessions/session.ts";

const MAX_DIAGNOSTICS = 3; // the first ones usually cause the rest

/** What the compiler says, each with the line that it means. */
export function diagnosticLines(diagnostics: readonly Diagnostic[], code: string): string {
  const source = code.split("\n");
  return diagnostics
    .slice(0, MAX_DIAGNOSTICS)
    .map(({ line, message }) => `line ${line}: ${message.split("\n")[0]}\n  ${source[line - 1]?.trim() ?? ""}`)
    .join("\n");
}
