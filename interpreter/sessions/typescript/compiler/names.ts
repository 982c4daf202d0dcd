// The names that a module declares at its top level, as its syntax says; the checker is not asked.
import ts from "../typescript.cjs";

export interface DeclaredName {
  /** How the name can be declared to another module; what is a type, too, must be imported. */
  readonly declaredBy: "const" | "let" | "import";
  /** A variable may be assigned again; of a type, and of what is only declared, there is no value. */
  readonly value: "constant" | "variable" | "none";
  readonly means: "value" | "type" | "both"; // also where it is only declared
  readonly isImported: boolean;
  readonly isHoisted: boolean; // `undefined`, not an error, before it is reached
}

export interface DeclaredNames {
  readonly names: ReadonlyMap<string, DeclaredName>;
  readonly exported: ReadonlySet<string>; // the module exports something by this name itself
}

export function declaredNames(statements: readonly ts.Statement[]): DeclaredNames {
  const names = new Map<string, DeclaredName>();
  const exported = new Set<string>();
  const add = (name: string, now: DeclaredName) => {
    const before = names.get(name);
    names.set(name, before === undefined ? now : merged(before, now));
  };
  for (const statement of statements) {
    for (const name of namesOf(statement)) {
      add(name, declaredBy(statement));
      if (isExported(statement)) exported.add(name);
    }
    for (const name of exportedNames(statement)) exported.add(name);
    if (ts.isVariableStatement(statement)) continue;
    for (const name of nestedVars(statement))
      add(name, { declaredBy: "let", value: "variable", means: "value", isImported: false, isHoisted: true });
  }
  return { names, exported };
}

/** Overloads, `var` twice, a class with a namespace, a constant with a type of its name. */
function merged(before: DeclaredName, now: DeclaredName): DeclaredName {
  const isSame = before.declaredBy === now.declaredBy;
  return {
    declaredBy: isSame ? before.declaredBy : "import",
    value: before.value === "none" ? now.value : before.value,
    means: before.means === now.means ? before.means : "both",
    isImported: before.isImported,
    isHoisted: before.isHoisted && now.isHoisted,
  };
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) return listNames(statement.declarationList);
  if (ts.isImportDeclaration(statement)) return importedNames(statement.importClause);
  if (
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isEnumDeclaration(statement) ||
    ts.isImportEqualsDeclaration(statement)
  ) {
    return statement.name === undefined ? [] : [statement.name.text];
  }
  const isNamespace = ts.isModuleDeclaration(statement) && !isGlobalAugmentation(statement);
  return isNamespace && ts.isIdentifier(statement.name) ? [statement.name.text] : [];
}

/** `declare global` */
export function isGlobalAugmentation(statement: ts.ModuleDeclaration): boolean {
  return (statement.flags & ts.NodeFlags.GlobalAugmentation) !== 0;
}

function declaredBy(statement: ts.Statement): DeclaredName {
  const isImported = ts.isImportDeclaration(statement);
  const { None, Const, Using, AwaitUsing } = ts.NodeFlags;
  if (ts.isVariableStatement(statement)) {
    const scope = statement.declarationList.flags & ts.NodeFlags.BlockScoped;
    const isConst = scope === Const || scope === Using || scope === AwaitUsing;
    const value = hasModifier(statement, ts.SyntaxKind.DeclareKeyword) ? "none" : isConst ? "constant" : "variable";
    const declaredBy = scope !== None && isConst ? "const" : "let";
    return { declaredBy, value, means: "value", isImported, isHoisted: scope === None };
  }
  const isHoisted = ts.isEnumDeclaration(statement) || ts.isModuleDeclaration(statement);
  const value = hasValue(statement) ? "constant" : "none";
  return { declaredBy: "import", value, means: meaningOf(statement), isImported, isHoisted };
}

function meaningOf(statement: ts.Statement): DeclaredName["means"] {
  if (ts.isFunctionDeclaration(statement)) return "value";
  if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) return "type";
  return ts.isModuleDeclaration(statement) && !isInstantiated(statement) ? "type" : "both";
}

function hasValue(statement: ts.Statement): boolean {
  if (hasModifier(statement, ts.SyntaxKind.DeclareKeyword)) return false;
  if (ts.isModuleDeclaration(statement)) return isInstantiated(statement);
  return !ts.isInterfaceDeclaration(statement) && !ts.isTypeAliasDeclaration(statement);
}

/** A namespace of types alone is nothing at run time. */
function isInstantiated(namespace: ts.ModuleDeclaration): boolean {
  const { getModuleInstanceState } = ts as unknown as { getModuleInstanceState(node: ts.ModuleDeclaration): number }; // not typed
  return getModuleInstanceState(namespace) !== 0;
}

function listNames(list: ts.VariableDeclarationList): string[] {
  return list.declarations.flatMap(({ name }) => boundNames(name));
}

/** The names of `a`, `{ a, b: [c] }`, `[a, ...rest]`. */
function boundNames(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundNames(element.name) : []));
}

function importedNames(clause: ts.ImportClause | undefined): string[] {
  const own = clause?.name === undefined ? [] : [clause.name.text];
  const bindings = clause?.namedBindings;
  if (bindings === undefined) return own;
  if (ts.isNamespaceImport(bindings)) return [...own, bindings.name.text];
  return [...own, ...bindings.elements.map(({ name }) => name.text)];
}

function exportedNames(statement: ts.Statement): string[] {
  if (!ts.isExportDeclaration(statement)) return [];
  const clause = statement.exportClause;
  if (clause === undefined) return [];
  return ts.isNamespaceExport(clause) ? [clause.name.text] : clause.elements.map(({ name }) => name.text);
}

function isExported(statement: ts.Statement): boolean {
  return hasModifier(statement, ts.SyntaxKind.ExportKeyword) && !hasModifier(statement, ts.SyntaxKind.DefaultKeyword);
}

export function hasModifier(statement: ts.Statement, kind: ts.SyntaxKind): boolean {
  if (!ts.canHaveModifiers(statement)) return false;
  return ts.getModifiers(statement)?.some((modifier) => modifier.kind === kind) ?? false;
}

/** `var` in a block, a loop or a branch is a variable of the whole module. */
function nestedVars(statement: ts.Statement): string[] {
  const found: string[] = [];
  walk(statement, (node) => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node) || ts.isModuleBlock(node)) return false;
    const isVar = ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.BlockScoped) === 0;
    if (isVar) found.push(...listNames(node));
    return true;
  });
  return found;
}

/** Every identifier that a file writes, also as the name of a property or in a type. */
export function identifiersIn(file: ts.SourceFile): Set<string> {
  const found = new Set<string>();
  walk(file, (node) => {
    if (ts.isIdentifier(node)) found.add(node.text);
    return true;
  });
  return found;
}

/** Visits a tree without recursion: a sum of a hundred thousand terms is as deep. @param visit whether to go on below */
export function walk(root: ts.Node, visit: (node: ts.Node) => boolean): void {
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (visit(node)) ts.forEachChild(node, (child) => void open.push(child));
  }
}
