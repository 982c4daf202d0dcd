// interact(fn) makes controls of its function's types, which JavaScript has not: the compiler tells them at the call.
import ts from "../typescript.cjs";
import type { ToldParameter } from "../widgets/told-parameter.ts";

const TOLD = "interact";
const ARGUMENTS = 2; // that a user gives; what is told comes behind them
const { factory } = ts;

/** What stands behind the arguments of a call of ours; nothing for all other calls. */
export function toldArguments(node: ts.CallExpression, checker: ts.TypeChecker): ts.Expression[] {
  const { expression, arguments: given } = node;
  if (!ts.isIdentifier(expression) || expression.text !== TOLD || !isOurs(expression, checker)) return [];
  const [fn] = given;
  const isPlain = fn !== undefined && given.length <= ARGUMENTS && !given.some(ts.isSpreadElement);
  const parameters = isPlain ? parametersOf(fn, checker) : undefined;
  if (parameters === undefined) return [];
  const missing = Array.from({ length: ARGUMENTS - given.length }, () => factory.createVoidZero());
  return [...missing, factory.createStringLiteral(JSON.stringify(parameters))];
}

function isOurs(name: ts.Identifier, checker: ts.TypeChecker): boolean {
  const declarations = checker.getSymbolAtLocation(name)?.declarations ?? [];
  return declarations.some((node) => /__globals__\.d\.ts$/.test(node.getSourceFile().fileName));
}

function parametersOf(fn: ts.Expression, checker: ts.TypeChecker): readonly ToldParameter[] | undefined {
  const [signature, another] = checker.getTypeAtLocation(fn).getCallSignatures();
  if (signature === undefined || another !== undefined) return undefined;
  return signature.parameters.map((symbol) => {
    const declaration = symbol.valueDeclaration;
    const isParameter = declaration !== undefined && ts.isParameter(declaration);
    const isNamed = isParameter && ts.isIdentifier(declaration.name) && declaration.dotDotDotToken === undefined;
    const type = checker.getNonNullableType(checker.getTypeOfSymbolAtLocation(symbol, fn));
    const description = ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim();
    return {
      name: isNamed ? symbol.name : "",
      ...kindOf(type),
      isOptional: isParameter && checker.isOptionalParameter(declaration),
      text: checker.typeToString(type),
      ...(description !== "" && { description }),
    };
  });
}

function kindOf(type: ts.Type): Pick<ToldParameter, "kind" | "choices"> {
  const { BooleanLike, NumberLike, StringLike } = ts.TypeFlags;
  if (type.flags & BooleanLike) return { kind: "boolean" };
  const members = type.isUnion() ? type.types : [type];
  const choices = members.map(literalOf);
  if (choices.every((choice) => choice !== undefined)) return { kind: "choice", choices };
  if (type.flags & NumberLike) return { kind: "number" };
  return { kind: type.flags & StringLike ? "string" : "other" };
}

function literalOf(type: ts.Type): string | number | boolean | undefined {
  if (type.isStringLiteral() || type.isNumberLiteral()) return type.value;
  if (!(type.flags & ts.TypeFlags.BooleanLiteral)) return undefined;
  return (type as ts.Type & { readonly intrinsicName: string }).intrinsicName === "true"; // it is not typed
}
