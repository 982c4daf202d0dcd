// Generated code is checked for one mistake more than cells are: row["missing"]. TypeScript calls it an error under
// noImplicitAny only, which would refuse untyped callbacks and accumulators, too: programs that run.
import type ts from "typescript";

/** Any TypeScript that has what is called here: tslab's fork, too. */
type TypeScript = typeof ts;

const NO_SUCH_MEMBER = 7053; // TypeScript's own number for it

/** Reads of an element by a name that the object's type lacks and that nothing in `file` writes. */
export function missingMembers(typescript: TypeScript, program: ts.Program, file: ts.SourceFile): ts.Diagnostic[] {
  const checker = program.getTypeChecker();
  const { written, reads } = elementAccesses(typescript, file);
  return reads.flatMap((access): ts.Diagnostic[] => {
    const name = nameOf(checker, access);
    if (name === undefined || written.some((other) => nameOf(checker, other) === name)) return [];
    const type = checker.getNonNullableType(checker.getTypeAtLocation(access.expression));
    if (mayHave(checker, type, name, typescript)) return [];
    const shown = checker.typeToString(type, undefined, typescript.TypeFormatFlags.NoTruncation);
    const { argumentExpression: argument } = access;
    return [
      {
        ...{ category: typescript.DiagnosticCategory.Error, code: NO_SUCH_MEMBER, file },
        ...{ start: argument.getStart(file), length: argument.getWidth(file) },
        messageText: `Property '${name}' does not exist on type '${shown}'.`,
      },
    ];
  });
}

function elementAccesses(typescript: TypeScript, file: ts.SourceFile) {
  const written: ts.ElementAccessExpression[] = [];
  const reads: ts.ElementAccessExpression[] = [];
  const visit = (node: ts.Node): void => {
    if (typescript.isElementAccessExpression(node)) (isWritten(typescript, node) ? written : reads).push(node);
    typescript.forEachChild(node, visit);
  };
  visit(file);
  return { written, reads };
}

/** counts["a"] = 1, counts["a"]++, delete counts["a"]: they make a member, or unmake it. */
function isWritten(typescript: TypeScript, node: ts.ElementAccessExpression): boolean {
  const { parent } = node;
  if (typescript.isBinaryExpression(parent)) {
    const { FirstAssignment, LastAssignment } = typescript.SyntaxKind;
    const { kind } = parent.operatorToken;
    return parent.left === node && kind >= FirstAssignment && kind <= LastAssignment;
  }
  return (
    typescript.isDeleteExpression(parent) ||
    typescript.isPostfixUnaryExpression(parent) ||
    (typescript.isPrefixUnaryExpression(parent) &&
      (parent.operator === typescript.SyntaxKind.PlusPlusToken ||
        parent.operator === typescript.SyntaxKind.MinusMinusToken))
  );
}

/** A literal, or a constant that is one. */
function nameOf(checker: ts.TypeChecker, { argumentExpression }: ts.ElementAccessExpression): string | undefined {
  const type = checker.getTypeAtLocation(argumentExpression);
  return type.isStringLiteral() ? type.value : undefined;
}

/** Of a union one kind with the member is enough; what has no members known at all, or an index, may have any. */
function mayHave(checker: ts.TypeChecker, type: ts.Type, name: string, typescript: TypeScript): boolean {
  if (type.isUnion()) return type.types.some((one) => mayHave(checker, one, name, typescript));
  if ((type.flags & (typescript.TypeFlags.Any | typescript.TypeFlags.Unknown | typescript.TypeFlags.Never)) !== 0)
    return true;
  const apparent = checker.getApparentType(type);
  if (checker.getPropertyOfType(apparent, name) !== undefined) return true;
  if (checker.getIndexInfoOfType(apparent, typescript.IndexKind.String) !== undefined) return true;
  const isIndex = /^\d+$/.test(name) && checker.getIndexInfoOfType(apparent, typescript.IndexKind.Number) !== undefined;
  return isIndex || checker.getPropertiesOfType(apparent).length === 0;
}
