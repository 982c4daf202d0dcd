// "No, I meant Bergen", after a question about Oslo: the query before, for the other value, and nothing else is changed.
import { escapeRegExp, wholeWord } from "../../escape-regexp.ts";
import { asksFor, saysInAnyLanguage } from "../../languages/index.ts";
import { monthIn, monthName, namesDay } from "../../languages/times.ts";
import type { TableInfo } from "../../sessions/session.ts";
import { identifier, quoted } from "../../sessions/sql/database.ts";
import { withName } from "../../sessions/sql/sql-outline.ts";
import { type SqlToken, sqlText } from "../../sessions/sql/sql-tokens.ts";
import { isNumeric } from "../../sessions/table-info.ts";
import { valuesNamed, yearsIn } from "../question/question-parts.ts";
import { type Asked, aggregatesIn, columnOf, type PlainQuery, plainQuery, type Rewrite } from "./rewrite.ts";
import { isNamedIn } from "./spoken.ts";
import { type Condition, conditionsIn, textColumn } from "./text-conditions.ts";

const MAX_LENGTH = 60; // UTF-16 units of a question that changes a value and nothing else
const MAX_VALUES = 1_000; // of a column
const TEXT_OF_MONTH = /^'\d{4}-(\d\d)-?%?'$/;
const NUMBER_OF_MONTH = /^(\d{1,2})$/;
const YEAR = /(?<!\d)(?:1[5-9]|20)\d\d(?!\d)/g;

/** avg(rent) ... WHERE city = 'Oslo' -> avg(rent) ... WHERE city = 'Bergen' */
export const followedValues: Rewrite = async (query, asked) => {
  const old = asked.before === "" || asked.question.length > MAX_LENGTH ? undefined : plainQuery(asked.before, asked);
  const measured = old && bare(asked.before) === bare(query) ? otherMeasure(old, asked.question) : undefined;
  if (measured) return { query: measured.query, note: noteOf(measured) };
  const other =
    old && ((await otherValue(old, asked)) ?? otherYear(old, asked.question) ?? otherMonth(old, asked.question));
  if (!old || !other || asksForMore(asked.question.replace(other.said ?? other.to, " "), old)) return undefined;
  if (bare(other.query) === bare(query)) return undefined;
  return { query: other.query, note: noteOf(other) };
};

interface Swapped {
  readonly query: string;
  readonly from: string;
  readonly to: string;
  readonly said?: string; // as the question has it, where that is otherwise
}

function noteOf({ from, to }: Swapped): string {
  return `(the query of the question before, for ${to} instead of ${from})`;
}

/** The one number that the question names and the query does not compute with, for the one that it does. */
function otherMeasure({ outline, tables }: PlainQuery, question: string): Swapped | undefined {
  const [call, ...more] = aggregatesIn(outline.tokens);
  const numbers = tables.flatMap(({ columns }) =>
    columns.filter(({ type }) => isNumeric(type)).map(({ name }) => name),
  );
  const computed = call && columnOf(call.inside)?.toLowerCase();
  const from = numbers.find((name) => name.toLowerCase() === computed);
  const [to, ...others] = new Set(numbers.filter((name) => name !== from && isNamedIn(name, question)));
  if (from === undefined || to === undefined || more.length > 0 || others.length > 0) return undefined;
  return { query: withName(sqlText(outline.tokens), from, identifier(to)), from, to };
}

/** The one value that the question names of a column that the query compares with another. */
async function otherValue(old: PlainQuery, asked: Asked): Promise<Swapped | undefined> {
  const { tokens } = old.outline;
  const found: Swapped[] = [];
  for (const condition of conditionsIn(tokens)) {
    const { from, to, text, column, isNot } = condition;
    if (text === undefined || isNot) continue;
    const [value, ...others] = (await namedValues(condition, old, asked)).filter((one) => one !== text);
    if (value === undefined || others.length > 0) continue;
    const meant = `${sqlText(tokens.slice(0, from))}${column} = ${quoted(value)}${sqlText(tokens.slice(to))}`;
    found.push({ query: meant, from: text, to: value });
  }
  return found.length === 1 ? found[0] : undefined;
}

