// The last step of compiling a cell: ES module text to what commonjs-scope.ts is for.
import type ts from "typescript";

/** TypeScript as tslab's fork ships it (5.0.4): what we call is the same in the typescript that types it here. */
export type TypeScript = typeof ts;

export interface EmittedScript {
  readonly code: string;
  readonly imports: readonly string[]; // static
  readonly dynamicImports: readonly string[]; // those with a literal
  readonly sourceMaps: readonly string[];
}

/** ES module text, with its source map inside, to CommonJS with the `require` of commonjs-scope.ts. */
export function emitScript(typescript: TypeScript, code: string): EmittedScript {
  const [text = "", encodedMap] = code.split("//# sourceMappingURL=data:application/json;base64,");
  const imports: string[] = [];
  const dynamicImports: string[] = [];
  const { outputText, sourceMapText } = typescript.transpileModule(text, {
    fileName: "cell.ts",
    compilerOptions: {
      module: typescript.ModuleKind.CommonJS,
      target: typescript.ScriptTarget.ES2022,
      esModuleInterop: true,
      sourceMap: true,
      noImplicitUseStrict: true,
      jsx: typescript.JsxEmit.React,
      experimentalDecorators: true,
    } as ts.CompilerOptions,
    transformers: { before: [rewriteImports(typescript, imports, dynamicImports)], after: [linkExports(typescript)] },
  });
  const maps = encodedMap === undefined ? [] : [Buffer.from(encodedMap.trim(), "base64").toString()];
  return {
    code: outputText.replace(/^\/\/# sourceMappingURL=.*$/m, ""),
    imports,
    dynamicImports,
    sourceMaps: [sourceMapText ?? "", ...maps],
  };
}

function rewriteImports(
  typescript: TypeScript,
  imports: string[],
  dynamicImports: string[],
): ts.TransformerFactory<ts.SourceFile> {
  const { factory } = typescript;
  const requireMember = (name: string) =>
    factory.createPropertyAccessExpression(factory.createIdentifier("require"), name);
  return (context) => (file) => {
    for (const statement of file.statements) {
      if (!typescript.isImportDeclaration(statement) && !typescript.isExportDeclaration(statement)) continue;
      const from = statement.moduleSpecifier;
      if (from !== undefined && typescript.isStringLiteral(from)) imports.push(from.text);
    }
    const visit = (node: ts.Node): ts.Node => {
      if (typescript.isCallExpression(node) && node.expression.kind === typescript.SyntaxKind.ImportKeyword) {
        const [specifier] = node.arguments;
        if (specifier !== undefined && typescript.isStringLiteralLike(specifier)) dynamicImports.push(specifier.text);
        const args = node.arguments.map((argument) => typescript.visitNode(argument, visit) as ts.Expression);
        return factory.createCallExpression(requireMember("import"), undefined, args);
      }
      if (
        typescript.isCallExpression(node) &&
        typescript.isIdentifier(node.expression) &&
        node.expression.text === "require"
      ) {
        return factory.createCallExpression(requireMember("commonJs"), undefined, node.arguments);
      }
      if (typescript.isMetaProperty(node) && node.keywordToken === typescript.SyntaxKind.ImportKeyword) {
        return requireMember("meta");
      }
      if (isNamedByUs(typescript, node)) {
        const value = factory.createComma(
          factory.createNumericLiteral(0),
          typescript.visitNode(node.initializer, visit) as ts.Expression,
        );
        return factory.updateVariableDeclaration(node, node.name, undefined, undefined, value);
      }
      return typescript.visitEachChild(node, visit, context);
    };
    return typescript.visitNode(file, visit) as ts.SourceFile;
  };
}

/** The last expression of a cell, where it is a function or class without a name: it would be shown by the variable's. */
function isNamedByUs(
  typescript: TypeScript,
  node: ts.Node,
): node is ts.VariableDeclaration & { readonly initializer: ts.Expression } {
  if (!typescript.isVariableDeclaration(node) || !node.initializer) return false;
  if (!typescript.isIdentifier(node.name) || !/^tsLastExpr\d*$/.test(node.name.text)) return false;
  let value = node.initializer;
  while (typescript.isParenthesizedExpression(value)) value = value.expression;
  if (typescript.isArrowFunction(value)) return true;
  return (typescript.isFunctionExpression(value) || typescript.isClassExpression(value)) && value.name === undefined;
}

/**
 * Makes an export the variable itself instead of a copy: `exports.n = n` after a declaration becomes
 * `require.link("n", () => n, (value) => { n = value })`. So a later cell that assigns n changes what this cell's
 * functions see, and a loop over n in this cell costs nothing.
 */
function linkExports(typescript: TypeScript): ts.TransformerFactory<ts.SourceFile> {
  return (context) => {
    const linked = new Map<string, boolean>(); // name -> may be assigned
    const substitute = context.onSubstituteNode; // writes `exports.n = n += 1` for `n += 1`
    context.onSubstituteNode = (hint, node) =>
      isAssignmentTo(typescript, node, linked) ? node : substitute(hint, node);
    return (file) => linkFile(typescript, context, file, linked);
  };
}

function linkFile(
  typescript: TypeScript,
  context: ts.TransformationContext,
  file: ts.SourceFile,
  linked: Map<string, boolean>,
): ts.SourceFile {
  const declared = declaredNames(typescript, file);
  for (const statement of file.statements) {
    const name = typescript.isExpressionStatement(statement)
      ? exportedName(typescript, statement.expression)
      : undefined;
    const assignable = name === undefined ? undefined : declared.get(name);
    if (name !== undefined && assignable !== undefined && isCopy(typescript, statement, name))
      linked.set(name, assignable);
  }
  const visit = (node: ts.Node): ts.Node => {
    const name = exportedName(typescript, node);
    if (name === undefined || !linked.has(name)) return typescript.visitEachChild(node, visit, context);
    return typescript.visitNode((node as ts.BinaryExpression).right, visit) as ts.Expression;
  };
  const statements = file.statements.map((statement) => {
    const name = typescript.isExpressionStatement(statement)
      ? exportedName(typescript, statement.expression)
      : undefined;
    const isLink = name !== undefined && linked.has(name) && isCopy(typescript, statement, name);
    return isLink ? linkStatement(typescript, name, linked.get(name) === true) : (visit(statement) as ts.Statement);
  });
  return typescript.factory.updateSourceFile(file, statements);
}

function isAssignmentTo(typescript: TypeScript, node: ts.Node, names: ReadonlyMap<string, boolean>): boolean {
  if (!typescript.isBinaryExpression(node) || !typescript.isIdentifier(node.left)) return false;
  const { FirstAssignment, LastAssignment } = typescript.SyntaxKind;
  const operator = node.operatorToken.kind;
  return operator >= FirstAssignment && operator <= LastAssignment && names.has(node.left.text);
}

/** Names declared at the top level, and whether they may be assigned. */
function declaredNames(typescript: TypeScript, file: ts.SourceFile): Map<string, boolean> {
  const names = new Map<string, boolean>();
  const add = (name: ts.BindingName, assignable: boolean): void => {
    if (typescript.isIdentifier(name)) names.set(name.text, assignable);
    else for (const element of name.elements) if (typescript.isBindingElement(element)) add(element.name, assignable);
  };
  for (const statement of file.statements) {
    if (typescript.isVariableStatement(statement)) {
      const { declarations, flags } = statement.declarationList;
      for (const { name } of declarations) add(name, (flags & typescript.NodeFlags.Const) === 0);
    } else if (typescript.isFunctionDeclaration(statement) || typescript.isClassDeclaration(statement)) {
      if (statement.name !== undefined) names.set(statement.name.text, false);
    }
  }
  return names;
}

/** The X of `exports.X = ...`. */
function exportedName(typescript: TypeScript, node: ts.Node): string | undefined {
  if (!typescript.isBinaryExpression(node) || node.operatorToken.kind !== typescript.SyntaxKind.EqualsToken)
    return undefined;
  const { left } = node;
  if (!typescript.isPropertyAccessExpression(left) || !typescript.isIdentifier(left.expression)) return undefined;
  return left.expression.text === "exports" && typescript.isIdentifier(left.name) ? left.name.text : undefined;
}

function isCopy(typescript: TypeScript, statement: ts.Statement, name: string): boolean {
  const { right } = (statement as ts.ExpressionStatement).expression as ts.BinaryExpression;
  return typescript.isIdentifier(right) && right.text === name;
}

function linkStatement(typescript: TypeScript, name: string, assignable: boolean): ts.Statement {
  const { factory } = typescript;
  const variable = factory.createIdentifier(name);
  const value = factory.createIdentifier(name === "value" ? "value_" : "value");
  const arrow = (parameters: ts.ParameterDeclaration[], body: ts.ConciseBody) =>
    factory.createArrowFunction(undefined, undefined, parameters, undefined, undefined, body);
  const setter = arrow(
    [factory.createParameterDeclaration(undefined, undefined, value)],
    factory.createBlock([factory.createExpressionStatement(factory.createAssignment(variable, value))]),
  );
  const link = factory.createPropertyAccessExpression(factory.createIdentifier("require"), "link");
  const args = [factory.createStringLiteral(name), arrow([], variable), ...(assignable ? [setter] : [])];
  return factory.createExpressionStatement(factory.createCallExpression(link, undefined, args));
}
