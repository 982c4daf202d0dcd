// The order in which names stand along an axis: that of their values, or of the calendar.
import { monthNumber } from "../../tables/month-names.ts";
import type { QueryRows } from "./chart-data.ts";
import type { ChartOptions } from "./chart-types.ts";
import { isPath } from "./drawn.ts";

type Rows = QueryRows["rows"];

/** Weekdays in the languages that the models are best at, from Monday on; any beginning of three letters and more. */
const WEEKDAYS = [
  "monday montag lundi lunes 星期一 周一 月曜日",
  "tuesday dienstag mardi martes 星期二 周二 火曜日",
  "wednesday mittwoch mercredi miercoles 星期三 周三 水曜日",
  "thursday donnerstag jeudi jueves 星期四 周四 木曜日",
  "friday freitag vendredi viernes 星期五 周五 金曜日",
  "saturday samstag sonnabend samedi sabado 星期六 周六 土曜日",
  "sunday sonntag dimanche domingo 星期日 周日 星期天 日曜日",
].map((names) => names.split(" "));

/** @param last a name that stands behind all others: what top leaves over */
export function inOrder(rows: Rows, x: string, y: string, chart: ChartOptions, last?: string): Rows {
  const sort = chart.sort ?? (isPath(chart) ? "x" : undefined);
  const names = [...new Set(rows.map((row) => String(row[x])))];
  const totals = new Map<string, number>();
  for (const row of rows) totals.set(String(row[x]), (totals.get(String(row[x])) ?? 0) + Number(row[y] ?? 0));
  const byName = (a: string, b: string) => a.localeCompare(b, "en", { numeric: true });
  const byTotal = (a: string, b: string) => totals.get(b)! - totals.get(a)!;
  const calendar = placesInCalendar(names);
  const order = { x: byName, ascending: (a: string, b: string) => byTotal(b, a), descending: byTotal };
  const byCalendar = (a: string, b: string) => calendar!.get(a)! - calendar!.get(b)!;
  const isByName = sort === undefined || sort === "x";
  names.sort(calendar && isByName ? byCalendar : order[sort ?? "descending"]);
  const place = new Map(names.map((name, i) => [name, name === last ? names.length : i]));
  return [...rows].sort((a, b) => place.get(String(a[x]))! - place.get(String(b[x]))!);
}

/** Of names that all are months, weekdays, quarters, times of the day or ranges of numbers. */
function placesInCalendar(names: readonly string[]): Map<string, number> | undefined {
  for (const numberOf of [monthNumber, weekdayNumber, quarterNumber, clockNumber, rangeNumber]) {
    const numbers = names.map((name) => [name, numberOf(name.replace(/\.$/, ""))] as const);
    if (numbers.every((entry): entry is [string, number] => entry[1] !== undefined)) return new Map(numbers);
  }
  return undefined;
}

/** 2024-Q1, Q1 2024, Q1. */
function quarterNumber(name: string): number | undefined {
  const [, before = "", quarter, after = ""] = /^(?:(\d{4})[-/ ]?)?[QT]([1-4])(?:[-/ ]?(\d{4}))?$/i.exec(name) ?? [];
  return quarter === undefined ? undefined : 4 * Number(before || after) + Number(quarter);
}

/** 08:30, 22:05:00. */
function clockNumber(name: string): number | undefined {
  const [, hours, minutes, seconds = "0"] = /^(\d{1,3}):([0-5]\d)(?::([0-5]\d(?:\.\d+)?))?$/.exec(name) ?? [];
  return hours === undefined ? undefined : 3600 * Number(hours) + 60 * Number(minutes) + Number(seconds);
}

/** 0-9, 10–19, 20+, <18, 2023/24. */
function rangeNumber(name: string): number | undefined {
  const [, below, from] = /^([<≤])? ?(\d+(?:\.\d+)?)(?: ?[-–/] ?\d+(?:\.\d+)?| ?\+)?$/.exec(name) ?? [];
  return from === undefined ? undefined : Number(from) - (below === undefined ? 0 : 0.5);
}

function weekdayNumber(word: string): number | undefined {
  const bare = word.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const isShort = bare.length < 3 && /^[a-z]*$/.test(bare);
  const day = isShort ? -1 : WEEKDAYS.findIndex((names) => names.some((name) => name.startsWith(bare)));
  return day < 0 ? undefined : day;
}
