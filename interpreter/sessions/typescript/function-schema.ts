// A function of the notebook as a model may call it: what its TypeScript signature and its JSDoc say, as JSON schema.

import { InterpreterError } from "../../errors.ts";
import type { FunctionSchema } from "../session.ts";
import ts from "./typescript.cjs";

const MAX_DEPTH = 5; // of objects in objects

/** @param symbol of the function; `undefined` where there is none of this name. @returns the schema, or why it cannot be a tool */
export function functionSchema(
  name: string,
  symbol: ts.Symbol | undefined,
  checker: ts.TypeChecker,
): FunctionSchema | { readonly problem: string } {
  try {
    return schemaOfFunction(name, symbol, checker);
  } catch (error) {
    if (error instanceof InterpreterError) return { problem: error.message };
    throw error;
  }
}

function schemaOfFunction(name: string, symbol: ts.Symbol | undefined, checker: ts.TypeChecker): FunctionSchema {
  const type = symbol && checker.getTypeOfSymbol(symbol);
  const [signature, another] = type?.getCallSignatures() ?? [];
  if (!signature)
    throw new InterpreterError(`${name} is not a function of this notebook; run the cell that declares it first`);
  if (another) throw new InterpreterError(`${name} has several signatures; a tool has one`);
  if (signature.typeParameters?.length)
    throw new InterpreterError(`${name} is generic; a tool's parameters have types`);

  const tags = symbol?.getJsDocTags(checker) ?? [];
  const described = new Map(
    tags.filter((tag) => tag.name === "param").map((tag) => describedParameter(ts.displayPartsToString(tag.text))),
  );
  const parameters = signature.parameters.map((parameter, i) => {
    const declaration = parameter.valueDeclaration as ts.ParameterDeclaration;
    if (declaration.dotDotDotToken)
      throw new InterpreterError(`${name} takes any number of arguments; a tool's have names`);
    const isNamed = ts.isIdentifier(declaration.name);
    const own = isNamed ? parameter.name : `argument${i + 1}`;
    const isOptional = declaration.questionToken !== undefined || declaration.initializer !== undefined;
    const schema = schemaOf(checker.getTypeOfSymbolAtLocation(parameter, declaration), checker, `${name}: ${own}`);
    const description = described.get(own);
    return { name: own, isOptional, schema: description ? { ...schema, description } : schema };
  });
  return {
    name,
    description: ts.displayPartsToString(symbol?.getDocumentationComment(checker) ?? []).trim(),
    parameters: parameters.map((parameter) => parameter.name),
    schema: {
      type: "object",
      properties: Object.fromEntries(parameters.map((parameter) => [parameter.name, parameter.schema])),
      required: parameters.filter(({ isOptional }) => !isOptional).map((parameter) => parameter.name),
    },
  };
}

/** "count how many dice", as JSDoc gives a @param */
function describedParameter(text: string): [string, string] {
  const [, name = "", about = ""] = /^(\S+)\s*-?\s*([\s\S]*)$/.exec(text.trim()) ?? [];
  return [name, about.trim()];
}

function schemaOf(type: ts.Type, checker: ts.TypeChecker, place: string, depth = 0): Record<string, unknown> {
  const flags = ts.TypeFlags;
  const fail = (): never => {
    throw new InterpreterError(
      `${place} is a ${checker.typeToString(type)}, which a model cannot write; use texts, numbers, lists, objects`,
    );
  };
  if (depth > MAX_DEPTH) return {};
  if (type.isUnion()) return unionSchema(type, checker, place, depth);
  if (type.isStringLiteral() || type.isNumberLiteral()) return { enum: [type.value] };
  if (type.flags & flags.BooleanLike) return { type: "boolean" };
  if (type.flags & flags.StringLike) return { type: "string" };
  if (type.flags & flags.NumberLike) return { type: "number" };
  if (type.flags & flags.Null) return { type: "null" };
  if (type.flags & (flags.Any | flags.Unknown)) return {};
  if (type.getCallSignatures().length > 0 || !(type.flags & flags.Object)) return fail();
  if (checker.isArrayType(type) || checker.isTupleType(type)) {
    const [item] = checker.getTypeArguments(type as ts.TypeReference);
    return { type: "array", items: item ? schemaOf(item, checker, place, depth + 1) : {} };
  }
  const index = checker.getIndexTypeOfType(type, ts.IndexKind.String);
  if (index) return { type: "object", additionalProperties: schemaOf(index, checker, place, depth + 1) };
  if (type.isClass() || isOfLibrary(type)) return fail();
  const fields = type.getProperties().map((property) => {
    const declaration = property.valueDeclaration ?? property.declarations?.[0];
    const of = declaration
      ? checker.getTypeOfSymbolAtLocation(property, declaration)
      : checker.getDeclaredTypeOfSymbol(property);
    const about = ts.displayPartsToString(property.getDocumentationComment(checker)).trim();
    const schema = schemaOf(of, checker, `${place}.${property.name}`, depth + 1);
    return {
      name: property.name,
      isOptional: (property.flags & ts.SymbolFlags.Optional) !== 0,
      schema: about ? { ...schema, description: about } : schema,
    };
  });
  return {
    type: "object",
    properties: Object.fromEntries(fields.map(({ name, schema }) => [name, schema])),
    required: fields.filter(({ isOptional }) => !isOptional).map(({ name }) => name),
  };
}

function unionSchema(
  type: ts.UnionType,
  checker: ts.TypeChecker,
  place: string,
  depth: number,
): Record<string, unknown> {
  const flags = ts.TypeFlags;
  const members = type.types.filter((member) => !(member.flags & flags.Undefined));
  if (members.every((member) => member.isStringLiteral() || member.isNumberLiteral())) {
    const values = members.map((member) => (member as ts.LiteralType).value);
    return { ...(values.every((value) => typeof value === "string") && { type: "string" }), enum: values };
  }
  if (members.every((member) => member.flags & flags.BooleanLike)) return { type: "boolean" };
  if (members.length === 1) return schemaOf(members[0]!, checker, place, depth);
  return { anyOf: members.map((member) => schemaOf(member, checker, place, depth + 1)) };
}

/** Date, Map, Promise: of TypeScript's own library, and nothing that JSON has. */
function isOfLibrary(type: ts.Type): boolean {
  return (
    type.symbol?.declarations?.some((node) => /\/lib\.[\w.]+\.d\.ts$/.test(node.getSourceFile().fileName)) ?? false
  );
}
