// Rewrites what a module's statements refer to outside of them, where it is not a name of their scope at run time.
import { RESERVED } from "../module-scope.ts";
import ts from "../typescript.cjs";
import { toldArguments } from "./told-parameters.ts";

/** What an identifier becomes: nothing else, `__qwenlab_of_n.get()` of an earlier cell's, `__qwenlab_import0.count` of one that may change. */
export type Refer = (
  identifier: ts.Identifier,
  symbol: ts.Symbol | undefined,
  isPlace: boolean, // it is assigned, or a tag of JSX: no call can stand there
) => ts.Expression | undefined;

const { factory } = ts;
export const SCOPE = `${RESERVED}scope`; // the function's parameter: see ../module-scope.ts

/** A visitor for ts.visitEachChild(): it follows scopes, since the checker says what each identifier is. */
export function rewritingReferences(
  checker: ts.TypeChecker,
  context: ts.TransformationContext,
  refer: Refer,
): (node: ts.Node) => ts.Node {
  function visit(node: ts.Node): ts.Node {
    if (ts.isIdentifier(node)) {
      if (!isReference(node)) return node;
      return refer(node, checker.getSymbolAtLocation(node), isAssigned(node) || isJsxTag(node)) ?? node;
    }
    if (ts.isHeritageClause(node) && node.token === ts.SyntaxKind.ImplementsKeyword) return node;
    if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return node;
    if (ts.isShorthandPropertyAssignment(node)) return shorthand(node);
    if (ts.isCallExpression(node)) return call(node);
    if (ts.isTaggedTemplateExpression(node)) {
      const { tag, typeArguments, template } = node;
      return factory.updateTaggedTemplateExpression(node, callee(tag), typeArguments, visited(template));
    }
    if (ts.isCatchClause(node)) return catching(node);
    if (ts.isImportEqualsDeclaration(node)) return namespaceAlias(node);
    if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) return member("meta");
    return ts.visitEachChild(node, visit, context);
  }

  function visited<T extends ts.Node>(node: T): T {
    return visit(node) as T; // as: an expression stays one
  }

  function call(node: ts.CallExpression): ts.Node {
    const args = [...node.arguments.map(visited), ...toldArguments(node, checker)];
    if (node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      return ts.setTextRange(factory.createCallExpression(member("import"), undefined, args), node);
    }
    const { questionDotToken: dot, typeArguments } = node;
    return ts.isCallChain(node)
      ? factory.updateCallChain(node, callee(node.expression), dot, typeArguments, args)
      : factory.updateCallExpression(node, callee(node.expression), typeArguments, args);
  }

  /** `f()` of a member would be called on its object: `(0, __qwenlab_import0.f)()` */
  function callee<T extends ts.Expression>(expression: T): T {
    let core: ts.Expression = expression;
    while (
      ts.isParenthesizedExpression(core) ||
      ts.isNonNullExpression(core) ||
      ts.isAsExpression(core) ||
      ts.isSatisfiesExpression(core)
    )
      core = core.expression;
    if (!ts.isIdentifier(core)) return visited(expression);
    const rewritten = visited<ts.Expression>(core);
    if (!ts.isPropertyAccessExpression(rewritten)) return visited(expression);
    const pair = factory.createComma(factory.createNumericLiteral(0), rewritten);
    return factory.createParenthesizedExpression(pair) as unknown as T; // as: T is any expression here
  }

  /** What is caught may be an error of V8's that names the members: it is told by the names as the user wrote them. */
  function catching(node: ts.CatchClause): ts.Node {
    const { variableDeclaration: variable, block } = node;
    if (variable === undefined || !ts.isIdentifier(variable.name)) return ts.visitEachChild(node, visit, context);
    const mended = factory.createCallExpression(member("asWritten"), undefined, [
      factory.createIdentifier(variable.name.text),
    ]);
    const statements = [factory.createExpressionStatement(mended), ...block.statements.map(visited)];
    return factory.updateCatchClause(node, variable, factory.updateBlock(block, statements));
  }

  /** `import Round = Shapes.Round` of an earlier cell's `Shapes` is a constant; one that is only a type is nothing. */
  function namespaceAlias(node: ts.ImportEqualsDeclaration): ts.Node {
    const { moduleReference: reference, name, modifiers } = node;
    if (ts.isExternalModuleReference(reference)) return node;
    const symbol = checker.getSymbolAtLocation(name);
    const isValue = symbol !== undefined && (checker.getAliasedSymbol(symbol).flags & ts.SymbolFlags.Value) !== 0;
    const value = isValue ? entityValue(reference) : undefined;
    if (value === undefined) return node;
    const list = [factory.createVariableDeclaration(name, undefined, undefined, value)];
    const constant = factory.createVariableDeclarationList(list, ts.NodeFlags.Const);
    return ts.setTextRange(factory.createVariableStatement(modifiers, constant), node);
  }

  /** `undefined` where the first name is the module's own. */
  function entityValue(name: ts.EntityName): ts.Expression | undefined {
    if (ts.isIdentifier(name)) return refer(name, checker.getSymbolAtLocation(name), false);
    const left = entityValue(name.left);
    return left && factory.createPropertyAccessExpression(left, name.right);
  }

  /** `{ n }` is a property's name and a reference in one. */
  function shorthand(node: ts.ShorthandPropertyAssignment): ts.Node {
    const value = refer(node.name, checker.getShorthandAssignmentValueSymbol(node), isAssigned(node.name));
    const initializer = node.objectAssignmentInitializer && visited(node.objectAssignmentInitializer); // ({ n = 1 } = row)
    if (value === undefined) return factory.updateShorthandPropertyAssignment(node, node.name, initializer);
    const assigned = initializer === undefined ? value : factory.createAssignment(value, initializer);
    return factory.createPropertyAssignment(node.name, assigned);
  }

  return visit;
}

export function member(name: string, object = SCOPE): ts.PropertyAccessExpression {
  return factory.createPropertyAccessExpression(factory.createIdentifier(object), name);
}

/** Whether an identifier stands for a value, rather than being the name of a declaration, a property, a label. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if ((parent as { readonly name?: ts.Node }).name === node) return false;
  if (ts.isBindingElement(parent)) return parent.propertyName !== node;
  if (ts.isLabeledStatement(parent) || ts.isBreakOrContinueStatement(parent)) return false;
  if (ts.isQualifiedName(parent)) return false;
  if (ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent)) return false;
  return !(isJsxTag(node) && /^[a-z]/.test(node.text)); // <b>
}

function isJsxTag({ parent }: ts.Identifier): boolean {
  return ts.isJsxOpeningLikeElement(parent) || ts.isJsxClosingElement(parent);
}

/** `n = 1`, `n++`, `[n] = list`, `for (n of list)` */
function isAssigned(node: ts.Identifier): boolean {
  return (ts as unknown as { isAssignmentTarget(node: ts.Node): boolean }).isAssignmentTarget(node); // it is not typed
}
