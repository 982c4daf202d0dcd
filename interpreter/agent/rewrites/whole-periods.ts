// A year, a quarter or a month that a question names, of which the query takes one day, or a range that is cut short:
// "in 2009" by date = '2009-01-01', "in March 2020" by BETWEEN '2020-03-01' AND '2020-03-30'.

import { asksFor } from "../../languages/index.ts";
import { monthsIn, namesDay, quarterIn } from "../../languages/times.ts";
import { yearsIn } from "../question/question-parts.ts";
import { type DayComparison, dayComparisons, withComparisons } from "./day-comparisons.ts";
import type { Rewrite } from "./rewrite.ts";

const LATE_DAY = 28; // of a month, from which on a range is meant to reach its end

/** Without a year where the question names none. */
interface Period {
  readonly year?: number;
  readonly quarter?: number;
  readonly month?: number; // from 1
}

interface Days {
  readonly first: string; // ISO dates
  readonly last: string;
}

export const wholePeriods: Rewrite = (query, { question, earlier, tables }) => {
  if (namesDay(question) || asksFor(question, "period-edge")) return undefined;
  const asked = askedPeriods(question, yearsIn(earlier).at(-1));
  const isNamed = asked.every(({ year }) => year !== undefined);
  if (asked.length === 0 || (!isNamed && asksFor(question, "relative-time"))) return undefined;
  const changes = new Map<DayComparison, string>();
  const notes: string[] = [];
  for (const compared of dayComparisons(query, tables)) {
    const meant = compared.ends.length === 1 ? wholePeriod(compared, asked) : wholeRange(compared, asked);
    if (meant === undefined) continue;
    changes.set(compared, meant.condition);
    notes.push(`(the question names ${meant.name} and no day: read as ${meant.condition})`);
  }
  return changes.size === 0
    ? undefined
    : { query: withComparisons(query, changes), note: [...new Set(notes)].join("\n") };
};

/**
 * One month or quarter, of a year or of none; or the two ends of a range; or years.
 * @param before the year that was spoken of before
 */
function askedPeriods(question: string, before: string | undefined): Period[] {
  const years = yearsIn(question).map(Number);
  const [year, ...otherYears] = years;
  const months = monthsIn(question);
  const quarter = quarterIn(question);
  const only = yearIfKnown(year ?? (before === undefined ? undefined : Number(before)), otherYears);
  if (months.length > 0)
    return months.length > 2
      ? []
      : months.map(({ month, year: own }) => ({ month, ...(own === undefined ? only : { year: own }) })).sort(byTime);
  if (quarter !== undefined) return otherYears.length > 0 ? [] : [{ quarter, ...only }];
  return years.sort((a, b) => a - b).map((one) => ({ year: one }));
}

function yearIfKnown(year: number | undefined, others: readonly number[]): Pick<Period, "year"> {
  return year === undefined || others.length > 0 ? {} : { year };
}

function byTime(a: Period, b: Period): number {
  return (a.year ?? 0) - (b.year ?? 0) || (a.month ?? 0) - (b.month ?? 0);
}

interface Meant {
  readonly name: string;
  readonly condition: string;
}

/** date = '2009-01-01': the first day or the last of what is asked for. */
function wholePeriod({ column, ends: [end] }: DayComparison, asked: readonly Period[]): Meant | undefined {
  if (!end || (end.sign !== "=" && end.sign !== "<>")) return undefined;
  const { day, sign } = end;
  const period = asked.find((one) => isEdge(day, one));
  if (period === undefined) return undefined;
  const condition = conditionOf(column, period);
  return { name: nameOf(period), condition: sign === "=" ? condition : `NOT (${condition})` };
}

function isEdge(day: string, period: Period): boolean {
  const { first, last } = daysOf(period, day);
  const isFirstOfMonth = period.quarter !== undefined && day >= first && day <= last && day.endsWith("-01");
  return day === first || day === last || isFirstOfMonth;
}

/** From the first day of a period on, and not to its last one; or of a year that nobody named. */
function wholeRange(compared: DayComparison, asked: readonly Period[]): Meant | undefined {
  const [low, high] = compared.ends;
  const [from, to = from, ...more] = asked;
  if (!low || !high || !from || !to || more.length > 0) return undefined;
  const { first } = daysOf(from, low.day);
  const end = daysOf(to, to === from ? low.day : high.day);
  const begins = low.day === first || (low.sign === ">" && next(low.day) === first);
  const isMadeUp = from === to && from.year === undefined; // its year
  const isRight = isWhole(compared, first, end.last) ? !isMadeUp : !isCutShort(high, end, to);
  if (!begins || isRight) return undefined;
  if (from === to) return { name: nameOf(from), condition: conditionOf(compared.column, from) };
  return {
    name: `${nameOf(from)} and ${nameOf(to)}`,
    condition: `${compared.column} >= '${first}' AND ${compared.column} < '${next(end.last)}'`,
  };
}

/** The upper end is in the period, so that it is meant to reach its last day; or it takes in the day behind it. */
function isCutShort({ sign, day }: DayComparison["ends"][number], { first, last }: Days, period: Period): boolean {
  if (day === next(last)) return sign === "<=";
  const lastMonth = `${last.slice(0, 7)}-01`;
  const isLate = period.month !== undefined && day <= last && day >= `${last.slice(0, 7)}-${LATE_DAY}`;
  return day === last || isLate || ((day === lastMonth || day === first) && sign === "<=");
}

function isWhole({ type, ends: [low, high] }: DayComparison, first: string, last: string): boolean {
  const isFromFirst = low?.sign === ">=" ? low.day === first : type === "DATE" && next(low?.day ?? "") === first;
  const isToLast = high?.sign === "<" ? high.day === next(last) : type === "DATE" && high?.day === last;
  return isFromFirst && isToLast;
}

/** @param day that says the year, where the period has none */
function daysOf({ year = 0, quarter, month }: Period, day: string): Days {
  const of = year || Number(day.slice(0, 4));
  const [from, count] = month !== undefined ? [month, 1] : quarter !== undefined ? [3 * quarter - 2, 3] : [1, 12];
  return { first: iso(of, from - 1, 1), last: iso(of, from - 1 + count, 0) };
}

function conditionOf(column: string, { year, quarter, month }: Period): string {
  const parts = [
    ...(year === undefined ? [] : [`year(${column}) = ${year}`]),
    ...(quarter === undefined ? [] : [`quarter(${column}) = ${quarter}`]),
    ...(month === undefined ? [] : [`month(${column}) = ${month}`]),
  ];
  return parts.length === 1 ? parts[0]! : `(${parts.join(" AND ")})`;
}

function nameOf({ year, quarter, month }: Period): string {
  const part = quarter !== undefined ? `quarter ${quarter}` : month !== undefined ? `month ${month}` : "";
  return [part, year === undefined ? "" : String(year)].filter(Boolean).join(" of ");
}

function next(day: string): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return iso(year, month - 1, date + 1);
}

/** @param month from 0 */
function iso(year: number, month: number, day: number): string {
  return new Date(Date.UTC(year, month, day)).toISOString().slice(0, 10);
}
