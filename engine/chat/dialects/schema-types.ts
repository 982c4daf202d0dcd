export type Schema = Readonly<Record<string, unknown>>;

/** The types of JSON that a schema admits; `undefined` where it does not say. */
export function typesOf(schema: Schema): ReadonlySet<string> | undefined {
  const { type, anyOf, oneOf, enum: values } = schema;
  if (typeof type === "string") return new Set([type]);
  if (Array.isArray(type)) return new Set(type.map(String));
  if (Array.isArray(values)) return new Set(values.map(typeOf));
  if (schema["const"] !== undefined) return new Set([typeOf(schema["const"])]);
  const choices = Array.isArray(anyOf) ? anyOf : oneOf;
  if (!Array.isArray(choices)) return undefined;
  const types = choices.map((choice) => (isSchema(choice) ? typesOf(choice) : undefined));
  if (types.includes(undefined)) return undefined;
  return new Set(types.flatMap((one) => [...one!]));
}

/** As JSON schema names it; a whole number is an integer and a number. */
export function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

export function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
