// The text that is compiled for a cell: the cell itself, and behind it, where it shifts no line, what the cell may name
// and what it gives.
import { RESERVED } from "../module-scope.ts";
import ts from "../typescript.cjs";
import { meantBeside, type NotebookName, type NotebookState } from "./notebook-names.ts";
import type { ParsedCell } from "./parse-cell.ts";

const NARROWED = `${RESERVED}narrowed_`;

export interface CellText {
  readonly text: string;
  readonly ownStart: number; // before it stands what is ours
  readonly ownEnd: number; // behind it, too
  readonly earlier: ReadonlyMap<string, NotebookName>; // the names of earlier cells that the cell may use
}

/** @param implied names that the compiler reads from the options, as JSX's factory */
export function cellText(cell: ParsedCell, state: NotebookState, implied: readonly string[]): CellText {
  const { names, exported } = cell.declared;
  const earlier = earlierNames(cell, state, implied);
  const constants = [...names, ...earlier].filter(([, { declaredBy }]) => declaredBy === "const");
  const lines = [
    `export { ${[...names.keys()].filter((name) => !exported.has(name)).join(", ")} };`,
    ...[...earlier].map(([name, entry]) => declarationOf(name, entry)),
    ...cell.augmented.map((module) => `import type {} from ${JSON.stringify(module)};`), // else TypeScript does not look for it
    ...constants.map(([name]) => `export type ${NARROWED}${name} = typeof ${name};`),
  ];
  return { text: `${cell.text}\n${lines.join("\n")}\n`, ownStart: 0, ownEnd: cell.text.length, earlier };
}

/**
 * Of a cell that is still written, and does not run. What it may name stands before it: behind it, a block that is not
 * closed yet would take it in. Nothing is assigned: constants and variables are imported, too, with their documentation.
 */
export function writtenText(cell: ParsedCell, state: NotebookState, implied: readonly string[]): CellText {
  const earlier = earlierNames(cell, state, implied);
  const lines = [...earlier].map(([name, entry]) => declarationOf(name, { ...entry, declaredBy: "import" }));
  const head = `export {}; ${lines.join(" ")}\n`;
  return { text: head + cell.text, ownStart: head.length, ownEnd: head.length + cell.text.length, earlier };
}

function earlierNames(cell: ParsedCell, state: NotebookState, implied: readonly string[]): Map<string, NotebookName> {
  const earlier = new Map<string, NotebookName>();
  for (const name of [...cell.mentioned, ...implied]) {
    const own = cell.declared.names.get(name);
    const before = state.names.get(name);
    const entry = own === undefined ? before : meantBeside(own, before);
    if (entry !== undefined) earlier.set(name, entry);
  }
  return earlier;
}

/** Declarations without a type, for all that the cell does not name: what it misspells is told the name that it is like. */
export function likeNames(state: NotebookState, { text, earlier }: CellText, { declared }: ParsedCell): string {
  const others = [...state.names.keys()].filter((name) => !earlier.has(name) && !declared.names.has(name));
  return `${text}declare var ${others.join(", ")};\n`;
}

function declarationOf(name: string, { module, declaredBy, narrowed, type }: NotebookName): string {
  const imported = (from: string) => `import { ${name} } from "${from}";`;
  if (declaredBy === "import" && type === undefined && narrowed === undefined) return imported(module);
  const keyword = declaredBy === "let" && narrowed === undefined ? "let" : "const";
  const valueType =
    narrowed === undefined ? `typeof import("${module}").${name}` : `import("${narrowed}").${NARROWED}${name}`;
  return `declare ${keyword} ${name}: ${valueType};${type === undefined ? "" : ` ${imported(type)}`}`;
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
