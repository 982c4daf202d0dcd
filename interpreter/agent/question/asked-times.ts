// A month or a day of the week that a question names, as a condition on the real column: small models compare a date with
// the word, or with nothing.
import { monthIn, weekdayIn } from "../../languages/times.ts";
import type { TableInfo } from "../../sessions/session.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { isTime } from "../../sessions/table-info.ts";
import type { AskedTables } from "../dialect.ts";
import { askedNames } from "./asked-names.ts";
import { withoutForm } from "./without-form.ts";

export interface AskedTime {
  readonly name: string; // "July 2024", "Sunday"
  readonly condition: string;
  /** What a query that looks for it holds in some form. */
  readonly usedBy: RegExp;
}

/** Nothing where the tables have no column of time, or several. */
export function askedTimes(question: string, tables: readonly TableInfo[]): AskedTime[] {
  const column = timeColumn(question, tables);
  if (column === undefined) return [];
  const asked = withoutForm(question);
  const weekday = weekdayIn(asked);
  const month = monthIn(asked);
  const times: AskedTime[] = [];
  if (month) {
    const { year, name } = month;
    const padded = String(month.month).padStart(2, "0");
    const ofYear = year === undefined ? "" : `year(${column}) = ${year} AND `;
    const condition = `${ofYear}month(${column}) = ${month.month}`; // a small model does not copy a format of strftime
    times.push({ name, condition, usedBy: new RegExp(`month|%[mbB]|date_part|date_trunc|[-/]${padded}\\b`, "i") });
  }
  if (weekday !== undefined) {
    const usedBy = /day(name|ofweek|_of_week)|weekday|dow\b|%[wuaA]/i;
    times.push({ name: weekday, condition: `dayname(${column}) = '${weekday}'`, usedBy });
  }
  return times;
}

/** "(July 2024 is year(day) = 2024 AND month(day) = 7.)" */
export async function timeHints(question: string, tables: AskedTables): Promise<string> {
  const asked = withoutForm(question);
  if (!monthIn(asked) && weekdayIn(asked) === undefined) return "";
  const said = askedTimes(question, await tables()).map(({ name, condition }) => `${name} is ${condition}`);
  return said.length === 0 ? "" : `(${said.join("; ")}.)`;
}

function timeColumn(question: string, tables: readonly TableInfo[]): string | undefined {
  const named = askedNames(question, tables)?.time;
  if (named !== undefined) return named;
  const [only, ...others] = tables.flatMap(({ columns }) => columns.filter(({ type }) => isTime(type)));
  return only && others.length === 0 ? identifier(only.name) : undefined;
}
