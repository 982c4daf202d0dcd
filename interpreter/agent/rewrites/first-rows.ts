// "The first measurement" by ORDER BY measured LIMIT 1, which is the smallest one: what is first or last in time is ordered
// by the time.
import { escapeRegExp } from "../../escape-regexp.ts";
import { asksFor, LANGUAGES, saysInAnyLanguage } from "../../languages/index.ts";
import { isNamedAs } from "../../languages/time-names.ts";
import type { TableInfo } from "../../sessions/session.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { tablesIn } from "../../sessions/sql/mends/mend.ts";
import { isName, isWord, listed, outlineOf, solid } from "../../sessions/sql/sql-outline.ts";
import { type SqlToken, sqlText, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { isTime } from "../../sessions/table-info.ts";
import type { Rewrite } from "./rewrite.ts";

const COMPUTES = /\b(count|sum|avg|min|max|median|arg_\w+)\s*\(/i;
const RANK = /rank|position|place|platz|rang|puesto|排名|名次|順位/i;
/** Of rows as they stand, of names, and of who arrives: the first of these is not the earliest. */
const ROWS = /\b(?:rows?|lines?|Zeilen?|filas?|lignes?)\b|行/iu;
const OTHER_ORDER =
  /alphabet|alfab|字母|五十音|\b(?:cam?e|comes?|finish\w*|plac\w*|rank\w*|won|win\w*|race)\b|\b(?:Platz|gewonnen|Rennen|Ziel)|classement|gagn|\bcourse\b|carrera|ganó|clasific|比赛|名次|冠军|順位|優勝|レース/iu;
const BY = "(?:by|nach|par|selon|por|según|按|依)";

export const firstRows: Rewrite = (query, { question, tables: all }) => {
  const tables = tablesIn(query, all);
  const end = endAsked(question);
  const { tokens, outer, selects } = outlineOf(query);
  const [time, ...otherTimes] = timesOf(tables);
  if (end === undefined || !outer || selects.length > 1 || time === undefined || otherTimes.length > 0)
    return undefined;
  const limit = outer.clauses.get("limit");
  const list = sqlText(tokens.slice(outer.range.from, outer.clauses.get("from")?.start));
  if (!limit || outer.clauses.has("group by") || COMPUTES.test(list)) return undefined;
  const by = `${identifier(time)}${end === "last" ? " DESC" : ""}`;
  const order = outer.clauses.get("order by");
  const note = `(the ${end} in time: ordered by ${time})`;
  if (!order) {
    if (ROWS.test(question)) return undefined;
    const before = sqlText(tokens.slice(0, limit.start)).trimEnd();
    return { query: `${before} ORDER BY ${by} ${sqlText(tokens.slice(limit.start))}`, note };
  }
  const [first, ...more] = listed(tokens, order);
  const words = first ? solid(tokens.slice(first.from, first.to)) : [];
  if (!first || more.length > 0 || !isOtherwise(words, end, time, question, tables)) return undefined;
  const behind = sqlText(tokens.slice(first.to));
  return { query: `${sqlText(tokens.slice(0, first.from))} ${by} ${behind}`, note };
};

type End = "first" | "last";

/** undefined where the question speaks of the highest or the lowest as well. */
function endAsked(question: string): End | undefined {
  const [isFirst, isLast] = [asksFor(question, "first-in-time"), asksFor(question, "last-in-time")];
  if (isFirst === isLast || OTHER_ORDER.test(question)) return undefined;
  const asked = isFirst ? "first-in-time" : "last-in-time";
  const rest = LANGUAGES.reduce((text, { words }) => text.replace(words[asked] ?? /(?!)/, " "), question);
  const isExtreme = [asksFor(rest, "dearest"), asksFor(rest, "cheapest")].some(Boolean);
  if (
    isExtreme ||
    saysInAnyLanguage(rest, ({ most, least }) => new RegExp(`${most.source}|${least.source}`, most.flags))
  )
    return undefined;
  return isFirst ? "first" : "last";
}

/** Columns of time; else the one that holds years. */
function timesOf(tables: readonly TableInfo[]): string[] {
  const columns = tables.flatMap((table) => table.columns);
  const times = columns.filter(({ type }) => isTime(type)).map(({ name }) => name);
  return times.length > 0 ? times : columns.map(({ name }) => name).filter((name) => isNamedAs(name, "year"));
}

/** The smallest is taken for the first, the largest for the last; or the time from its other end. */
function isOtherwise(
  words: readonly SqlToken[],
  end: End,
  time: string,
  question: string,
  tables: readonly TableInfo[],
): boolean {
  const [column, ...rest] = words;
  if (!column || !isName(column) || rest.some((token) => !isWord(token, "asc", "desc", "nulls", "first", "last")))
    return false;
  const name = unquoted(column).toLowerCase();
  const taken: End = rest.some((token) => isWord(token, "desc")) ? "last" : "first";
  if (name === time.toLowerCase()) return taken !== end;
  const isColumn = tables.some(({ columns }) => columns.some((one) => one.name.toLowerCase() === name));
  const isAskedFor = new RegExp(`${BY}\\s*(?:\\p{L}+ )?${escapeRegExp(name)}`, "iu").test(question);
  return isColumn && taken === end && !isAskedFor && !RANK.test(name);
}
