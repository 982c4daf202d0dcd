// A day or a year that nobody named, and of which the table has no row: a small model takes it from its examples.
import { asksFor } from "../../languages/index.ts";
import { monthIn, monthsIn, type NamedMonth, namesDay, weekdayIn } from "../../languages/times.ts";
import type { SqlResult, TableInfo } from "../../sessions/session.ts";
import { conjunctsOf, withoutConjuncts } from "../../sessions/sql/conjuncts.ts";
import { tablesIn } from "../../sessions/sql/mends/mend.ts";
import { isName, outlineOf, solid, type TokenRange } from "../../sessions/sql/sql-outline.ts";
import { type SqlToken, sqlText, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { isTime } from "../../sessions/table-info.ts";
import { yearsIn } from "../question/question-parts.ts";
import type { Rewrite } from "./rewrite.ts";

const YEAR = /^'?(?:1[5-9]|20)\d\d(?![\d.,])/; // also of '2024-07-01'
const NAMES_TIME = /\d{2}/; // "the 90s", "2024"

export const madeUpTimes: Rewrite = (query, { question, earlier, tables, result }) => {
  const month = monthOfNoYear(question, earlier);
  if (!result || !isEmpty(result) || (!month && [question, earlier].some(speaksOfTime))) return undefined;
  const outline = outlineOf(query);
  const { tokens, outer, selects } = outline;
  if (!outer || selects.length > 1) return undefined;
  const times = timesOf(tablesIn(query, tables));
  const words = ({ from, to }: TokenRange) => solid(tokens.slice(from, to));
  const made = conjunctsOf(outline, outer).filter((one) => {
    return isOfTime(words(one), times) && (!month || words(one).some(({ text }) => YEAR.test(text)));
  });
  const column = made.flatMap(words).find((token) => isTimeName(token, times));
  if (!column) return undefined;
  const told = made.map(({ from, to }) => sqlText(tokens.slice(from, to)).trim()).join(" AND ");
  const ofMonth = month && `month(${column.text}) = ${month.month}`;
  return {
    query: withoutConjuncts(outline, outer, made, ofMonth === undefined ? [] : [ofMonth]),
    note: month
      ? `(no year was asked for, and no row is of ${told}: read as ${month.name} of any year)`
      : `(no time was asked for, and no row is of ${told}: left out)`,
  };
};

/** "Only in July?", where no question has named a year. */
function monthOfNoYear(question: string, earlier: string): NamedMonth | undefined {
  const month = monthIn(question);
  const isOther = asksFor(question, "relative-time") || asksFor(question, "period-edge") || namesDay(question);
  return isOther || [question, earlier].some((text) => yearsIn(text).length > 0) ? undefined : month;
}

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
  const isCompared = words.some(({ kind, text }) => kind === "string" || (kind === "number" && text.length === 4));
  const isNamed = words.some((token) => isTimeName(token, times));
  return isNamed && isCompared && !words.some(({ text }) => /^(select|null|not)$/i.test(text));
}

function isTimeName(token: SqlToken, times: readonly string[]): boolean {
  return isName(token) && times.includes(unquoted(token).toLowerCase());
}
