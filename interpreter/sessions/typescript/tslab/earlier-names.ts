// tslab turns a name of an earlier cell into a member: `n` becomes `exports.n`. It looks at identifiers one by one, and so
// misses two that are more than a name: in `const { site: s } = row` the property's name is none, where an earlier cell
// declares row's type; and `{ n }` is both a property's name and a variable, to be written `{ n: exports.n }`.
import type ts from "typescript";
import type { TypeScript } from "./emit-script.ts";

type VisitEachChild = typeof ts.visitEachChild;

/**
 * What the converter is given as `visitEachChild`, which it walks a cell with.
 * @param isEarlier whether an earlier cell declares a symbol
 */
export function visitingEarlierNames(
  typescript: TypeScript,
  checker: () => ts.TypeChecker | undefined,
  isEarlier: (symbol: ts.Symbol) => boolean,
): VisitEachChild {
  const { factory } = typescript;
  const visitEachChild = (node: ts.Node, visitor: ts.Visitor, context: ts.TransformationContext): ts.Node => {
    if (typescript.isBindingElement(node) && node.propertyName && typescript.isIdentifier(node.propertyName)) {
      const isName = (child: ts.Node) => child === node.propertyName;
      return typescript.visitEachChild(node, (child) => (isName(child) ? child : visitor(child)), context);
    }
    if (typescript.isShorthandPropertyAssignment(node)) {
      const symbol = checker()?.getShorthandAssignmentValueSymbol(typescript.getOriginalNode(node));
      if (symbol && isEarlier(symbol)) {
        const member = factory.createPropertyAccessExpression(factory.createIdentifier("exports"), node.name);
        const initializer = node.objectAssignmentInitializer; // of ({ n = 1 } = row)
        if (initializer === undefined) return factory.createPropertyAssignment(node.name, member);
        const value = typescript.visitNode(initializer, visitor) as ts.Expression;
        return factory.createPropertyAssignment(node.name, factory.createAssignment(member, value));
      }
    }
    return typescript.visitEachChild(node, visitor, context);
  };
  return visitEachChild as VisitEachChild;
}
