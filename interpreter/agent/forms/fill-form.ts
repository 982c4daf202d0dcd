// An asked form, filled with values of results: what cannot be filled for certain, the model chooses under a schema.
import { escapeRegExp } from "../../escape-regexp.ts";
import type { SqlResult } from "../../sessions/session.ts";
import { cellText } from "../../tools/text-table.ts";
import type { JsonSchema } from "../../tools/tool.ts";
import type { AnswerShape, NamedShape, RowsShape, TemplateShape, YesOrNo } from "../question/asked-form.ts";
import type { Json, JsonShape } from "../question/asked-json.ts";
import { isSpokenOf } from "../question/question-parts.ts";
import { fillNames, functionOf, type NamedValue, type ResultValue, valueNamed } from "../result-values.ts";
import { isAbout, isExactly, numbersIn } from "../sentences/numbers-in-text.ts";
import { filledJson, pythonText } from "./json-form.ts";
import { hasRows, hasTypes, isOfRows, joinedRows, writeRows } from "./row-forms.ts";
import { patternedRows } from "./write-pattern.ts";
import { fixed, inOrder, type Writing } from "./write-values.ts";

/** All but yes or no, which is no value of a result. */
export type FilledShape = Exclude<AnswerShape, YesOrNo>;

const MAX_CHOICES = 60; // of a schema
const MAX_ROWS = 50; // of a list or table in an answer

