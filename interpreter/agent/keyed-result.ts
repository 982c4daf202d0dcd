// A result as something that sentences are about: rows that are told by their keys, and the numbers that they have.
import { isNamedAs } from "../languages/time-names.ts";
import type { SqlResult } from "../sessions/session.ts";
import { outlineOf, solid, tokensOf } from "../sessions/sql/sql-outline.ts";
import { type SqlToken, unquoted } from "../sessions/sql/sql-tokens.ts";
import { isNumeric } from "../sessions/table-info.ts";

const LEAST_KEY_LENGTH = 2; // UTF-16 units: a letter stands in too many words to be found in a sentence
const ISO_DATE = /^\d{4}-\d{2}-\d{2}/;

export interface KeyedRow {
  readonly keys: readonly string[];
  readonly values: ReadonlyMap<string, number>; // by measure
}

export interface KeyedResult {
  readonly keyColumns: readonly string[];
  readonly measures: readonly string[];
  readonly rows: readonly KeyedRow[];
  readonly isWhole: boolean; // all rows are here
  readonly rowCount: number;
  readonly isOverTime: boolean; // the key counts years, months, ...
}

/** @param query that gave the result, where it is known. @returns undefined where rows have no key, or no numbers */
export function keyedResult(
  { columns, rows, rowCount }: SqlResult,
  query: string | undefined,
): KeyedResult | undefined {
  const names = columns.map(({ name }) => name);
  const grouped = query === undefined ? [] : groupedBy(query, names);
  const isTime = (name: string) => isNamedAs(name, "year", "quarter", "month", "week") || /^decade$/i.test(name);
  const isKey = ({ name, type }: { name: string; type: string }) =>
    !isNumeric(type) || isTime(name) || grouped.includes(name.toLowerCase());
  const keyColumns = columns.filter(isKey).map(({ name }) => name);
  const measures = columns.filter((column) => !isKey(column)).map(({ name }) => name);
  if (keyColumns.length === 0 || measures.length === 0) return undefined;
  const keyed = rows.map((row) => ({
    keys: keyColumns.map((name) => keyText(row[name])),
    values: new Map(measures.flatMap((name) => (isNumber(row[name]) ? [[name, Number(row[name])] as const] : []))),
  }));
  const texts = keyed.flatMap(({ keys }) => keys);
  return {
    keyColumns,
    measures,
    rows: keyed,
    isWhole: rows.length === rowCount,
    rowCount,
    isOverTime: keyColumns.length === 1 && (isTime(keyColumns[0]!) || texts.every((key) => ISO_DATE.test(key))),
  };
}

/** Whether a key can be looked for in a sentence: no date, number or single letter. */
export function isPlainKey(key: string): boolean {
  return key.length >= LEAST_KEY_LENGTH && !ISO_DATE.test(key) && /\p{L}/u.test(key);
}

/** What can be said of the result as a whole: sums, means, counts, and of two rows their difference and ratio. */
export function computedFrom({ measures, rows, isWhole, rowCount, isOverTime }: KeyedResult): number[] {
  if (!isWhole) return [rowCount];
  const spans = isOverTime ? spansOf(rows) : [];
  const computed = measures.flatMap((measure) => {
    const values = rows.flatMap(({ values }) => values.get(measure) ?? []);
    const sum = values.reduce((total, value) => total + value, 0);
    const shares = sum === 0 ? [] : values.map((value) => (100 * value) / sum);
    const [a = 0, b = 0] = values;
    const ofTwo =
      values.length === 2
        ? [a - b, ...(a !== 0 && b !== 0 ? [a / b, b / a, 100 * (a / b - 1), 100 * (b / a - 1)] : [])]
        : [];
    return [sum, sum / Math.max(1, values.length), ...shares, ...ofTwo, ...(isOverTime ? changesIn(values) : [])];
  });
  return [rowCount, ...spans, ...computed];
}

/** From each time to the next, and from the first to the last: by how much, in percent, and how many times. */
function changesIn(values: readonly number[]): number[] {
  const pairs = [
    ...values.slice(1).map((value, i) => [values[i]!, value] as const),
    [values[0] ?? 0, values.at(-1) ?? 0],
  ];
  return pairs.flatMap(([a = 0, b = 0]) => [b - a, ...(a === 0 ? [] : [100 * (b / a - 1), b / a])]);
}

/** From the first year to the last, with the last and without it: "over 13 years". */
export function spansOf(rows: readonly KeyedRow[]): number[] {
  const years = rows.map(({ keys }) => Number(/^\d{4}(?!\d)/.exec(keys[0] ?? "")?.[0] ?? Number.NaN));
  if (years.length === 0 || years.some(Number.isNaN)) return [];
  const between = Math.max(...years) - Math.min(...years);
  return [between, between + 1];
}

/** Names of the columns that a query groups by, as the result has them. */
function groupedBy(query: string, names: readonly string[]): string[] {
  const outline = outlineOf(query);
  const { outer } = outline;
  const clause = solid(tokensOf(outline, outer, "group by"));
  const written = clause.map((token) => unquoted(token).toLowerCase());
  const whole = textOf(clause);
  const items = outer?.items ?? [];
  return items.flatMap(({ alias, expression }, i) => {
    const own = solid(expression);
    const name = (alias ?? (own.length > 0 ? unquoted(own.at(-1)!) : "")).toLowerCase();
    const isCall = own.length > 1 && whole.includes(textOf(own)); // year("Date") has no name but its place
    if (!written.includes(name) && !written.includes(String(i + 1)) && !isCall) return [];
    return isCall && items.length === names.length ? [name, names[i]!.toLowerCase()] : [name];
  });
}

function textOf(tokens: readonly SqlToken[]): string {
  return tokens.map((token) => unquoted(token).toLowerCase()).join(" ");
}

function keyText(value: unknown): string {
  const text = value === null || value === undefined ? "NULL" : String(value);
  return ISO_DATE.test(text) ? text.slice(0, 10) : text;
}

function isNumber(value: unknown): boolean {
  return (
    typeof value === "number" ||
    typeof value === "bigint" ||
    (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value))
  );
}
