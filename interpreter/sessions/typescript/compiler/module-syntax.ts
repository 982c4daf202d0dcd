// Takes `import` and `export` out of statements that become the body of a function.

import type { ModuleImport } from "../cell-compiler.ts";
import ts from "../typescript.cjs";
import { DEFAULT_EXPORT } from "./module-imports.ts";
import { hasModifier } from "./names.ts";

const { factory } = ts;

/** A statement in CommonJS's words, and which of them it needs. */
interface CommonJsStatement {
  readonly statement: ts.Statement;
  readonly needs: "require" | "module";
}

/** `import x = require("y")` */
export function requiringImport(statement: ts.Statement): CommonJsStatement | undefined {
  if (!ts.isImportEqualsDeclaration(statement) || statement.isTypeOnly) return undefined;
  const { moduleReference: reference, name } = statement;
  if (!ts.isExternalModuleReference(reference)) return undefined;
  const call = factory.createCallExpression(factory.createIdentifier("require"), undefined, [reference.expression]);
  return { statement: ts.setTextRange(constant(name, call), statement), needs: "require" };
}

/** `export = x` of a file; in a cell it was blanked out. */
export function exportEquals(statement: ts.Statement, isCell: boolean): CommonJsStatement | undefined {
  if (isCell || !ts.isExportAssignment(statement) || !statement.isExportEquals) return undefined;
  const exports = factory.createPropertyAccessExpression(factory.createIdentifier("module"), "exports");
  const assigned = factory.createExpressionStatement(factory.createAssignment(exports, statement.expression));
  return { statement: assigned, needs: "module" };
}

function constant(name: ts.BindingName | string, value: ts.Expression): ts.Statement {
  const declaration = factory.createVariableDeclaration(name, undefined, undefined, value);
  const list = factory.createVariableDeclarationList([declaration], ts.NodeFlags.Const);
  return factory.createVariableStatement(undefined, list);
}

/** `export` before a declaration goes: what the module gives is linked. `export default` becomes a variable, or in a cell an expression. */
export function withoutExport(statement: ts.Statement, isCell: boolean): ts.Statement {
  if (ts.isExportAssignment(statement)) return defaultExport(statement.expression, isCell);
  if (!hasModifier(statement, ts.SyntaxKind.ExportKeyword)) return statement;
  if (ts.isFunctionDeclaration(statement) && statement.name === undefined && statement.body !== undefined) {
    const { asteriskToken: star, typeParameters, parameters, type, body } = statement;
    const modifiers = withoutExportModifiers(statement).filter(ts.isModifier);
    return defaultExport(
      factory.createFunctionExpression(modifiers, star, undefined, typeParameters, parameters, type, body),
      isCell,
    );
  }
  if (ts.isClassDeclaration(statement) && statement.name === undefined) {
    const { typeParameters, heritageClauses, members } = statement;
    const modifiers = withoutExportModifiers(statement);
    return defaultExport(
      factory.createClassExpression(modifiers, undefined, typeParameters, heritageClauses, members),
      isCell,
    );
  }
  if (ts.isClassDeclaration(statement))
    return factory.replaceDecoratorsAndModifiers(statement, withoutExportModifiers(statement));
  const modifiers = withoutExportModifiers(statement).filter(ts.isModifier);
  return factory.replaceModifiers(statement as ts.VariableStatement, modifiers); // as: any statement with modifiers
}

function withoutExportModifiers(statement: ts.Statement): ts.ModifierLike[] {
  const modifiers = (statement as { readonly modifiers?: readonly ts.ModifierLike[] }).modifiers ?? [];
  const { ExportKeyword, DefaultKeyword } = ts.SyntaxKind;
  return modifiers.filter(({ kind }) => kind !== ExportKeyword && kind !== DefaultKeyword);
}

function defaultExport(value: ts.Expression, isCell: boolean): ts.Statement {
  if (isCell) return factory.createExpressionStatement(factory.createParenthesizedExpression(value));
  return constant(DEFAULT_EXPORT, value);
}

/**
 * What TypeScript itself imports while it emits, as JSX's functions, is added to `generated` and taken from there.
 * @param first the index of the first of them among the module's imports
 */
export function withoutGeneratedImports(
  file: ts.SourceFile,
  prefix: string,
  first: number,
  generated: ModuleImport[],
): ts.SourceFile {
  const statements = file.statements.flatMap((statement): ts.Statement[] => {
    if (ts.isExportDeclaration(statement)) return []; // `export {}`, which marks a module
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) return [statement];
    const bindings = statement.importClause?.namedBindings;
    if (!bindings || !ts.isNamedImports(bindings)) return [];
    const index = first + generated.push({ specifier: statement.moduleSpecifier.text, names: [] }) - 1;
    const elements = bindings.elements.map(({ name, propertyName }) =>
      factory.createBindingElement(undefined, propertyName, name),
    );
    return [constant(factory.createObjectBindingPattern(elements), factory.createIdentifier(prefix + index))];
  });
  return factory.updateSourceFile(file, statements);
}
