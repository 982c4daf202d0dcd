// Turns a module into the text of a function: a cell, in the compiler's process, with all types; a file of the folder, in
// the session's process, by itself. The function gets its surroundings as one argument, a ModuleScope, and links what the
// module declares to it. So names are the user's own, constants are JavaScript's, and what was not reached is not there.

import type { ModuleImport } from "../cell-compiler.ts";
import { RESERVED } from "../module-scope.ts";
import ts from "../typescript.cjs";
import { isCalledForEffect } from "./called-for-effect.ts";
import { type ImportedName, type ModuleKnowledge, type ModuleLinks, moduleLinks } from "./module-imports.ts";
import { exportEquals, requiringImport, withoutExport, withoutGeneratedImports } from "./module-syntax.ts";
import { declaredNames, walk } from "./names.ts";
import { member, type Refer, rewritingReferences, SCOPE } from "./references.ts";
import { isSilenced, lastStatement } from "./silencing.ts";

export interface ModuleBody {
  readonly code: string; // a function of a ModuleScope, as an expression; an async one where the module awaits
  readonly isAsync: boolean;
  readonly imports: readonly ModuleImport[]; // in the order of `modules` in the scope
  readonly importedNames: readonly Pick<ImportedName, "local" | "index" | "imported">[]; // `index` into them; "*" is all
  readonly sourceMap: string; // of `code`
  readonly declarations: string | undefined; // a .d.ts, where one can say what the module's types are
}

export interface BodyOptions extends ModuleKnowledge {
  /** A cell: shows its last expression, and links all its names rather than its exports. */
  readonly cell?: {
    readonly ownEnd: number; // statements behind it are declarations for the compiler
    readonly isEarlier: (name: string, symbol: ts.Symbol | undefined) => boolean; // a value of an earlier cell
    readonly implied: readonly string[]; // values of earlier cells that no identifier names
    readonly showsAlways: boolean; // its last value, also when a `;` stands behind it
  };
}

const GIVEN = new Set(["require", "module", "exports", "__filename", "__dirname"]);
const EARLIER = `${RESERVED}of_`;
const IMPORT = `${RESERVED}import`;
const VALUE = `${RESERVED}value`;
const { factory } = ts;

export function moduleBody(program: ts.Program, file: ts.SourceFile, options: BodyOptions): ModuleBody {
  const { cell } = options;
  const statements = file.statements.filter(({ end }) => cell === undefined || end <= cell.ownEnd);
  const links = moduleLinks(statements, options);
  const earlier = new Set(cell?.implied);
  const given = new Set<string>();
  const checker = program.getTypeChecker();
  const imported = new Map(links.imported.map((name) => [name.local, name]));
  const live = new Set(
    links.imported.filter(({ imported, identifier }) => imported !== "*" && !options.isConstant(identifier)),
  );

  const refer: Refer = (identifier, symbol, isPlace) => {
    const name = identifier.text;
    const own = imported.get(name);
    const isOwn = symbol?.declarations?.some((node) => node.getSourceFile() === file && declares(node, name)) ?? false;
    if (own !== undefined && isOwn && isImportOf(symbol)) return live.has(own) ? memberOf(own) : undefined;
    if (cell?.isEarlier(name, symbol)) {
      earlier.add(name);
      if (isPlace) return member("value", EARLIER + name);
      return factory.createCallExpression(member("get", EARLIER + name), undefined, []);
    }
    if (!isOwn && GIVEN.has(name)) given.add(name);
    return undefined;
  };
  const last = cell && shownStatement(statements, { file, checker, showsAlways: cell.showsAlways });
  const generated: ModuleImport[] = []; // by TypeScript: JSX's runtime
  const { text, sourceMap, declarations } = emit(program, file, {
    before: [
      (context) => (source) => {
        const visit = rewritingReferences(checker, context, refer);
        return rewritten(source, { statements, visit, given, isCell: cell !== undefined, last });
      },
    ],
    after: [
      () => (source) => withoutGeneratedImports(source as ts.SourceFile, IMPORT, links.imports.length, generated),
    ],
  });
  const isAsync = cell !== undefined || statements.some(awaits);
  const head = [
    `${isAsync ? "async " : ""}function (${SCOPE}) { "use strict"; const { modules: [`,
    [...links.imports, ...generated].map((_, i) => IMPORT + i).join(", "),
    `]${[...given].map((name) => `, ${name}`).join("")} } = ${SCOPE};`,
    ...[...earlier].map((name) => ` const ${EARLIER}${name} = ${SCOPE}.variable("${name}");`),
    ...(cell?.implied ?? []).map((name) => ` const ${name} = ${EARLIER}${name}.get();`),
    ...links.imported.filter((name) => !live.has(name)).map((name) => ` const ${name.local} = ${memberText(name)};`),
    ` ${SCOPE}.link({ ${linked(statements, links, live, cell !== undefined)} });`,
  ].join("");
  const map: { mappings: string } = JSON.parse(sourceMap);
  return {
    code: `(${head}\n${text}\n})`,
    isAsync,
    declarations,
    imports: [...links.imports, ...generated],
    importedNames: links.imported.map(({ local, index, imported }) => ({ local, index, imported })),
    sourceMap: JSON.stringify({ ...map, mappings: `;${map.mappings}` }), // a line of ours stands before the first
  };
}

