// Days that an answer writes out, held against those of the result: "May 3, 2024" is not 2024-03-05.

import { wholeWord } from "../../escape-regexp.ts";
import { monthName, monthsIn, weekdayNamed } from "../../languages/times.ts";
import type { SqlResult } from "../../sessions/session.ts";
import { monthNumber } from "../../tables/month-names.ts";
import { COMPARES_DAYS } from "./day-pairs.ts";
import { NEGATION } from "./negation.ts";

const DAY = /^\d{4}-\d{2}-\d{2}/;
const ENDING = "(?:st|nd|rd|th|er|\\.|º)?";
const MONTH = "(?<month>\\p{L}{3,12})\\.?";
const NUMBER = `(?<day>\\d{1,2})${ENDING}`;
const YEAR = "(?<year>\\d{4})(?!\\d)";
const WRITTEN: readonly RegExp[] = [
  new RegExp(`(?<![\\d.])${NUMBER} (?:de |of )?${MONTH},? (?:de |del |of )?${YEAR}`, "giu"),
  new RegExp(`(?<!\\p{L})${MONTH} (?:the )?${NUMBER},? (?:of )?${YEAR}`, "giu"),
  /(?<year>\d{4})\s?年\s?(?<month>\d{1,2})\s?月\s?(?<day>\d{1,2})\s?[日号]/gu,
  /(?<![\d-])(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})(?![\d-])/gu,
];
/** Right before a day: "Monday, ". */
const WEEKDAY_BEFORE = /(\p{L}+),?(?: the| der| dem| den| le| el)? *$/u;
const LEAST_NAME = 2; // UTF-16 units
const MAX_TOLD = 3; // days or months of the result
const OF_MONTHS = /month|monat|mois|(?<!\p{L})mes(?!\p{L})|月/iu; // a column of numbers

interface WrittenDay {
  readonly text: string;
  readonly index: number; // UTF-16 offset in the text
  readonly day: string; // as in 2024-03-05
  readonly weekday: string | undefined; // that stands before it, in English
}

/** The days of a text that are written with their year. */
function daysIn(text: string): WrittenDay[] {
  return WRITTEN.flatMap((pattern) =>
    [...text.matchAll(pattern)].flatMap(({ 0: written, index, groups = {} }) => {
      const { year = "", month = "", day = "" } = groups;
      const number = /^\d/.test(month) ? Number(month) : monthNumber(month);
      if (number === undefined || number < 1 || number > 12) return [];
      const before = WEEKDAY_BEFORE.exec(text.slice(0, index))?.[1];
      const two = (value: number) => String(value).padStart(2, "0");
      const iso = `${year}-${two(number)}-${two(Number(day))}`;
      return [{ text: written, index, day: iso, weekday: before === undefined ? undefined : weekdayNamed(before) }];
    }),
  );
}

/** @param known other texts whose days may be told: the question, the query */
export function wrongDaysTold(answer: string, { rows, rowCount }: SqlResult, known: string): string[] {
  const own = new Set(
    rows.flatMap((row) =>
      Object.values(row).flatMap((value) => (DAY.test(String(value)) ? [String(value).slice(0, 10)] : [])),
    ),
  );
  if (own.size === 0 || rows.length < rowCount) return [];
  const others = new Set(daysIn(known).map(({ day }) => day));
  return daysIn(answer).flatMap(({ text, day, weekday }) => {
    if (!own.has(day) && !others.has(day))
      return [`${text} is not in the result, which has ${[...own].slice(0, MAX_TOLD).join(", ")}`];
    const real = new Date(`${day}T00:00:00Z`).toLocaleDateString("en", { weekday: "long", timeZone: "UTC" });
    return weekday === undefined || weekday === real ? [] : [`${text} was a ${real}, not a ${weekday}`];
  });
}

/** A month by its name, where the rows say their months by a number, a date or a name. @param known as above */
export function wrongMonthsTold(answer: string, { columns, rows, rowCount }: SqlResult, known: string): string[] {
  if (rows.length < rowCount) return [];
  const own = new Set(
    columns.flatMap(({ name }) =>
      monthsOf(
        name,
        rows.map((row) => row[name]),
      ),
    ),
  );
  if (own.size === 0) return [];
  const others = new Set(monthsIn(known).map(({ month }) => month));
  return monthsIn(answer)
    .filter(({ month }) => !own.has(month) && !others.has(month))
    .map(({ name }) => {
      const has = [...own].slice(0, MAX_TOLD).map(monthName).join(", ");
      return `${name} is not in the result, which has ${has}`;
    });
}

/** None where the column holds other things than months and days. */
function monthsOf(column: string, values: readonly unknown[]): number[] {
  const months = values.map((value) => {
    if (typeof value === "number") return OF_MONTHS.test(column) ? value : undefined;
    const [, month] = /^\d{4}-(\d{2})(?!\d)/.exec(String(value)) ?? [];
    return month === undefined ? monthNumber(String(value)) : Number(month);
  });
  const isMonth = (month: number | undefined) => month !== undefined && month >= 1 && month <= 12;
  return months.every(isMonth) ? months.flatMap((month) => month ?? []) : [];
}

/** "A opened on ... and B on ...", with the day of the other: where names and days stand in turn, names first. */
export function swappedDays(sentence: string, { columns, rows, rowCount }: SqlResult): string[] {
  const ofDays = columns.filter(({ name }) => rows.every((row) => row[name] === null || DAY.test(String(row[name]))));
  const [days, ...others] = ofDays;
  if (!days || others.length > 0 || rows.length < rowCount || COMPARES_DAYS.test(sentence)) return [];
  const names = rows.flatMap((row) =>
    columns.flatMap(({ name }) => {
      const key = row[name];
      return name === days.name || typeof key !== "string" || key.length < LEAST_NAME
        ? []
        : [{ key, day: row[days.name] }];
    }),
  );
  if (new Set(names.map(({ key }) => key)).size < names.length) return [];
  const found = [
    ...names.flatMap((one) => [...sentence.matchAll(wholeWord(one.key))].map(({ index }) => ({ ...one, index }))),
    ...daysIn(sentence).map(({ day, index }) => ({ key: undefined, day, index })),
  ].sort((a, b) => a.index - b.index);
  if (found.length % 2 === 1 || !found.every(({ key }, i) => (key === undefined) === (i % 2 === 1))) return [];
  return found.flatMap(({ key, day }, i) => {
    const told = found[i + 1]?.day;
    const own = String(day).slice(0, 10);
    return i % 2 === 1 || told === own || NEGATION.test(sentence) ? [] : [`${key} has ${own}, not ${told}`];
  });
}
