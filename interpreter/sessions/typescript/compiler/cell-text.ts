// The text that is compiled for a cell: the cell itself, and behind it, where it shifts no line, what the cell may name
// and what it gives.
import ts from "../typescript.cjs";
import type { NotebookName, NotebookState } from "./notebook-names.ts";
import type { ParsedCell } from "./parse-cell.ts";

const NARROWED = "__narrowed_";

export interface CellText {
  readonly text: string;
  readonly ownEnd: number; // behind it stands what is ours
  readonly earlier: ReadonlyMap<string, NotebookName>; // the names of earlier cells that the cell may use
}

/**
 * @param implied names that the compiler reads from the options, as JSX's factory
 * @param isRead nothing is assigned: then constants and variables can be imported, too, with their documentation
 */
export function cellText(cell: ParsedCell, state: NotebookState, implied: readonly string[], isRead = false): CellText {
  const { names, exported } = cell.declared;
  const earlier = new Map<string, NotebookName>();
  for (const name of [...cell.mentioned, ...implied]) {
    const entry = names.has(name) ? undefined : state.names.get(name);
    if (entry !== undefined) earlier.set(name, entry);
  }
  const constants = [...names, ...earlier].filter(([, { declaredBy }]) => declaredBy === "const");
  const lines = [
    `export { ${[...names.keys()].filter((name) => !exported.has(name)).join(", ")} };`,
    ...[...earlier].map(([name, entry]) => declarationOf(name, isRead ? { ...entry, declaredBy: "import" } : entry)),
    ...constants.map(([name]) => `export type ${NARROWED}${name} = typeof ${name};`),
  ];
  return { text: `${cell.text}\n${lines.join("\n")}\n`, ownEnd: cell.text.length, earlier };
}

/** Declarations without a type, for all that the cell does not name: what it misspells is told the name that it is like. */
export function likeNames(state: NotebookState, { text, earlier }: CellText, { declared }: ParsedCell): string {
  const others = [...state.names.keys()].filter((name) => !earlier.has(name) && !declared.names.has(name));
  return `${text}declare var ${others.join(", ")};\n`;
}

function declarationOf(name: string, { module, declaredBy, narrowed }: NotebookName): string {
  if (narrowed !== undefined) return `declare const ${name}: import("${narrowed}").${NARROWED}${name};`;
  if (declaredBy === "import") return `import { ${name} } from "${module}";`;
  return `declare ${declaredBy} ${name}: typeof import("${module}").${name};`;
}

/** The constants that the cell leaves with another type than they are declared with: `if (!found) throw …` */
export function narrowedNames(checker: ts.TypeChecker, file: ts.SourceFile, ownEnd: number): string[] {
  return file.statements.flatMap((statement) => {
    if (statement.end <= ownEnd || !ts.isTypeAliasDeclaration(statement) || !ts.isTypeQueryNode(statement.type))
      return [];
    const { exprName } = statement.type;
    const symbol = checker.getSymbolAtLocation(exprName);
    const narrowed = checker.getTypeFromTypeNode(statement.type);
    if (symbol === undefined || (narrowed.flags & ts.TypeFlags.Never) !== 0) return [];
    const declared = checker.getTypeOfSymbol(symbol);
    return checker.isTypeAssignableTo(declared, narrowed) ? [] : [exprName.getText(file)];
  });
}