/** In JavaScript's files TypeScript takes `exports.a = 1` for a declaration, too, and `exports` for the file. */
function declares(node: ts.Declaration, name: string): boolean {
  const declared = (node as ts.NamedDeclaration).name;
  return declared !== undefined && ts.isIdentifier(declared) && declared.text === name;
}

function isImportOf(symbol: ts.Symbol | undefined): boolean {
  return ((symbol?.flags ?? 0) & ts.SymbolFlags.Alias) !== 0;
}

function memberOf({ index, imported }: ImportedName): ts.Expression {
  return member(imported, IMPORT + index);
}

function memberText({ index, imported }: { readonly index: number; readonly imported: string }): string {
  return imported === "*" ? IMPORT + index : `${IMPORT}${index}[${JSON.stringify(imported)}]`;
}

/** `name: [get, set, isHoisted]` of each name that the module gives. */
function linked(
  statements: readonly ts.Statement[],
  links: ModuleLinks,
  live: ReadonlySet<ImportedName>,
  isCell: boolean,
): string {
  const link = (name: string, get: string, rest = "") => `${JSON.stringify(name)}: [() => ${get}${rest}]`;
  const { names } = declaredNames(statements);
  const setter = (name: string) => {
    const { value, isHoisted } = names.get(name) ?? {};
    const set = value === "variable" ? `(${VALUE}) => { ${name} = ${VALUE}; }` : "undefined";
    return value === "variable" || isHoisted ? `, ${set}, ${isHoisted}` : "";
  };
  const imports = links.imported.map((name) => [name.local, live.has(name) ? memberText(name) : name.local] as const);
  if (isCell) {
    const own = [...names].filter(([, { value, isImported }]) => value !== "none" && !isImported);
    return [
      ...own.map(([name]) => link(name, name, setter(name))),
      ...imports.map(([name, get]) => link(name, get)),
    ].join(", ");
  }
  const getters = new Map(imports);
  return links.exports
    .map(({ exported, local, index, imported }) => {
      if (exported === "*") return `...${SCOPE}.reexported(${IMPORT}${index})`;
      if (index !== undefined) return link(exported, memberText({ index, imported: imported ?? "*" }));
      return link(exported, getters.get(local ?? exported) ?? local ?? exported);
    })
    .join(", ");
}

interface Rewriting {
  readonly statements: readonly ts.Statement[];
  readonly visit: (node: ts.Node) => ts.Node;
  readonly given: Set<string>;
  readonly isCell: boolean;
  readonly last: ts.Statement | undefined; // its value is the cell's
}

function rewritten(file: ts.SourceFile, { statements, visit, given, isCell, last }: Rewriting): ts.SourceFile {
  const plain = statements.flatMap((statement): ts.Statement[] => {
    if (ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) return [];
    const visited = ts.visitNode(statement, visit) as ts.Statement;
    const required = requiringImport(statement) ?? exportEquals(visited, isCell);
    if (required !== undefined) given.add(required.needs);
    const plain = required?.statement ?? withoutExport(visited, isCell);
    return [statement === last && ts.isExpressionStatement(plain) ? shown(plain) : plain];
  });
  return factory.updateSourceFile(file, plain);
}

function shownStatement(
  statements: readonly ts.Statement[],
  { file, checker, showsAlways }: { file: ts.SourceFile; checker: ts.TypeChecker; showsAlways: boolean },
): ts.Statement | undefined {
  const last = lastStatement(statements);
  if (last === undefined || (!showsAlways && isSilenced(last, file))) return undefined;
  return ts.isExpressionStatement(last) && isCalledForEffect(last.expression, checker) ? undefined : last;
}

/** The value is wrapped: a promise as the last expression is shown, not awaited; a function keeps its own name. */
function shown(statement: ts.ExpressionStatement): ts.Statement {
  const value = factory.createArrayLiteralExpression([statement.expression]);
  return ts.setTextRange(factory.createReturnStatement(value), statement);
}

function emit(program: ts.Program, file: ts.SourceFile, transformers: ts.CustomTransformers) {
  let text = "";
  let sourceMap = "";
  let declarations: string | undefined;
  const write: ts.WriteFileCallback = (path, written) => {
    if (path.endsWith(".map")) sourceMap = written;
    else if (/\.d\.[cm]?ts$/.test(path)) declarations = written;
    else text = written;
  };
  program.emit(file, write, undefined, false, transformers);
  const withoutMarks = text.replace(/^#!/, "//").replace(/^\/\/# sourceMappingURL=.*$/m, "");
  return { text: withoutMarks, sourceMap, declarations };
}

/** Outside of its functions. */
function awaits(statement: ts.Statement): boolean {
  let found = false;
  walk(statement, (node) => {
    if (ts.isFunctionLike(node)) return false;
    const isAwaitUsing =
      ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.BlockScoped) === ts.NodeFlags.AwaitUsing;
    found ||=
      ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined) || isAwaitUsing;
    return !found;
  });
  return found;
}
