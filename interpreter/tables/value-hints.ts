// What values may stand for beside what they are read as. It is told, never taken: they may be meant.
import { standInNote } from "./stand-ins.ts";
import { timeHint } from "./times.ts";

const FAR_YEAR = /(?:^|\D)(?:2[2-9]|[3-9]\d)\d\d(?:\D|$)|(?:^|\D)0001-01-01/; // from 2200 on
const MANY = 5; // times the largest of the others: a number of nines is none of them

/** @param type of DuckDB, as which they are read */
export function valueHints(values: readonly string[], name: string, type: string): string[] {
  if (type === "DATE" || type === "TIMESTAMP") {
    const far = values.find((value) => FAR_YEAR.test(value));
    return far === undefined ? [] : [`${far} may stand for no end, or be of another calendar; it is read as a date`];
  }
  if (type !== "BIGINT" && type !== "DOUBLE") return [];
  const time = timeHint(values, name);
  return [...(time === undefined ? [] : [time]), ...standIns(values).map(standInNote)];
}

/** -999 and the like. */
function standIns(values: readonly string[]): number[] {
  const numbers = values.map(Number).filter(Number.isFinite);
  const isOfNines = (value: number) => /^-?9{3,6}(\.0+)?$/.test(String(value));
  const others = numbers.filter((value) => !isOfNines(value)).map(Math.abs);
  const largest = others.reduce((most, value) => Math.max(most, value), 0);
  return others.length === 0
    ? []
    : [...new Set(numbers.filter(isOfNines))].filter((value) => Math.abs(value) > MANY * largest);
}
