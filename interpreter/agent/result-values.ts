// The values of a task's results, with the names that they go by: what an asked form is filled with.
import { withoutCamelCase } from "../name-words.ts";
import type { SqlResult } from "../sessions/session.ts";
import { factsOf, shownRows } from "../tools/facts.ts";
import type { CallOutcome } from "./run-call.ts";
import { statisticValues } from "./statistic-values.ts";

const MAX_DEPTH = 3; // of a JSON result

export type ResultValue = string | number | boolean;

export interface NamedValue {
  readonly name: string;
  readonly value: ResultValue;
}

/** The newest first. Of several rows a value is named by its row's first column, and by its own. */
export function namedValues(outcomes: readonly CallOutcome[]): NamedValue[] {
  return outcomes
    .filter(({ failed }) => !failed)
    .flatMap(({ facts, content }) => {
      const table = shownRows(facts);
      const [statistics] = factsOf(facts, "statistics");
      return [statistics ? statisticValues(statistics.result) : table ? ofTable(table) : ofJson(content)];
    })
    .reverse()
    .flat();
}

function ofTable({ columns, rows }: SqlResult): NamedValue[] {
  const [first] = columns;
  return rows.flatMap((row) =>
    columns.flatMap(({ name }) => {
      const value = plain(row[name]);
      if (value === undefined) return [];
      if (rows.length === 1 || !first) return [{ name, value }];
      const key = String(row[first.name]);
      const isPair = columns.length === 2 && name !== first.name;
      return [{ name: isPair ? key : `${key} ${name}`, value }];
    }),
  );
}

function ofJson(content: string): NamedValue[] {
  try {
    return leaves(JSON.parse(content), "", 0);
  } catch {
    return [];
  }
}

function leaves(value: unknown, name: string, depth: number): NamedValue[] {
  const own = plain(value);
  if (own !== undefined) return name === "" ? [] : [{ name, value: own }];
  if (typeof value !== "object" || value === null || Array.isArray(value) || depth > MAX_DEPTH) return [];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, key, depth + 1));
}

/** A text that is a number, such as a HUGEINT's, is one. */
function plain(value: unknown): ResultValue | undefined {
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "string" && /^-?\d+\.\d+$/.test(value)) return Number(value);
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : undefined;
}

/** Each name's value, where the names say which: by themselves, or by words that only one of the values has. */
export function fillNames(
  names: readonly string[],
  values: readonly NamedValue[],
): Map<string, ResultValue> | undefined {
  const filled = new Map<string, ResultValue>();
  for (const name of names) {
    const found = valueNamed(name, values);
    if (found) filled.set(name, found.value);
  }
  const [only] = names;
  const isCertain = names.length === 1 && filled.size === 0 && distinct(values).length === 1;
  if (only !== undefined && isCertain) filled.set(only, values[0]!.value);
  return names.length > 0 && names.every((name) => filled.has(name)) ? filled : undefined;
}

/** The one that a name means. */
export function valueNamed(name: string, values: readonly NamedValue[]): NamedValue | undefined {
  const words = wordsOf(name);
  const same = values.filter((one) => wordsOf(one.name).join(" ") === words.join(" "));
  if (same.length > 0) return same[0]; // the newest
  const sharing = values.filter((one) => wordsOf(one.name).some((word) => words.includes(word)));
  const all = sharing.filter((one) => words.every((word) => wordsOf(one.name).includes(word)));
  const fits = all.length > 0 ? all : sharing;
  return distinct(fits).length === 1 ? fits[0] : undefined;
}

function distinct(values: readonly NamedValue[]): ResultValue[] {
  return [...new Set(values.map(({ value }) => value))];
}

const SAME: Readonly<Record<string, string>> = {
  avg: "mean",
  average: "mean",
  stddev: "std",
  stdev: "std",
  total: "sum",
};

const SAYS_NOTHING = new Set(["value", "val", "values", "result", "score", "the", "of"]);

/** "avg(Fare)", "mean_fare_value", "meanFare" -> mean, fare */
function wordsOf(name: string): string[] {
  const spaced = withoutCamelCase(name).toLowerCase();
  const words = (spaced.match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => SAME[word] ?? word);
  const telling = words.filter((word) => !SAYS_NOTHING.has(word));
  return telling.length > 0 ? telling : words;
}

const FUNCTIONS: Readonly<Record<string, string>> = {
  ...{ mean: "avg", std: "stddev", sd: "stddev", deviation: "stddev", median: "median", variance: "var_samp" },
  ...{ min: "min", minimum: "min", max: "max", maximum: "max", sum: "sum" },
  ...{ count: "count", number: "count", num: "count" },
};

/** The function that a name tells: "mean_fare" is an avg(...). */
export function functionOf(name: string): string | undefined {
  return wordsOf(name).flatMap((word) => FUNCTIONS[word] ?? [])[0];
}
