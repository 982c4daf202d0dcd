// A day or a year that nobody named, and of which the table has no row: a small model takes it from its examples.
import { asksFor } from "../../languages/index.ts";
import { monthsIn, weekdayIn } from "../../languages/times.ts";
import type { SqlResult, TableInfo } from "../../sessions/session.ts";
import { conjunctsOf, withoutConjuncts } from "../../sessions/sql/conjuncts.ts";
import { tablesIn } from "../../sessions/sql/mends/mend.ts";
import { isName, outlineOf, solid } from "../../sessions/sql/sql-outline.ts";
import { type SqlToken, sqlText, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { isTime } from "../../sessions/table-info.ts";
import type { Rewrite } from "./rewrite.ts";

const NAMES_TIME = /\d{2}/; // "the 90s", "2024"

export const madeUpTimes: Rewrite = (query, { question, earlier, tables, result }) => {
  if (!result || !isEmpty(result) || [question, earlier].some(speaksOfTime)) return undefined;
  const outline = outlineOf(query);
  const { tokens, outer, selects } = outline;
  if (!outer || selects.length > 1) return undefined;
  const times = timesOf(tablesIn(query, tables));
  const made = conjunctsOf(outline, outer).filter(({ from, to }) => isOfTime(solid(tokens.slice(from, to)), times));
  if (made.length === 0) return undefined;
  const told = made.map(({ from, to }) => sqlText(tokens.slice(from, to)).trim()).join(" AND ");
  return {
    query: withoutConjuncts(outline, outer, made),
    note: `(no time was asked for, and no row is of ${told}: left out)`,
  };
};

/** No row, or one of zeros and missing values. */
export function isEmpty({ rows, rowCount, columns }: SqlResult): boolean {
  const [row] = rows;
  if (rowCount !== 1 || !row) return rowCount === 0;
  return columns.every(({ name }) => row[name] === null || Number(row[name]) === 0);
}

function speaksOfTime(text: string): boolean {
  const isNamed = NAMES_TIME.test(text) || monthsIn(text).length > 0 || weekdayIn(text) !== undefined;
  return isNamed || asksFor(text, "relative-time") || asksFor(text, "period-edge");
}

function timesOf(tables: readonly TableInfo[]): string[] {
  const columns = tables.flatMap((table) => table.columns.filter(({ type }) => isTime(type)));
  return columns.map(({ name }) => name.toLowerCase());
}

/** day = '2020-10-01', year(day) = 2020: a column of time, and nothing beside it but days, numbers and calls. */
function isOfTime(words: readonly SqlToken[], times: readonly string[]): boolean {
  const names = words.filter((token) => isName(token) && times.includes(unquoted(token).toLowerCase()));
  const isCompared = words.some(({ kind, text }) => kind === "string" || (kind === "number" && text.length === 4));
  return names.length > 0 && isCompared && !words.some(({ text }) => /^(select|null|not)$/i.test(text));
}
