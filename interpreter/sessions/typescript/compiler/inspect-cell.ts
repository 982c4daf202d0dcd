import ts from "../typescript.cjs";
import { asWritten } from "./cell-diagnostics.ts";
import type { CellLook } from "./cell-look.ts";
import type { NotebookProgram } from "./notebook-program.ts";

/** Type and documentation of the name at `offset`, or right before it. */
export function inspectCell({ service, cellPath }: NotebookProgram, { parsed, text: own }: CellLook, offset: number) {
  const at = own.ownStart + parsed.prefix.length + offset;
  const info =
    service.getQuickInfoAtPosition(cellPath, at) ??
    (offset > 0 ? service.getQuickInfoAtPosition(cellPath, at - 1) : undefined);
  if (info === undefined || isUnknown(info)) return undefined;
  const type = withoutAlias(asWritten(ts.displayPartsToString(info.displayParts ?? [])));
  const text = ts.displayPartsToString(info.documentation ?? []);
  const tags = (info.tags ?? []).map(({ name, text }) => `@${name} ${ts.displayPartsToString(text ?? [])}`);
  const about = [text, ...tags].filter((part) => part !== "").join("\n\n");
  return {
    plain: about === "" ? type : `${type}\n\n${about}`,
    markdown: `\`\`\`typescript\n${type}\n\`\`\`${about === "" ? "" : `\n\n${about}`}`,
  };
}

/** A name that nobody declares is of any type. */
function isUnknown({ kind, displayParts = [] }: ts.QuickInfo): boolean {
  return kind === ts.ScriptElementKind.unknown && ts.displayPartsToString(displayParts) === "any";
}

/** Names of earlier cells are imports to the compiler: "(alias) class Planet\nimport Planet". */
function withoutAlias(type: string): string {
  return type
    .replace(/^\(alias\) /, "")
    .replace(/\nimport [\p{ID_Start}$_][\p{ID_Continue}$]*(?=\n|$)/u, "")
    .trimStart();
}
