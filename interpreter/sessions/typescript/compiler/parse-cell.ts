// A cell as its syntax says: what it declares and mentions, and what stands in it that a module may not hold.
import ts from "../typescript.cjs";
import { type DeclaredNames, declaredNames, identifiersIn, isGlobalAugmentation, walk } from "./names.ts";
import { reservedNames } from "./reserved-names.ts";

export type CellKind = ts.ScriptKind.TS | ts.ScriptKind.TSX | ts.ScriptKind.JS;

export interface ParsedCell {
  readonly text: string; // as it is compiled: as long as the cell, but for `prefix`
  readonly prefix: string; // what was put before the cell
  readonly kind: CellKind;
  readonly file: ts.SourceFile; // of `text`
  readonly syntaxErrors: readonly ts.Diagnostic[];
  readonly declared: DeclaredNames;
  readonly mentioned: ReadonlySet<string>;
  readonly ambient: string | undefined; // a script of the declarations that are global, with their places in the cell
  readonly augmented: readonly string[]; // specifiers of modules that it declares something in
  readonly isGlobal: boolean; // it changes what is known everywhere: `declare global`, or of a package
}

/** @param resolves whether a module can be found: `declare module "x"` of one that cannot is its declaration */
export function parseCell(
  code: string,
  resolves: (specifier: string) => boolean,
  { isJavaScript = false } = {},
): ParsedCell {
  const read = isJavaScript ? asJavaScript : withJsxIfNeeded;
  const plain = parseText(code, { resolves, read });
  if (!startsWithBrace(plain.file)) return plain;
  // `{ a: 1, b: 2 }` is an object, as in Node's REPL; what reads as a block and not as an expression is a block.
  const bracketed = parseText(code, { resolves, read, prefix: "(", suffix: ")" });
  return bracketed.syntaxErrors.length === 0 && isObject(bracketed.file) ? bracketed : plain;
}

function startsWithBrace(file: ts.SourceFile): boolean {
  const [first] = file.statements;
  return first !== undefined && file.text[first.getStart(file)] === "{";
}

/** The whole cell is one object literal, and holds more than a block of statements could be meant by. */
function isObject({ statements: [statement, another] }: ts.SourceFile): boolean {
  if (another !== undefined || !statement || !ts.isExpressionStatement(statement)) return false;
  const { expression } = statement;
  return ts.isParenthesizedExpression(expression) && ts.isObjectLiteralExpression(expression.expression);
}

interface TextReading {
  readonly resolves: (specifier: string) => boolean;
  readonly read: (text: string) => { readonly file: ts.SourceFile; readonly kind: CellKind };
  readonly prefix?: string;
  readonly suffix?: string;
}

function parseText(code: string, { resolves, read, prefix = "", suffix = "" }: TextReading): ParsedCell {
  const written = prefix + code + (suffix && `\n${suffix}`);
  const { file, kind } = read(written);
  const blanks = ambientModules(file, resolves);
  const ambient = blanks.length > 0 || hasReferences(file) ? onlyAmbient(file, blanks) : undefined;
  const text = blank(written, [...blanks, ...exportEquals(file)]);
  const parsed = text === written ? file : parse(text, kind);
  return {
    ...{ text, prefix, kind, file: parsed, ambient },
    syntaxErrors: [...syntaxErrorsOf(file), ...reservedNames(file), ...returnsOf(parsed)],
    declared: declaredNames(parsed.statements),
    mentioned: identifiersIn(parsed),
    augmented: parsed.statements
      .filter(isAugmentation)
      .flatMap(({ name }) => (ts.isStringLiteral(name) ? name.text : [])),
    isGlobal: parsed.statements.some(isAugmentation),
  };
}

function asJavaScript(text: string) {
  return { file: parse(text, ts.ScriptKind.JS), kind: ts.ScriptKind.JS as const };
}

