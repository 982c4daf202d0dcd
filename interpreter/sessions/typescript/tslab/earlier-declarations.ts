// What earlier cells declared, statement by statement. The compiler is given what a cell mentions, and what that
// mentions in turn: given all of it, each cell of a long notebook would take longer than the one before.
import type ts from "typescript";
import type { TypeScript } from "./emit-script.ts";

const IDENTIFIERS = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/gu;
const ESCAPED = /\\u/; // an identifier may be written with escapes: then all is given
const IMPLIED = "React"; // JSX names it without writing it
const MAX_REMEMBERED = 8; // texts: the session's own, and those of what is evaluated beside it

interface Declaration {
  readonly text: string;
  readonly names: readonly string[]; // none: a statement that works without being named
  readonly mentions: ReadonlySet<string>;
  readonly isNamespace: boolean;
}

export interface GivenDeclarations {
  /** What the cell may need. */
  readonly text: string;
  /** @param after what the compiler says is declared after the cell, of what it was given. @returns all of it */
  merge(after: string): string;
}

/** @returns what gives the part of a .d.ts text that a cell needs */
export function createEarlierDeclarations(typescript: TypeScript): (all: string, code: string) => GivenDeclarations {
  const remembered = new Map<string, readonly Declaration[]>(); // oldest first

  function remember(text: string, declarations: readonly Declaration[]): void {
    remembered.set(text, declarations);
    const [oldest] = remembered.keys();
    if (remembered.size > MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
  }

  return (all, code) => {
    const declarations = remembered.get(all) ?? parse(typescript, all);
    const needed = ESCAPED.test(code) ? new Set(declarations) : reachable(declarations, code);
    return {
      text: textOf(declarations.filter((declaration) => needed.has(declaration))),
      merge(after) {
        const merged = inOldOrder(declarations, needed, parse(typescript, after));
        const text = textOf(merged);
        remember(text, merged);
        return text;
      },
    };
  };
}

function parse(typescript: TypeScript, text: string): Declaration[] {
  const { statements } = typescript.createSourceFile("cells.d.ts", text, typescript.ScriptTarget.Latest, true);
  return statements.map((statement) => ({
    text: statement.getFullText().trim(),
    names: declaredNames(typescript, statement),
    mentions: identifiersIn(statement.getText()),
    isNamespace: typescript.isModuleDeclaration(statement),
  }));
}

/** Those that the code names, those that they name, and so on. */
function reachable(declarations: readonly Declaration[], code: string): Set<Declaration> {
  const byName = new Map<string, Declaration[]>();
  for (const declaration of declarations) {
    for (const name of declaration.names) byName.set(name, [...(byName.get(name) ?? []), declaration]);
  }
  const found = new Set(declarations.filter(({ names }) => names.length === 0));
  const open: Iterable<string>[] = [[IMPLIED], identifiersIn(code), ...[...found].map(({ mentions }) => mentions)];
  for (let names = open.pop(); names !== undefined; names = open.pop()) {
    for (const declaration of [...names].flatMap((name) => byName.get(name) ?? [])) {
      if (found.has(declaration)) continue;
      found.add(declaration);
      open.push(declaration.mentions);
    }
  }
  return found;
}

/** The newest first; what the cell left as it was keeps its place, and so do namespaces, which tslab forgets. */
function inOldOrder(
  before: readonly Declaration[],
  given: ReadonlySet<Declaration>,
  after: readonly Declaration[],
): readonly Declaration[] {
  const texts = new Set([...given].map(({ text }) => text));
  const left = new Set(after.map(({ text }) => text));
  const names = new Set(after.flatMap((declaration) => declaration.names));
  const stays = ({ text, isNamespace, names: own }: Declaration) =>
    left.has(text) || (isNamespace && !own.some((name) => names.has(name)));
  return [
    ...after.filter(({ text }) => !texts.has(text)),
    ...before.filter((declaration) => !given.has(declaration) || stays(declaration)),
  ];
}

function textOf(declarations: readonly Declaration[]): string {
  return declarations.map(({ text }) => `${text}\n`).join("");
}

function identifiersIn(text: string): Set<string> {
  return new Set(text.match(IDENTIFIERS) ?? []);
}

function declaredNames(typescript: TypeScript, statement: ts.Statement): string[] {
  if (typescript.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  }
  if (typescript.isImportDeclaration(statement)) {
    const { name, namedBindings } = statement.importClause ?? {};
    const bindings =
      namedBindings && typescript.isNamedImports(namedBindings) ? namedBindings.elements : [namedBindings];
    return [name, ...bindings.map((binding) => binding?.name)].flatMap((own) => (own ? [own.text] : []));
  }
  if (typescript.isModuleDeclaration(statement) && (statement.flags & typescript.NodeFlags.GlobalAugmentation) !== 0) {
    return [];
  }
  const { name } = statement as ts.Statement & { readonly name?: ts.Node };
  return name && typescript.isIdentifier(name) ? [name.text] : [];
}