/** Whether the answer has the form already, filled with something of the results and not with its own placeholders. */
export function hasForm(
  text: string,
  shape: FilledShape,
  values: readonly NamedValue[],
  table?: SqlResult | undefined,
): boolean {
  const isKnown = (value: string) => values.some((one) => says(value, one.value));
  if (isOfRows(shape)) {
    const told = text.trim().split(shape.kind === "lines" ? /\n+/ : (shape.separator ?? ", ").trim() || /\s+/);
    const isKept = !["lines", "separated"].includes(shape.kind) || told.every((one) => isKnown(one.trim()));
    return isKept && (!table || hasRows(text, shape, table));
  }
  switch (shape.kind) {
    case "json": {
      const object = jsonOf(text);
      return object !== undefined && shape.names.every((name) => name in object && isKnown(String(object[name])));
    }
    case "marks":
      return shape.names.every((name) => isKnown(markOf(name, text) ?? ""));
    case "word":
      return /^\S+$/.test(text.trim());
    case "template":
      return fitsTemplate(text, shape, isKnown);
    case "range":
      return /^\d[\d.,]*\s?[-–—~]\s?\d[\d.,]*$/.test(text.trim());
    case "name":
      return fitting(shape, values).some(({ value }) => says(text.trim(), value));
    case "value":
      return isKnown(text.trim()) && !/\p{L}\s+\p{L}/u.test(text);
    case "number":
      return isKnown(text.trim()) && !/\p{L}/u.test(text);
    case "markup":
      return /<\/\w+>|\\begin\{/.test(text);
  }
}

/** Whether each mark of an answer has the value that the results give it for certain. */
export function hasMarks(text: string, names: readonly string[], values: readonly NamedValue[]): boolean {
  const filled = fillNames(names, values);
  return names.every((name) => {
    const value = filled?.get(name);
    const told = markOf(name, text);
    return value !== undefined && told !== undefined && says(told, value);
  });
}

function markOf(name: string, text: string): string | undefined {
  return new RegExp(`@${name}\\s*\\[([^\\]\\n]*)\\]`).exec(text)?.[1]?.trim();
}

/** The form from results alone, without the model; undefined where they do not say which value goes where. */
export function filledForm(
  shape: FilledShape,
  values: readonly NamedValue[],
  table: SqlResult | undefined,
  decimals: number | undefined,
): string | undefined {
  const isShort = table && isWhole(table);
  if (shape.kind === "json") return writtenJson(shape, values, isShort ? table : undefined, decimals);
  if (shape.kind === "marks") {
    const filled = fillNames(shape.names, values);
    return filled && writeForm(shape, filled, decimals);
  }
  if (isOfRows(shape)) return isShort ? writeRows(shape, rounded(table, shape, decimals)) : undefined;
  if (shape.kind === "template") return filledTemplate(shape, values, table, decimals);
  if (shape.kind === "range") return filledRange(shape.between, table, decimals);
  const texts = new Set(fitting(shape, values).map(({ value }) => valueText(value, decimals)));
  return texts.size === 1 ? [...texts][0] : undefined;
}

/** As the question shows a row: its values are written there as they are shown. @param table as the query gave it */
export function patternedForm(shape: RowsShape, table: SqlResult | undefined, writing: Writing): string | undefined {
  const { pattern } = shape;
  const rows =
    pattern && table && isWhole(table) ? patternedRows(pattern, inOrder(table, writing), writing) : undefined;
  return rows && joinedRows(rows, shape);
}

function isWhole({ rows, rowCount }: SqlResult): boolean {
  return rows.length === rowCount && rowCount > 0 && rowCount <= MAX_ROWS;
}

/** The blanks, in the order of the columns; a blank before a column's own name is its. */
function filledTemplate(
  { parts }: TemplateShape,
  values: readonly NamedValue[],
  table: SqlResult | undefined,
  decimals: number | undefined,
): string | undefined {
  const blanks = parts.length - 1;
  const row = table?.rows.length === 1 && table.rowCount === 1 ? table.rows[0] : undefined;
  const own = row ? values.filter(({ name }) => name in row) : values;
  if (own.length !== blanks) return undefined;
  const left = [...own];
  const take = (at: number) => left.splice(at, 1)[0];
  const named = parts.slice(1).map((behind) => {
    const [word = ""] = /^\s*\p{L}+/u.exec(behind) ?? [];
    const at = left.findIndex(({ name }) => word.trim() !== "" && isSpokenOf(name, word));
    return at < 0 ? undefined : take(at);
  });
  const told = named.map((one) => one ?? take(0));
  return parts.map((part, i) => `${part}${told[i] ? valueText(told[i].value, decimals) : ""}`).join("");
}

function fitsTemplate(text: string, { parts }: TemplateShape, isKnown: (value: string) => boolean): boolean {
  const whole = new RegExp(`^${parts.map(escapeRegExp).join("(.+?)")}$`, "u").exec(text.trim());
  return whole?.slice(1).every((one) => isKnown(one.trim())) ?? false;
}

/** Two numbers of one row, the lower one first. */
function filledRange(between: string, table: SqlResult | undefined, decimals: number | undefined): string | undefined {
  const [row, ...others] = table?.rows ?? [];
  const numbers = Object.values(row ?? {}).flatMap((value) => (typeof value === "number" ? [value] : []));
  if (others.length > 0 || numbers.length !== 2) return undefined;
  return numbers
    .sort((a, b) => a - b)
    .map((value) => valueText(value, decimals))
    .join(between);
}

function writtenJson(
  shape: JsonShape,
  values: readonly NamedValue[],
  table: SqlResult | undefined,
  decimals: number | undefined,
): string | undefined {
  const filled = filledJson(shape, values, table);
  const round = (_: string, value: unknown) => (typeof value === "number" ? Number(valueText(value, decimals)) : value);
  if (filled === undefined) return undefined;
  const text = JSON.stringify(filled, round);
  return shape.isPython ? pythonText(JSON.parse(text) as Json) : text; // as: what JSON.parse gives
}

/** A copy whose fractions have so many decimals, as texts where the form has no types: 2.50 keeps its zero. */
function rounded(table: SqlResult, shape: RowsShape, decimals: number | undefined): SqlResult {
  if (decimals === undefined) return table;
  const cell = (value: unknown) => {
    if (typeof value !== "number" || Number.isInteger(value)) return value;
    const text = valueText(value, decimals);
    return hasTypes(shape) ? Number(text) : text;
  };
  const rows = table.rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cell(value)])),
  );
  return { ...table, rows };
}

/** What the result itself says: one value that is true or false. */
export function resultSays(shape: YesOrNo, table: SqlResult | undefined): string | undefined {
  const [only, ...others] = (table?.rows ?? []).flatMap((row) => Object.values(row));
  return typeof only === "boolean" && others.length === 0 ? shape[only ? "yes" : "no"] : undefined;
}