async function namedValues({ name }: Condition, { tables }: PlainQuery, { question, look }: Asked): Promise<string[]> {
  const column = textColumn(tables, name);
  if (!column) return [];
  const { rows } = await look(
    `SELECT DISTINCT ${identifier(column.name)} AS value FROM ${column.table.name} LIMIT ${MAX_VALUES}`,
  );
  const values = rows.flatMap(({ value }) => (typeof value === "string" ? [value] : []));
  const codes = values.filter((value) => /\d/.test(value) && /\p{L}/u.test(value) && wholeWord(value).test(question));
  return [...new Set([...valuesNamed(question, values), ...codes])];
}

/** The only year of the question, in the place of the only one of the query. */
function otherYear({ outline: { tokens } }: PlainQuery, question: string): Swapped | undefined {
  const [to, ...others] = yearsIn(question);
  const isOfYears = ({ kind }: SqlToken) => kind === "number" || kind === "string";
  const [from, ...more] = new Set(tokens.filter(isOfYears).flatMap(({ text }) => text.match(YEAR) ?? []));
  if (to === undefined || from === undefined || from === to || others.length > 0 || more.length > 0) return undefined;
  const year = new RegExp(`(?<!\\d)${escapeRegExp(from)}(?!\\d)`, "g");
  const meant = tokens.map((token) => (isOfYears(token) ? { ...token, text: token.text.replace(year, to) } : token));
  return { query: sqlText(meant), from, to };
}

/** The only month of the question, in the place of the only one of the query: month(day) = 7, day LIKE '2024-07%'. */
function otherMonth({ outline: { tokens } }: PlainQuery, question: string): Swapped | undefined {
  const asked = namesDay(question) ? undefined : monthIn(question);
  const words = tokens.map((token, at) => ({ ...token, at })).filter(({ kind }) => kind !== "space");
  const isOfMonth = (i: number) => {
    const open = words.slice(0, i).findLastIndex(({ text }) => text === "(");
    const isCompared = words[i - 1]?.text === "=" && words[i - 2]?.text === ")";
    return isCompared && /^month$/i.test(words[open - 1]?.text ?? "");
  };
  const found = words.flatMap(({ kind, text, at }, i) => {
    const [, written] =
      (kind === "string" ? TEXT_OF_MONTH : isOfMonth(i) ? NUMBER_OF_MONTH : undefined)?.exec(text) ?? [];
    return written === undefined ? [] : [{ at, written }];
  });
  const [from, ...more] = new Set(found.map(({ written }) => Number(written)));
  if (!asked || asked.year !== undefined || from === undefined || from === asked.month || more.length > 0)
    return undefined;
  const meant = tokens.map((token, at) => {
    const one = found.find((other) => other.at === at);
    const month = String(asked.month).padStart(one?.written.length ?? 0, "0");
    return one ? { ...token, text: token.text.replace(new RegExp(`${one.written}(?=\\D*$)`), month) } : token;
  });
  const said = /\d{1,2}\s*月/u.exec(question)?.[0];
  return { query: sqlText(meant), from: monthName(from), to: asked.name, ...(said !== undefined && { said }) };
}

/** A column, a number, a function or a chart beside the value. */
function asksForMore(rest: string, { tables }: PlainQuery): boolean {
  const names = tables.flatMap(({ columns }: TableInfo) => columns.map(({ name }) => name));
  const isComputed = (["mean", "total", "row-count", "top", "share-of-rows", "month", "year"] as const).some((one) =>
    asksFor(rest, one),
  );
  const isOther =
    saysInAnyLanguage(rest, ({ chart }) => chart) || saysInAnyLanguage(rest, ({ functions }) => functions.median);
  return /\d/.test(rest) || isComputed || isOther || names.some((name) => isNamedIn(name, rest));
}

function bare(query: string): string {
  return query.replace(/[\s;"']+/g, "").toLowerCase();
}
