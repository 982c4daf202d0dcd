// A schema as the compiler of grammars can hold it: it reads no allOf of several, nor what stands beside anyOf, and
// lets numbers pass that are outside of their limits. What it cannot hold even so is checked after the answer.
import { isSchema, type Schema } from "../chat/dialects/schema-types.ts";
import { Merging } from "./merge-schemas.ts";
import { multipleGrammar, numberGrammar } from "./number-grammar.ts";
import { mapWord } from "./schema-words.ts";

const MAX_DIVISOR = 100; // a rule of the grammar for each remainder
const MAX_MULTIPLES = 200; // within limits, each written out
const MARK = "@number-";

const NUMBER_LIMITS = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"] as const;

export interface HeldSchema {
  readonly schema: Schema;
  /** Rules by the mark that stands for them in the schema: a constant list of it. */
  readonly rules: Readonly<Record<string, string>>;
}

interface HeldOptions {
  readonly prefix?: string; // of the rules' names, where several schemas share a grammar
  readonly boundsDigits?: boolean; // also numbers without limits have rules, which end them
}

export function heldSchema(schema: Schema, { prefix = "", boundsDigits = false }: HeldOptions = {}): HeldSchema {
  const rules: Record<string, string> = {};
  if (JSON.stringify(schema).includes(MARK)) return { schema, rules };
  const merging = new Merging(schema);

  const held = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(held);
    if (!isSchema(node)) return node;
    if (merging.isEndless(node)) return false;
    const plain = merging.plain(node);
    if (plain !== node) return held(plain);
    const isLimited = NUMBER_LIMITS.some((name) => typeof node[name] === "number");
    if (isLimited || (boundsDigits && isNumeric(node))) return heldNumber(node);
    return Object.fromEntries(
      Object.entries(withRequired(node)).map(([key, value]) => [key, mapWord(key, value, held)]),
    );
  };
  const marks = new Map<string, string | undefined>(); // by what a number's rule depends on
  const markOf = (node: Schema, isInteger: boolean): string | undefined => {
    const key = JSON.stringify([isInteger, ...NUMBER_LIMITS.map((name) => node[name])]);
    if (marks.has(key)) return marks.get(key);
    const id = `${prefix}${Object.keys(rules).length}`;
    const rule = ruleOf(`number_${id}`, node, isInteger);
    if (rule !== undefined) rules[`${MARK}${id}`] = rule;
    marks.set(key, rule && `${MARK}${id}`);
    return marks.get(key);
  };
  const heldNumber = (node: Schema): unknown => {
    const types = [node["type"]].flat();
    const type = types.find((name) => name === "number" || name === "integer");
    const others = types.filter((name) => name !== "number" && name !== "integer");
    const rest = Object.fromEntries(
      Object.entries(node).filter(([key]) => !NUMBER_LIMITS.some((name) => name === key)),
    );
    if (type === undefined) return held(rest);
    const isListed = "enum" in node || "const" in node;
    const mark = isListed ? undefined : markOf(node, !types.includes("number"));
    const alternatives: unknown[] = others.length === 0 ? [] : [held({ ...rest, type: others })];
    if (isListed) alternatives.unshift({ ...rest, type });
    else if (mark !== undefined) alternatives.unshift({ type, const: [mark] }); // no string: some dialects write those without quotes
    return alternatives.length > 1 ? { anyOf: alternatives } : (alternatives[0] ?? false); // false: no number is within
  };
  return { schema: held(schema) as Schema, rules }; // as: an object stays one
}

function isNumeric({ type }: Schema): boolean {
  return [type].flat().some((name) => name === "number" || name === "integer");
}

function ruleOf(name: string, node: Schema, isInteger: boolean): string | undefined {
  const divisor = node["multipleOf"];
  const isDivided = typeof divisor === "number";
  const whole = isInteger || (isDivided && Number.isInteger(divisor));
  const [least, most] = [
    limitOf(node["minimum"], node["exclusiveMinimum"], Math.max),
    limitOf(node["maximum"], node["exclusiveMaximum"], Math.min),
  ];
  if (!isDivided || !Number.isInteger(divisor)) {
    const grammar = numberGrammar({ isInteger: whole, least, most });
    return grammar && `${name} ::= ${grammar}`;
  }
  if (least && most) {
    const multiples = multiplesOf(divisor, least, most);
    if (multiples) return `${name} ::= ${multiples.map((value) => `"${value}"`).join(" | ")}`;
  }
  if (!least && !most && divisor >= 1 && divisor <= MAX_DIVISOR) return multipleGrammar(name, divisor);
  const grammar = numberGrammar({ isInteger: true, least, most });
  return grammar && `${name} ::= ${grammar}`;
}

type Limit = { readonly value: number; readonly isOpen: boolean } | undefined;

function limitOf(closed: unknown, open: unknown, stricter: (...values: number[]) => number): Limit {
  const given = [closed, open].filter((value) => typeof value === "number");
  if (given.length === 0) return undefined;
  const value = stricter(...given);
  return { value, isOpen: open === value };
}

function multiplesOf(divisor: number, least: NonNullable<Limit>, most: NonNullable<Limit>): number[] | undefined {
  const first = Math.ceil(least.value / divisor);
  const count = Math.floor(most.value / divisor) - first + 1;
  if (divisor <= 0 || count < 1 || count > MAX_MULTIPLES) return undefined;
  const isInside = (value: number) =>
    !(least.isOpen && value === least.value) && !(most.isOpen && value === most.value);
  const multiples = Array.from({ length: count }, (_, i) => (first + i) * divisor).filter(isInside);
  return multiples.length === 0 ? undefined : multiples;
}

/** With each required property described: the compiler leaves out those that are only named. */
function withRequired(node: Schema): Schema {
  const { required, properties = {}, additionalProperties = {} } = node;
  if (!Array.isArray(required) || !isSchema(properties) || additionalProperties === false) return node;
  if ("patternProperties" in node) return node;
  const missing = required.filter((name) => typeof name === "string" && !Object.hasOwn(properties, name));
  if (missing.length === 0) return node;
  const described = missing.map((name) => [name, additionalProperties === true ? {} : additionalProperties]);
  return { ...node, properties: { ...properties, ...Object.fromEntries(described) } };
}