/** What a sentence begins with: "Yes, it is higher." */
export function said(shape: YesOrNo, text: string): string | undefined {
  const first = /^\W*(\p{L}+)/u.exec(text)?.[1]?.toLowerCase();
  return [shape.yes, shape.no].find((word) => word === first);
}

/** The values that can stand in the form by themselves. */
export function fitting(shape: FilledShape, values: readonly NamedValue[]): readonly NamedValue[] {
  if (shape.kind === "number") return values.filter(({ value }) => typeof value === "number");
  if (shape.kind === "name") return namesFitting(shape.of, values);
  if (shape.kind !== "word") return values;
  const words = values.filter(({ value }) => !/\s/.test(String(value)));
  const named = words.filter(({ value }) => typeof value === "string");
  return named.length > 0 ? named : words;
}

/** Of the column that is asked for; else the texts, or, where there are none, what there is. */
function namesFitting(of: string | undefined, values: readonly NamedValue[]): readonly NamedValue[] {
  const own = of === undefined ? [] : values.filter(({ name }) => isSpokenOf(name, of));
  if (own.length > 0) return own;
  const texts = values.filter(({ value }) => typeof value === "string");
  return texts.length > 0 || of === undefined ? texts : values;
}

export function writeForm(
  shape: NamedShape,
  filled: ReadonlyMap<string, ResultValue>,
  decimals: number | undefined,
): string {
  if (shape.kind === "marks") {
    const text = (name: string) => valueText(filled.get(name) ?? "", shape.decimals?.[name] ?? decimals);
    return shape.names.map((name) => `@${name}[${text(name)}]`).join(" ");
  }
  const rounded = shape.names.map((name) => {
    const value = filled.get(name);
    return [name, typeof value === "number" ? Number(valueText(value, decimals)) : value] as const;
  });
  return JSON.stringify(Object.fromEntries(rounded));
}

/**
 * What the model chooses from, where the names do not say it: each name's value is one of the results', or one of the
 * words that the question gives for it.
 */
export function formSchema(
  names: readonly string[],
  values: readonly NamedValue[],
  words: ReadonlyMap<string, readonly string[]> = new Map(),
): JsonSchema | undefined {
  const all = [...new Set(values.map(({ value }) => value))].slice(0, MAX_CHOICES);
  const choices = names.map((name) => {
    const own = words.get(name) ?? [valueNamed(name, values)?.value].filter((value) => value !== undefined);
    return [
      name,
      own.length > 0 ? own : functionOf(name) !== undefined ? all.filter((value) => typeof value === "number") : all,
    ] as const;
  });
  if (choices.some(([, own]) => own.length === 0)) return undefined;
  return {
    type: "object",
    properties: Object.fromEntries(choices.map(([name, own]) => [name, { enum: own }])),
    required: names,
    additionalProperties: false,
  };
}

/** What the model chose: each value has to be one of the results'. */
export function chosenValues(
  text: string,
  names: readonly string[],
  values: readonly NamedValue[],
): Map<string, ResultValue> | undefined {
  const object = jsonOf(text);
  if (object === undefined) return undefined;
  const chosen = names.flatMap((name) => {
    const found = values.find(({ value }) => name in object && says(String(object[name]), value));
    return found ? [[name, found.value] as const] : [];
  });
  return chosen.length === names.length ? new Map(chosen) : undefined;
}

/** Whether a text is a value of a result, and nothing else. */
export function says(text: string, value: ResultValue): boolean {
  if (typeof value !== "number") return text.toLowerCase() === String(value).toLowerCase();
  const [number, ...more] = numbersIn(text);
  if (number === undefined || /\p{L}/u.test(text.slice(0, number.index))) return false; // "It is 12"
  return more.length === 0 && (isExactly(number, value) || isAbout(number, value));
}

function valueText(value: ResultValue, decimals: number | undefined): string {
  if (typeof value !== "number" || decimals === undefined || Number.isInteger(value)) return cellText(value);
  return fixed(value, decimals);
}

function jsonOf(text: string): Record<string, unknown> | undefined {
  const bare = text.replace(/^\s*```(?:json)?\s*|\s*```\s*$/g, "").trim();
  try {
    const value: unknown = JSON.parse(bare);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
