// Parts of dates, and dates compared with years, months and patterns.

import { escapeRegExp, wholeWord } from "../../../escape-regexp.ts";
import { isNamedAs } from "../../../languages/time-names.ts";
import { monthIn, weekdayNamed } from "../../../languages/times.ts";
import type { TableInfo } from "../../session.ts";
import { identifier } from "../database.ts";
import { nextSign, previousWord, sqlText, sqlTokens, unquoted } from "../sql-tokens.ts";
import { columnsOf, type Mend, missingColumn } from "./mend.ts";

/** DuckDB's functions of a date, and what a query takes them for when it takes them for columns. */
const PARTS = {
  year: "year",
  month: "month",
  day: "day",
  hour: "hour",
  dayname: "weekday",
  quarter: "quarter",
  week: "week",
} as const;

/** month, year: of the only date there is. */
export const datePart: Mend = (query, error, tables) => {
  const part = missingColumn(error);
  const [call] = Object.entries(PARTS).find(([, name]) => part !== undefined && isNamedAs(part, name)) ?? [];
  const date = call && onlyDate(query, tables);
  if (!part || !date) return undefined;
  const of = `${call}(${identifier(date)})`;
  const tokens = sqlTokens(query);
  const mended = sqlText(
    tokens.map((token, i) => {
      const isName = token.kind === "word" || token.kind === "quoted";
      const calls = nextSign(tokens, i) === "(";
      const isAlias = previousWord(tokens, i)?.toLowerCase() === "as";
      return isName && !calls && !isAlias && unquoted(token).toLowerCase() === part.toLowerCase()
        ? { ...token, text: of }
        : token;
    }),
  );
  return { query: mended };
};

/**
 * '15/01/2024', '1/15/2024', '15.1.2024' -> '2024-01-15', where only one of the two can be the month, or a point says which.
 * Of 03/02/2024 nobody knows.
 */
export const dateText: Mend = (query, error) => {
  const [, text = ""] = /invalid (?:date|timestamp) field format: "([^"]+)"/i.exec(error) ?? [];
  const [, a, sign, b, year] = /^(\d{1,2})([./-])(\d{1,2})\2(\d{4})$/.exec(text) ?? [];
  if (a === undefined || b === undefined) return undefined;
  const isDayFirst = sign === "." || Number(a) > 12;
  if (!isDayFirst && Number(b) <= 12) return undefined;
  const [day, month] = (isDayFirst ? [a, b] : [b, a]).map((part) => part.padStart(2, "0"));
  const date = `${year}-${month}-${day}`;
  return { query: query.replaceAll(`'${text}'`, `'${date}'`), note: `(${text} is read as ${date})` };
};

/** day LIKE '2013%', phone LIKE '030%' of what is no text. */
export const patternOfNoText: Mend = (query, error, tables) => {
  const columns = columnsOf(query, tables, /^(?!VARCHAR)/);
  if (columns.length === 0 || !/'!?~~|LIKE/i.test(error)) return undefined;
  const pattern = new RegExp(`${oneOf(columns)}\\s+(NOT\\s+)?(I?LIKE)\\b`, "giu");
  return { query: query.replace(pattern, "CAST($1 AS VARCHAR) $2$3") };
};

/** A column's name with quotes or without, and with its table's or without, as a group of a regular expression. */
function oneOf(columns: readonly string[]): string {
  const names = columns.map((column) => `${escapeRegExp(identifier(column))}|${wholeWord(column).source}`);
  return `((?:(?:"[^"]+"|[\\p{L}_][\\p{L}\\p{N}_]*)\\.)?(?:${names.join("|")}))`;
}

/** date = '2016' -> its year; date = 'Sunday', date = 'July 2024' -> its day's name, its month. */
export const dateCompare: Mend = (query, error, tables, question) => {
  const dates = columnsOf(query, tables, /^(DATE|TIMESTAMP)/);
  if (dates.length === 0) return undefined;
  const name = oneOf(dates);
  if (/invalid (date|timestamp) field format|Conversion Error|Cannot compare/i.test(error)) {
    const named = query.replace(new RegExp(`${name}\\s*=\\s*'([^']*\\p{L}[^']*)'`, "giu"), namedTime);
    if (named !== query) return { query: named };
    const asked = monthIn(question)?.month; // "only July?" by day = 7
    const ofMonth = query.replace(
      new RegExp(`${name}\\s*=\\s*'?0?${asked}'?(?![\\d-])`, "giu"),
      `month($1) = ${asked}`,
    );
    if (asked !== undefined && ofMonth !== query) return { query: ofMonth };
    const isMonth = new RegExp(`\\bmonth\\(${name}\\)\\s*=\\s*'(\\d{4}-\\d{2})'`, "giu");
    const whole = query.replace(isMonth, "strftime($1, '%Y-%m') = '$2'");
    const month = whole.replace(new RegExp(`${name}\\s*=\\s*'(\\d{4}-\\d{2})'`, "giu"), "strftime($1, '%Y-%m') = '$2'");
    const year = month.replace(
      new RegExp(`${name}\\s*(=|<>|!=|>=|<=|>|<)\\s*'?(\\d{4})'?(?![\\d-])`, "giu"),
      "year($1) $2 $3",
    );
    return {
      query: year.replace(
        new RegExp(`${name}\\s+BETWEEN\\s+'?(\\d{4})'?\\s+AND\\s+'?(\\d{4})'?(?![\\d-])`, "giu"),
        "year($1) BETWEEN $2 AND $3",
      ),
    };
  }
  return undefined;
};

/** What is compared is left as it stands where it is no day of the week and no month. */
function namedTime(whole: string, column: string, text: string): string {
  const weekday = weekdayNamed(text);
  if (weekday !== undefined) return `dayname(${column}) = '${weekday}'`;
  const { month, year } = monthIn(text) ?? {};
  if (month === undefined) return whole;
  const padded = String(month).padStart(2, "0");
  return year === undefined ? `month(${column}) = ${month}` : `strftime(${column}, '%Y-%m') = '${year}-${padded}'`;
}

function onlyDate(query: string, tables: readonly TableInfo[]): string | undefined {
  const dates = columnsOf(query, tables, /^(DATE|TIMESTAMP)/);
  return dates.length === 1 ? dates[0] : undefined;
}
