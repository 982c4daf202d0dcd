// What a module imports and exports, as its syntax says.

import type { ModuleImport } from "../cell-compiler.ts";
import { RESERVED } from "../module-scope.ts";
import ts from "../typescript.cjs";
import { declaredNames, hasModifier } from "./names.ts";

/** A name that an import declares: `imported` of the import at `index`, "*" for all of it. */
export interface ImportedName {
  readonly local: string;
  readonly identifier: ts.Identifier; // that declares it
  readonly index: number;
  readonly imported: string;
}

export interface ModuleExport {
  readonly exported: string; // "*" for all names of the import at `index`
  readonly local?: string;
  readonly index?: number;
  readonly imported?: string;
}

export interface ModuleLinks {
  readonly imports: readonly ModuleImport[];
  readonly imported: readonly ImportedName[];
  readonly exports: readonly ModuleExport[];
}

export interface ModuleKnowledge {
  isValue(name: ts.Identifier): boolean; // whether an imported name is more than a type
  isConstant(name: ts.Identifier): boolean; // whether an imported name has one value for ever
  resolve(specifier: string): string | undefined; // the file of the folder that a specifier leads to, which is no path
}

export function moduleLinks(
  statements: readonly ts.Statement[],
  { isValue, resolve }: Pick<ModuleKnowledge, "isValue" | "resolve">,
): ModuleLinks {
  const imports: ModuleImport[] = [];
  const imported: ImportedName[] = [];
  const exports: ModuleExport[] = [];
  const add = (statement: ts.ImportDeclaration | ts.ExportDeclaration, names: readonly string[]): number => {
    const specifier = (statement.moduleSpecifier as ts.StringLiteral).text; // as: no other is without a syntax error
    const path = resolve(specifier);
    return imports.push({ specifier, names, ...(path !== undefined && { path }) }) - 1;
  };
  for (const statement of statements) {
    if (ts.isImportDeclaration(statement)) {
      const names = namesOf(statement.importClause, isValue);
      const isTypes = statement.importClause !== undefined && names.length === 0 && !isEmpty(statement.importClause);
      if (isTypes || statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword) continue;
      const index = add(
        statement,
        names.map((name) => name.imported).filter((name) => name !== "*"),
      );
      imported.push(...names.map(({ local, identifier, imported }) => ({ local, identifier, imported, index })));
    } else if (ts.isExportDeclaration(statement) && !statement.isTypeOnly) {
      const index = statement.moduleSpecifier && add(statement, []);
      exports.push(...exportsOf(statement.exportClause, index, isValue));
    } else {
      exports.push(...declaredExports(statement));
    }
  }
  return { imports, imported, exports };
}

/** `import {} from "x"` loads the module. */
function isEmpty({ name, namedBindings }: ts.ImportClause): boolean {
  return !name && namedBindings !== undefined && ts.isNamedImports(namedBindings) && !namedBindings.elements.length;
}

function namesOf(clause: ts.ImportClause | undefined, isValue: (name: ts.Identifier) => boolean) {
  return namedIn(clause).filter(({ identifier, isTypeOnly }) => !isTypeOnly && isValue(identifier));
}

/** The identifiers by which imports declare names. */
export function importIdentifiers(statements: readonly ts.Statement[]): Map<string, ts.Identifier> {
  const clauses = statements.filter(ts.isImportDeclaration).map(({ importClause }) => importClause);
  return new Map(clauses.flatMap((clause) => namedIn(clause).map(({ local, identifier }) => [local, identifier])));
}

function namedIn(clause: ts.ImportClause | undefined) {
  const named = (identifier: ts.Identifier, imported: string, isTypeOnly = false) => {
    return { local: identifier.text, identifier, imported, isTypeOnly };
  };
  const own = clause?.name ? [named(clause.name, "default")] : [];
  const bindings = clause?.namedBindings;
  if (bindings === undefined) return own;
  if (ts.isNamespaceImport(bindings)) return [...own, named(bindings.name, "*")];
  return [
    ...own,
    ...bindings.elements.map(({ name, propertyName, isTypeOnly }) =>
      named(name, (propertyName ?? name).text, isTypeOnly),
    ),
  ];
}

function exportsOf(
  clause: ts.NamedExportBindings | undefined,
  index: number | undefined,
  isValue: (name: ts.Identifier) => boolean,
): ModuleExport[] {
  if (index !== undefined && clause === undefined) return [{ exported: "*", index }];
  if (clause === undefined) return [];
  if (ts.isNamespaceExport(clause)) return [{ exported: clause.name.text, imported: "*", index: index! }]; // has a `from`
  return clause.elements
    .filter(({ isTypeOnly }) => !isTypeOnly)
    .flatMap(({ name, propertyName }): ModuleExport[] => {
      const own = propertyName ?? name;
      if (index !== undefined) return [{ exported: name.text, index, imported: own.text }];
      return ts.isIdentifier(own) && isValue(own) ? [{ exported: name.text, local: own.text }] : [];
    });
}

export const DEFAULT_EXPORT = `${RESERVED}default`; // the variable that holds `export default <expression>`

function declaredExports(statement: ts.Statement): ModuleExport[] {
  if (ts.isExportAssignment(statement)) return [{ exported: "default", local: DEFAULT_EXPORT }];
  if (!hasModifier(statement, ts.SyntaxKind.ExportKeyword)) return [];
  if (hasModifier(statement, ts.SyntaxKind.DefaultKeyword)) {
    if (ts.isInterfaceDeclaration(statement)) return [];
    const { name } = statement as ts.FunctionDeclaration | ts.ClassDeclaration;
    return [{ exported: "default", local: name?.text ?? DEFAULT_EXPORT }];
  }
  const values = [...declaredNames([statement]).names].filter(([, { value }]) => value !== "none");
  return values.map(([name]) => ({ exported: name, local: name }));
}
