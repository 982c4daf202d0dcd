// What DuckDB calls a computed column, as people say it: count_star() is "the number of rows".
import type { Language, Measured } from "../../languages/index.ts";
import type { SqlResult } from "../../sessions/session.ts";

const MEASURES: Readonly<Record<string, Measured>> = {
  count: "count",
  sum: "sum",
  avg: "mean",
  mean: "mean",
  min: "least",
  max: "most",
  median: "median",
};
/** What changes how a number is written, and not what it is of. */
const AROUND = /^(?:round|CAST)\((.+?)(?:, \d+| AS [A-Z]+(?:\(\d+,\d+\))?)\)$/is;
const CALL = /^(\w+)\((DISTINCT )?("(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_.]*)\)$/iu;

/** The name itself, where it is no such call. */
export function measureName(name: string, { sentences: { measures } }: Language): string {
  const bare = AROUND.exec(name)?.[1] ?? name;
  if (/^count(?:_star\(\)|\((?:\*|1)?\))$/i.test(bare)) return measures.rows;
  const [, call = "", distinct, column = ""] = CALL.exec(bare) ?? [];
  const measure = MEASURES[call.toLowerCase()];
  if (measure === undefined || (distinct !== undefined && measure !== "count")) return name;
  return measures[distinct === undefined ? measure : "distinct"](column.replace(/^"|"$/g, "").replaceAll('""', '"'));
}

/** Whether a text calls a column of the result as DuckDB does: "count_star() is 25". */
export function saysCall(text: string, { columns }: SqlResult, language: Language): boolean {
  return columns.some(({ name }) => text.includes(name) && measureName(name, language) !== name);
}
