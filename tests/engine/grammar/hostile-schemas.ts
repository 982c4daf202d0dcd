import { randomF32 } from "../random.ts";

export type Schema = Readonly<Record<string, unknown>>;

export const nested = (depth: number, within: (schema: Schema) => Schema): Schema =>
  Array.from({ length: depth }).reduce<Schema>((schema) => within(schema), { type: "integer" });
const named = (count: number, schema: unknown) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${i}`, schema]));
const inObject = (a: Schema): Schema => ({ type: "object", properties: { a }, required: ["a"] });

/** Each was made to take forever, all memory, or all of a stack. */
export const HOSTILE: readonly (readonly [name: string, schema: Schema])[] = [
  ["1,500 objects deep", nested(1_500, inObject)],
  ["55 objects deep", nested(55, inObject)],
  ["arrays deep", nested(1_000, (items) => ({ type: "array", items }))],
  ["choices deep", nested(1_000, (schema) => ({ anyOf: [schema] }))],
  ["choices twice as many each", nested(16, (schema) => ({ anyOf: [schema, schema] }))],
  ["nested bounds", { type: "string", pattern: "^((a{1,500}){1,500}){1,100}$" }],
  ["nested bounds of classes", { type: "string", pattern: "^([a-z]{2,900}[^\\d]{9,}){30,40}$" }],
  ["a bound past 2^31", { type: "string", pattern: "^a{3000000000}$" }],
  ["a bound in a name", { type: "object", patternProperties: { "^(a{1,900}){1,900}$": {} } }],
  ["groups deep", { type: "string", pattern: `${"(".repeat(900)}a${")".repeat(900)}` }],
  ["stars in stars", { type: "string", pattern: "^(((a*)*)*)*b$" }],
  ["broken pattern", { type: "string", pattern: "^(a[" }],
  ["backreference", { type: "string", pattern: "^(a)\\1$" }],
  ["a million choices", { enum: Array.from({ length: 1_000_000 }, (_, i) => i) }],
  ["a megabyte of text", { const: "x".repeat(2 ** 20) }],
  ["many properties", { type: "object", properties: named(1_000, { type: "string" }) }],
  ["many required", { type: "object", properties: named(300, {}), required: Object.keys(named(300, {})) }],
  ["maxItems", { type: "array", items: { type: "array", maxItems: 2 ** 31 }, minItems: 2 ** 31 - 1 }],
  ["maxLength", { type: "string", minLength: 1e15, maxLength: 1e18 }],
  ["maxProperties", { type: "object", minProperties: 1e9, maxProperties: 1e12 }],
  ["a cycle", { $ref: "#" }],
  ["a cycle of three", { $defs: { a: { $ref: "#/$defs/b" }, b: { $ref: "#/$defs/a" } }, $ref: "#/$defs/a" }],
  ["a cycle of choices", { anyOf: [{ $ref: "#" }, { $ref: "#" }] }],
  ["a cycle that never ends", inObject({ $ref: "#" })],
  ["a reference to nothing", { $ref: "#/$defs/none" }],
  ["a reference abroad", { $ref: "http://127.0.0.1:1/x.json" }],
  ["no choice", { enum: [] }],
  ["no choice within", inObject({ enum: [] })],
  ["never", inObject({ not: {} })],
  ["false", { type: "object", properties: { a: false }, required: ["a"] }],
  ["least above most", { type: "integer", minimum: 5, maximum: 1 }],
  ["shortest above longest", { type: "string", minLength: 9, maxLength: 1 }],
  ["fewest above most", { type: "array", minItems: 5, maxItems: 1 }],
  ["numbers past all", { type: "integer", minimum: -1e308, maximum: 1e308 }],
  ["wrong kinds", { type: 7, properties: [], required: "a", enum: {}, items: 3, minimum: "x" }],
  ["a prototype", JSON.parse('{"__proto__": {"type": "object"}, "properties": {"__proto__": {"type": "string"}}}')],
  ["lone surrogates", { const: "\ud800", properties: { "\udfff": { pattern: "\ud800" } } }],
];

/** What schemas are made of, put together by chance; the same for the same seed. */
export function schemasByChance(count: number, seed: number): Schema[] {
  const values = randomF32(count * 100, seed, 0.5);
  let at = 0;
  const below = (limit: number) => Math.floor((values[at++ % values.length]! + 0.5) * limit);
  const any = <T>(choices: readonly T[]): T => choices[below(choices.length)]!;
  const number = () => any([-1, 0, 1, 2, 7, 40, 500, 1e6, 2 ** 31, 1e18, -1e300]);
  const atom = () =>
    any(["a", ".", "[a-z]", "[^\\n]", "\\d", "\\w", "é", "\\u0041", "(?=a)", "^", "$", "\\b", "|", "["]);
  const suffix = () => any(["", "", "*", "+", "?", "{3}", "{1,50}", "{200,}", "{0,9000}", "{5,2}", "{"]);
  const pattern = (depth: number): string =>
    Array.from({ length: 1 + below(3) }, () => {
      const part = depth > 0 && below(2) === 0 ? `(${pattern(depth - 1)})` : atom();
      return part + suffix();
    }).join("");
  const schema = (depth: number): unknown => {
    const inner = () => (depth > 0 ? schema(depth - 1) : any<unknown>([{}, true, { type: "string" }, { $ref: "#" }]));
    return any<() => unknown>([
      () => ({ type: "string", pattern: pattern(3) }),
      () => ({ type: "string", minLength: number(), maxLength: number() }),
      () => ({ type: any(["integer", "number"]), minimum: number(), maximum: number(), exclusiveMinimum: number() }),
      () => ({ type: "array", items: inner(), minItems: number(), maxItems: number() }),
      () => ({ type: "array", prefixItems: [inner(), inner()], items: any([false, inner()]), uniqueItems: true }),
      () => ({ type: "object", properties: { a: inner(), b: inner() }, required: any([["a"], ["a", "c"], []]) }),
      () => ({ type: "object", patternProperties: { [pattern(1)]: inner() }, additionalProperties: inner() }),
      () => ({ type: "object", propertyNames: { pattern: pattern(1) }, minProperties: number() }),
      () => ({ [any(["anyOf", "oneOf", "allOf"])]: [inner(), inner(), inner()] }),
      () => ({ $ref: any(["#", "#/properties/a", "#/$defs/x", "", "x", "#/items/0"]), $defs: { x: inner() } }),
      () => ({ enum: any([[], [1, "a", null, { b: [] }], ["\u0000", "</tool_call>", '"'], [1e308]]) }),
      () => ({ type: any([["string", "null"], "null", "nothing", []]), format: any(["date-time", "uuid", "x"]) }),
      () => ({ not: inner(), if: inner(), else: inner() }),
    ])();
  };
  return Array.from({ length: count }, () => ({ ...(schema(4) as Schema) }));
}
