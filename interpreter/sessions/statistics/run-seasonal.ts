import { identifier } from "../sql/database.ts";
import { type Asked, columns, numeric, told } from "./asked.ts";
import { decompose, strength } from "./seasonal.ts";
import { need } from "./statistics-error.ts";
import type { StatisticsResults } from "./statistics-types.ts";

const HOUR = 3_600_000; // milliseconds
const DAY = 24 * HOUR;

/** How far apart dates are, and how many of them make a season. */
const STEPS = [
  { name: "hour", least: HOUR, most: HOUR, period: 24 },
  { name: "day", least: DAY, most: DAY, period: 7 },
  { name: "week", least: 7 * DAY, most: 7 * DAY, period: 52 },
  { name: "month", least: 28 * DAY, most: 31 * DAY, period: 12 },
  { name: "quarter", least: 90 * DAY, most: 92 * DAY, period: 4 },
] as const;

export async function runSeasonal(asked: Asked): Promise<StatisticsResults["seasonal"]> {
  const [x = ""] = asked.x;
  const wanted = [{ name: x, kind: "dates" as const }, numeric(asked.y)];
  const read = await columns(asked, wanted, `ORDER BY ${identifier(x)}`);
  const step = stepOf(
    read.rows.map(([date]) => String(date)),
    x,
  );
  const period = asked.period ?? step?.period;
  need(
    period !== undefined,
    `the dates of ${x} are no hours, days, weeks, months or quarters: say how many make a season, as period`,
  );
  const isMultiplicative = asked.method === "multiplicative";
  const values = read.rows.map((row) => row[1] as number);
  const { trend, seasonal, rest, season } = decompose(values, period, isMultiplicative);
  const rows = read.rows.map(([date], i) => ({
    ...{ date: String(date), value: values[i]!, trend: trend[i]!, seasonal: seasonal[i]!, rest: rest[i]! },
  }));
  const method = `${isMultiplicative ? "multiplicative" : "additive"} decomposition by moving averages, ${period} values a season`;
  const seasonalStrength = strength(seasonal, rest, isMultiplicative);
  const trendStrength = strength(trend, rest, isMultiplicative);
  return told(method, read, { period, season, seasonalStrength, trendStrength, rows });
}

/** Dates that are one step apart. @throws StatisticsError where one is there twice, or a step is missing */
function stepOf(dates: readonly string[], column: string) {
  const times = dates.map(milliseconds);
  const steps = times.slice(1).map((time, i) => time - times[i]!);
  const twice = steps.indexOf(0);
  need(twice < 0, `${column} has ${dates[twice]} more than once: give a SELECT with one row a date as the table`);
  const usual = [...steps].sort((a, b) => a - b)[steps.length >> 1] ?? 0;
  const step = STEPS.find(({ least, most }) => usual >= least && usual <= most);
  const gap = steps.findIndex((one) => (step ? one > step.most : one > 1.5 * usual));
  need(
    gap < 0,
    `${column} has a gap between ${dates[gap]} and ${dates[gap + 1]}: a season needs a value for each ${step?.name ?? "date"}`,
  );
  return step;
}

/** "2024-02-20", "2024-02-20 10:00:00", "2024-02-20 10:00:00+00": as if in one zone. */
function milliseconds(date: string): number {
  const [day, time = "00:00:00"] = date.split(" ");
  return Date.parse(`${day}T${time.replace(/[+-].*$/, "")}Z`);
}
