import type { Diagnostic } from "../sessions/session.ts";

const MAX_DIAGNOSTICS = 3; // the first ones usually cause the rest
const MISSING_PROPERTY = /^Property '([^']+)' does not exist on type '(\{[\s\S]*\})/;

/** What the compiler says, each with the line that it means; of a column that is written wrongly, how it is written. */
export function diagnosticLines(diagnostics: readonly Diagnostic[], code: string): string {
  const source = code.split("\n");
  return diagnostics
    .slice(0, MAX_DIAGNOSTICS)
    .map(({ line, message }) => `line ${line}: ${explain(message)}\n  ${source[line - 1]?.trim() ?? ""}`)
    .join("\n");
}

function explain(message: string): string {
  const [first = ""] = message.split("\n");
  const [, missing, type] = MISSING_PROPERTY.exec(message) ?? [];
  if (missing === undefined || type === undefined) return first;
  const names = [...type.matchAll(/(?:[{;]\s*)(?:["']([^"']+)["']|([\p{L}_$][\p{L}\p{N}_$]*))\??:/gu)].map(
    ([, q, plain]) => q ?? plain!,
  );
  const meant = names.filter((name) => bare(name) === bare(missing));
  const begins = names.filter((name) => bare(name).startsWith(bare(missing)));
  const [only, ...others] = meant.length > 0 ? meant : begins;
  return only === undefined || others.length > 0 ? first : `there is no ${missing}; it is written ["${only}"]`;
}

function bare(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}
