// Times compared with a day: started = '2024-03-02' finds midnight only, and BETWEEN ... AND '2024-03-31' leaves out the
// last day but for its first moment.

import { wholeWord } from "../../escape-regexp.ts";
import { daySpellings } from "../../languages/times.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { type DayComparison, dayComparisons, withComparisons } from "./day-comparisons.ts";
import type { Asked, Rewrite } from "./rewrite.ts";

const MIDNIGHT = /\bmidnight\b|Mitternacht|\bminuit\b|medianoche|午夜|零点|零時|真夜中|\b0?0:00|\b12 ?a\.?m\b/iu;

export const wholeDays: Rewrite = async (query, asked) => {
  if (MIDNIGHT.test(asked.question)) return undefined;
  const changes = new Map<DayComparison, string>();
  for (const compared of dayComparisons(query, asked.tables)) {
    if (compared.type === "DATE" || !compared.ends.some((end) => isCut(end, asked.question))) continue;
    if (!(await hasTimes(compared, asked))) continue;
    const day = `CAST(${compared.column} AS DATE)`;
    changes.set(compared, compared.ends.map((end) => `${day} ${end.sign} '${end.day}'`).join(" AND "));
  }
  const note = "(times are compared with whole days)";
  return changes.size === 0 ? undefined : { query: withComparisons(query, changes), note };
};

/** The first of a month may only be where a range ends, but for where the question names it. */
function isCut({ sign, day }: DayComparison["ends"][number], question: string): boolean {
  if (sign === ">=" || sign === "<") return false;
  return sign !== "<=" || !day.endsWith("-01") || daySpellings(day).some((one) => wholeWord(one).test(question));
}

/** Whether one of the times is not midnight. */
async function hasTimes({ column }: DayComparison, { tables, look }: Asked): Promise<boolean> {
  const name = column
    .replace(/^.*\.(?=[^.]+$)/, "")
    .replaceAll('"', "")
    .toLowerCase();
  for (const table of tables) {
    const own = table.columns.find((one) => one.name.toLowerCase() === name)?.name;
    if (own === undefined) continue;
    const time = identifier(own);
    const { rows } = await look(`SELECT 1 FROM ${table.name} WHERE ${time} <> date_trunc('day', ${time}) LIMIT 1`);
    if (rows.length > 0) return true;
  }
  return false;
}
