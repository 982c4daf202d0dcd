// What values may stand for beside what they are read as. It is told, never taken: they may be meant.
import { standInNote } from "./stand-ins.ts";
import { timeHint } from "./times.ts";

const FAR_YEAR = /(?:^|\D)(?:2[2-9]|[3-9]\d)\d\d(?:\D|$)|(?:^|\D)0001-01-01/; // from 2200 on, as in Thailand
const PERSIAN_YEAR = /(?:^|\D)1[34]\d\d(?:\D|$)/; // or of the Islamic calendar
const CLOCK = /\d{1,2}:\d\d.*$/; // with fractions of a second, which are no years
const FAR_YEARS = 15;
const LEAST_BESIDE_MINUS_ONE = 10; // beside smaller numbers -1 is one of them
const GROUPS = /[,'\u2019 \u00a0\u202f](?=\d{3}(?:\D|$))/g; // of thousands: 1,234.50
const MANY = 5; // times the largest of the others: a number of nines is none of them

/** @param type of DuckDB, as which they are read */
export function valueHints(values: readonly string[], name: string, type: string): string[] {
  if (type === "DATE" || type === "TIMESTAMP") {
    const days = values.map((value) => value.replace(CLOCK, ""));
    const far = days.find((day) => FAR_YEAR.test(day))?.trim();
    const persian = days.find((day) => PERSIAN_YEAR.test(day))?.trim();
    const early = beginningOfCount(values);
    return [
      ...(far === undefined ? [] : [`${far} may stand for no end, or be of another calendar; it is read as a date`]),
      ...(persian === undefined ? [] : [`${persian} may be of another calendar; it is read as a date of ours`]),
      ...(early === undefined ? [] : [`${early} may stand for a missing value; it is read as a date`]),
    ];
  }
  if (type !== "BIGINT" && type !== "DOUBLE") return [];
  const time = timeHint(values, name);
  return [...(time === undefined ? [] : [time]), ...standIns(values).map(standInNote)];
}

/** 1900-01-01 or 1970-01-01, from which programs count, far before all other days. */
function beginningOfCount(values: readonly string[]): string | undefined {
  const isFirst = (value: string) => /^(?:1900|1970)-01-01|^0?1[./-]0?1[./-](?:1900|1970)(?!\d)/.test(value);
  const yearOf = (value: string) => Number(/(?:^|\D)([12]\d{3})(?:\D|$)/.exec(value)?.[1] ?? Number.NaN);
  const first = values.find(isFirst);
  const others = values.filter((value) => !isFirst(value)).map(yearOf);
  const isFar = first !== undefined && others.length > 0 && others.every((year) => year >= yearOf(first) + FAR_YEARS);
  return isFar ? first : undefined;
}

/** 99, -999 and the like; and -1, where nothing else is negative. */
function standIns(values: readonly string[]): number[] {
  const numbers = values.map((value) => Number(value.replace(GROUPS, ""))).filter(Number.isFinite);
  const isOfNines = (value: number) => /^-?9{2,6}(\.0+)?$/.test(String(value));
  const others = numbers.filter((value) => !isOfNines(value)).map(Math.abs);
  const largest = others.reduce((most, value) => Math.max(most, value), 0);
  if (others.length === 0) return [];
  const nines = [...new Set(numbers.filter(isOfNines))].filter((value) => Math.abs(value) > MANY * largest);
  const negative = new Set(numbers.filter((value) => value < 0));
  return negative.size === 1 && negative.has(-1) && largest >= LEAST_BESIDE_MINUS_ONE ? [...nines, -1] : nines;
}