/** A cell is TSX where it must be: `<T>value` and `<T>(x: T) => x` are none there. */
function withJsxIfNeeded(text: string) {
  const file = parse(text, ts.ScriptKind.TS);
  if (syntaxErrorsOf(file).length === 0 || !text.includes("<")) return { file, kind: ts.ScriptKind.TS as const };
  const withJsx = parse(text, ts.ScriptKind.TSX);
  return holdsJsx(withJsx) && syntaxErrorsOf(withJsx).length <= syntaxErrorsOf(file).length
    ? { file: withJsx, kind: ts.ScriptKind.TSX as const }
    : { file, kind: ts.ScriptKind.TS as const };
}

export function holdsJsx(file: ts.SourceFile): boolean {
  let found = false;
  walk(file, (node) => {
    found ||= ts.isJsxOpeningLikeElement(node) || ts.isJsxFragment(node);
    return !found;
  });
  return found;
}

function parse(text: string, kind: CellKind): ts.SourceFile {
  // A cell is a module, in which `await` stands at the top level.
  const options: ts.CreateSourceFileOptions = {
    languageVersion: ts.ScriptTarget.Latest,
    setExternalModuleIndicator: (file) => {
      (file as { externalModuleIndicator?: unknown }).externalModuleIndicator = true;
    },
  };
  return ts.createSourceFile("cell", text, options, true, kind);
}

export function syntaxErrorsOf(file: ts.SourceFile): readonly ts.DiagnosticWithLocation[] {
  return (file as unknown as { parseDiagnostics: readonly ts.DiagnosticWithLocation[] }).parseDiagnostics; // not typed
}

/** Of no function: code that nobody checks would return from ours. */
function returnsOf(file: ts.SourceFile): ts.Diagnostic[] {
  const found: ts.Diagnostic[] = [];
  walk(file, (node) => {
    if (ts.isReturnStatement(node)) found.push(returnOutside(file, node));
    return !ts.isFunctionLike(node);
  });
  return found;
}

function returnOutside(file: ts.SourceFile, node: ts.Node): ts.Diagnostic {
  const messageText = "A 'return' statement can only be used within a function body.";
  const start = node.getStart(file);
  return { file, start, length: node.end - start, messageText, code: 1108, category: ts.DiagnosticCategory.Error };
}

function isAugmentation(statement: ts.Statement): statement is ts.ModuleDeclaration {
  if (!ts.isModuleDeclaration(statement)) return false;
  return ts.isStringLiteral(statement.name) || isGlobalAugmentation(statement);
}

/** `declare module "x"` of a module that there is not: a module may not hold it, a script may. */
function ambientModules(file: ts.SourceFile, resolves: (specifier: string) => boolean): ts.Statement[] {
  return file.statements.filter(
    (statement) =>
      ts.isModuleDeclaration(statement) && ts.isStringLiteral(statement.name) && !resolves(statement.name.text),
  );
}

/** `export = x` would be the only export of a module; in a cell it is an expression. */
function exportEquals(file: ts.SourceFile): ts.TextRange[] {
  return file.statements
    .filter(ts.isExportAssignment)
    .filter(({ isExportEquals }) => isExportEquals)
    .map((statement) => ({ pos: statement.getStart(file), end: statement.expression.getStart(file) }));
}

function hasReferences({ referencedFiles, typeReferenceDirectives, libReferenceDirectives }: ts.SourceFile): boolean {
  return referencedFiles.length + typeReferenceDirectives.length + libReferenceDirectives.length > 0;
}

function onlyAmbient(file: ts.SourceFile, kept: readonly ts.Statement[]): string {
  const others = file.statements.filter((statement) => !kept.includes(statement));
  return blank(
    file.text,
    others.map((statement) => ({ pos: statement.getStart(file), end: statement.end })),
  );
}

/** Spaces in place of what stands at `ranges`: all else keeps its place. */
function blank(text: string, ranges: readonly ts.TextRange[]): string {
  const parts = [...ranges].sort((a, b) => a.pos - b.pos);
  let blanked = "";
  let at = 0;
  for (const { pos, end } of parts) {
    blanked += text.slice(at, pos) + text.slice(pos, end).replace(/[^\n]/g, " ");
    at = end;
  }
  return blanked + text.slice(at);
}
