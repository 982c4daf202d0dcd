import type { TypeScript } from "./emit-script.ts";

/** `export` before a declaration means nothing in a cell, and people paste it: blanked out, so that places stay. */
export function withoutExport(typescript: TypeScript, code: string): string {
  if (!/\bexport\b/.test(code)) return code;
  const file = typescript.createSourceFile("cell.ts", code, typescript.ScriptTarget.Latest, true);
  let text = code;
  for (const statement of file.statements) {
    if (!typescript.canHaveModifiers(statement)) continue;
    const [first, second] = typescript.getModifiers(statement) ?? [];
    if (first?.kind !== typescript.SyntaxKind.ExportKeyword) continue;
    if (second?.kind === typescript.SyntaxKind.DefaultKeyword) continue;
    text = text.slice(0, first.getStart(file)) + " ".repeat("export".length) + text.slice(first.end);
  }
  return text;
}
