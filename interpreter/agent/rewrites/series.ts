// A query read as a series: the values of each time, in the order of the times. What is counted on from one time to the
// next is written over it.
import { LANGUAGES } from "../../languages/index.ts";
import type { Step } from "../../languages/time-steps.ts";
import { conjunctsOf } from "../../sessions/sql/conjuncts.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { equal } from "../../sessions/sql/mends/mend.ts";
import { isName, isWord, solid, tokensOf } from "../../sessions/sql/sql-outline.ts";
import { type SqlToken, sqlText, sqlTokens, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { isIdentifier, isNumeric, isTime } from "../../sessions/table-info.ts";
import { isQuantity } from "../../tools/asked-chart.ts";
import { yearsIn } from "../question/question-parts.ts";
import { type Asked, aggregatesIn, columnOf, type PlainQuery, plainQuery } from "./rewrite.ts";
import { groupKeys, type Item, type TimeKey, timeKey } from "./time-keys.ts";

const FROM_FINE_TO_COARSE: readonly Step[] = ["hour", "day", "week", "month", "quarter", "year"];

export interface Value extends Item {
  readonly expression: readonly SqlToken[];
}

export interface Series {
  readonly from: string;
  readonly column: string; // of time, as the query writes it
  readonly holdsYears: boolean; // the column, and no times
  readonly hasYear: boolean; // else its times come again in each year
  readonly step: Step | undefined; // undefined where each row has a time of its own
  readonly times: readonly Item[]; // coarse ones first: year, month
  readonly groups: readonly Item[]; // each has a series of its own
  readonly values: readonly Value[];
  readonly isGrouped: boolean;
  readonly isAddable: boolean; // rows may be taken together by their sum
  readonly where: readonly string[]; // what is to hold of each row
  readonly within: readonly string[]; // the times that are asked for; those before them are counted, too
}

export interface SeriesAsked {
  /** By which the question groups, where it says so. */
  readonly step: Step | undefined;
  /** What comes before the times that are asked for is needed: the month before the first. */
  readonly needsEarlier: boolean;
  /** A sum is asked for, whatever the rows hold; else only what says how many is added up. */
  readonly addsRows: boolean;
}

/** undefined of a query that is no series, or has a window already. */
export async function seriesOf(query: string, asked: Asked, of: SeriesAsked): Promise<Series | undefined> {
  const plain = plainQuery(query, asked);
  if (!plain || isOther(plain)) return undefined;
  const read = plain.select.clauses.has("group by") ? groupedSeries(plain) : rowSeries(plain, of);
  const conditions = read && conditionsOf(plain, read, asked, of.needsEarlier);
  if (!read || !conditions) return undefined;
  const series = { ...read, ...conditions };
  const grouped = await inSteps(series, of.step, asked);
  const isMixed = grouped && !grouped.hasYear && (await countYears(grouped, asked)) > 1;
  return isMixed && grouped.step ? groupedBy(grouped.step, grouped) : grouped;
}

/** By the step that is asked for; rows of which each step has one stay as they are. */
async function inSteps(series: Series, step: Step | undefined, asked: Asked): Promise<Series | undefined> {
  if (step === undefined || step === series.step) return series;
  return (await hasRowEach(step, series, asked)) ? { ...series, step } : groupedBy(step, series);
}

async function hasRowEach(step: Step, series: Series, { look }: Asked): Promise<boolean> {
  const { from, column, where, isGrouped } = series;
  if (isGrouped || isCoarser(series.step, step)) return false;
  const { rows } = await look(
    `SELECT count(${column}) = count(DISTINCT date_trunc('${step}', ${column})) AS each FROM ${from}${whereOf(where)}`,
  );
  return rows[0]?.["each"] === true;
}

function isCoarser(step: Step | undefined, than: Step): boolean {
  return step !== undefined && FROM_FINE_TO_COARSE.indexOf(step) > FROM_FINE_TO_COARSE.indexOf(than);
}

function isOther({ outline, select }: PlainQuery): boolean {
  const first = solid(tokensOf(outline, select, "select"))[0];
  const limit = sqlText(solid(tokensOf(outline, select, "limit")));
  return (
    (["having", "qualify", "offset"] as const).some((clause) => select.clauses.has(clause)) ||
    outline.tokens.some((token) => isWord(token, "over")) ||
    (first !== undefined && isWord(first, "distinct")) ||
    !/^1?$/.test(limit)
  );
}

type Read = Omit<Series, "where" | "within">;

function groupedSeries(plain: PlainQuery): Read | undefined {
  const keys = groupKeys(plain)?.map((key) => ({ key, time: timeKey(key, plain) }));
  const found = keys?.flatMap(({ time }) => time ?? []) ?? [];
  const [first] = found;
  const values = plain.select.items.filter(({ expression }) => aggregatesIn(expression).length > 0);
  if (!keys || !first || found.some(({ column }) => !equal(column, first.column)) || values.length === 0)
    return undefined;
  const groups = keys.filter(({ time }) => !time).map(({ key }) => key);
  if (groups.some(({ tokens }) => holdsTime(tokens, plain))) return undefined; // a part that does not follow the time
  const times = [...found].sort((a, b) => place(b) - place(a));
  return {
    ...{
      from: plain.from,
      column: first.column,
      holdsYears: first.holdsYears,
      step: times.at(-1)?.step,
      times,
      groups,
      isGrouped: true,
      isAddable: true,
    },
    values: values.map(({ expression, alias }) => ({ text: sqlText(expression).trim(), name: alias, expression })),
    hasYear: times.some((time) => time.hasYear),
  };
}

function place({ step }: TimeKey): number {
  return step === undefined ? -1 : FROM_FINE_TO_COARSE.indexOf(step);
}

function holdsTime(tokens: readonly SqlToken[], { tables }: PlainQuery): boolean {
  const times = tables.flatMap(({ columns }) => columns.filter(({ type }) => isTime(type)));
  return tokens.some((token) => isName(token) && times.some(({ name }) => equal(name, unquoted(token))));
}

/** Rows with a time and a number each; or what is computed of all rows, where the question says by which times. */
function rowSeries(plain: PlainQuery, { step, addsRows }: SeriesAsked): Read | undefined {
  const { from, select, tables, sources } = plain;
  const columns = tables.flatMap((table, i) => table.columns.map((column) => ({ ...column, source: sources[i] })));
  const typeOf = (name: string) => columns.find((one) => equal(one.name, name))?.type ?? "";
  const shown = select.items.map(({ expression, alias }) => {
    const column = columnOf(expression);
    return { text: sqlText(expression).trim(), name: alias, expression, column, type: typeOf(column ?? "") };
  });
  const isComputed = shown.every(({ expression }) => aggregatesIn(expression).length > 0);
  if (isComputed && shown.length > 0) {
    const [time, ...others] = columns.filter(({ type }) => isTime(type));
    if (!time || others.length > 0 || step === undefined) return undefined;
    const owner = sources.length > 1 ? `${identifier(time.source?.alias ?? time.source?.table ?? "")}.` : "";
    const column = `${owner}${identifier(time.name)}`;
    return {
      from,
      column,
      step: undefined,
      times: [],
      groups: [],
      values: shown,
      isGrouped: true,
      isAddable: true,
      hasYear: true,
      holdsYears: false,
    };
  }
  const times = shown.filter(({ type }) => isTime(type));
  const values = shown.filter(({ type, column }) => isNumeric(type) && !isIdentifier(column ?? ""));
  const [time] = times;
  if (!time || times.length + values.length !== shown.length || shown.length !== 2) return undefined;
  const isAddable = addsRows || values.every(({ column }) => isQuantity(column ?? ""));
  const ownStep = time.type === "DATE" ? "day" : undefined;
  return {
    from,
    column: time.text,
    step: ownStep,
    times,
    groups: [],
    values,
    isGrouped: false,
    isAddable,
    hasYear: true,
    holdsYears: false,
  };
}

/**
 * The only year that a question names, and since or until nothing, is a condition, though the query lacks it.
 * @returns undefined where conditions on the times cannot be told from others, and those before are needed
 */
function conditionsOf(
  plain: PlainQuery,
  { column }: Read,
  { question }: Asked,
  needsEarlier: boolean,
): Pick<Series, "where" | "within"> | undefined {
  const { outline, select, tables } = plain;
  const names = tables.flatMap((table) => table.columns.map(({ name }) => name));
  const own = columnNameOf(column);
  const all = conjunctsOf(outline, select).map(({ from, to }) => outline.tokens.slice(from, to));
  const isOfTime = (tokens: readonly SqlToken[]) => {
    const used = names.filter((name) => tokens.some((token) => isName(token) && equal(unquoted(token), name)));
    return used.length > 0 && used.every((name) => equal(name, own));
  };
  const textsOf = (parts: readonly (readonly SqlToken[])[]) => parts.map((tokens) => sqlText(tokens).trim());
  const times = needsEarlier ? all.filter(isOfTime) : [];
  const where =
    all.length === 0 && plain.where !== "" ? [`(${plain.where})`] : textsOf(all.filter((one) => !times.includes(one)));
  const isMixed = where.some((one) => sqlTokens(one).some((token) => isName(token) && equal(unquoted(token), own)));
  if (needsEarlier && isMixed) return undefined;
  const year = yearAsked(question);
  const isColumn = tables.some((table) => table.columns.some(({ name, type }) => isTime(type) && equal(name, own)));
  const isMissing = year !== undefined && isColumn && !plain.where.includes(year);
  const lacking = isMissing ? [`year(${column}) = ${year}`] : [];
  return needsEarlier
    ? { where, within: [...textsOf(times), ...lacking] }
    : { where: [...where, ...lacking], within: [] };
}

function columnNameOf(column: string): string {
  const last = /(?:"(?:[^"]|"")*"|[^."]+)$/.exec(column)?.[0] ?? column;
  return last.startsWith('"') ? last.slice(1, -1).replaceAll('""', '"') : last;
}

function yearAsked(question: string): string | undefined {
  const [year, ...others] = yearsIn(question);
  if (year === undefined || others.length > 0) return undefined;
  const marked = question.replaceAll(year, "#");
  const isSide = LANGUAGES.some(({ sides }) => Object.values(sides).some((words) => words.test(marked)));
  return isSide ? undefined : year;
}

/** The same values of other times; undefined of rows that would be added up, though each is of a longer time. */
function groupedBy(step: Step, series: Series): Series | undefined {
  const { column, isGrouped, values } = series;
  if (!isGrouped && (isCoarser(series.step, step) || !series.isAddable)) return undefined;
  if (series.holdsYears) return step === "year" ? series : undefined; // no month is known of it
  return {
    ...series,
    ...{ step, hasYear: true, isGrouped: true, times: [{ text: periodOf(step, column), name: step }] },
    values: isGrouped ? values : values.map((one) => ({ ...one, text: `sum(${one.text})` })),
  };
}

/** A time of one year only: the months of others are others. */
function periodOf(step: Step, column: string): string {
  if (step === "year") return `year(${column})`;
  if (step === "month") return `strftime(${column}, '%Y-%m')`;
  if (step === "hour") return `date_trunc('hour', ${column})`;
  return step === "day" ? `CAST(${column} AS DATE)` : `CAST(date_trunc('${step}', ${column}) AS DATE)`;
}

async function countYears({ from, column, where }: Series, { look }: Asked): Promise<number> {
  const { rows } = await look(`SELECT count(DISTINCT year(${column})) AS n FROM ${from}${whereOf(where)}`);
  return Number(rows[0]?.["n"]);
}

/** Whether the times that are asked for are whole ones: of a month from its 15th on, the rows before are not asked for. */
export async function asksForWholeTimes(series: Series, { look }: Asked): Promise<boolean> {
  const { from, where, within, times, isGrouped } = series;
  if (!isGrouped || within.length === 0 || times.length === 0) return true;
  const asked = within.join(" AND ");
  const by = times.map(({ text }) => text).join(", ");
  const { rows } = await look(
    `SELECT bool_and(whole) AS whole FROM (SELECT bool_or(${asked}) = bool_and(${asked}) AS whole FROM ${from}${whereOf(where)} GROUP BY ${by})`,
  );
  return rows[0]?.["whole"] === true;
}

/** Whether each time follows the one before it: a month without rows may have nothing, or is not known. */
export async function isUnbroken(
  { from, column, holdsYears, where, step, groups, isGrouped }: Series,
  { look }: Asked,
): Promise<boolean> {
  if (!isGrouped) {
    const { rows } = await look(
      `SELECT count(${column}) = count(DISTINCT ${column}) AS once FROM ${from}${whereOf(where)}`,
    );
    if (rows[0]?.["once"] !== true) return false;
  }
  if (step === undefined || step === "day") return true; // of shops that are closed on Sundays
  const span = holdsYears ? `max(${column}) - min(${column})` : `date_diff('${step}', min(${column}), max(${column}))`;
  const count = holdsYears ? column : `date_trunc('${step}', ${column})`;
  const by = groups.length === 0 ? "" : ` GROUP BY ${groups.map(({ text }) => text).join(", ")}`;
  const { rows } = await look(
    `SELECT bool_and(n = span + 1) AS unbroken FROM (SELECT count(DISTINCT ${count}) AS n, ${span} AS span FROM ${from}${whereOf(where)}${by})`,
  );
  return rows[0]?.["unbroken"] === true;
}

function whereOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
}

/** What a window of a series is over: PARTITION BY its groups, in the order of its times. */
export function overOf({ groups, times }: Series, frame = ""): string {
  const partition = groups.length === 0 ? "" : `PARTITION BY ${groups.map(({ text }) => text).join(", ")} `;
  return `OVER (${partition}ORDER BY ${times.map(({ text }) => text).join(", ")}${frame})`;
}

export interface Added {
  readonly text: string;
  readonly name: string;
  /** What is to hold of the rows that are shown. */
  readonly qualify?: readonly string[];
  /** Of the last column, in place of the times. */
  readonly first?: "most" | "least";
}

/** The series with one column more. */
export function withColumn(series: Series, { text, name, qualify = [], first }: Added): string {
  const { from, times, groups, values, isGrouped, where, within } = series;
  const keys = [...times, ...groups];
  const list = [...keys, ...values, { text, name }].map((item) =>
    item.name === undefined ? item.text : `${item.text} AS ${identifier(item.name)}`,
  );
  const by = isGrouped ? ` GROUP BY ${keys.map((key) => key.text).join(", ")}` : "";
  const asked = within.join(" AND ");
  const shown = [...(asked === "" ? [] : [isGrouped ? `bool_or(${asked})` : `(${asked})`]), ...qualify];
  const order =
    first === undefined
      ? keys.map((_, i) => i + 1).join(", ")
      : `${list.length}${first === "most" ? " DESC" : ""} NULLS LAST LIMIT 1`;
  return `SELECT ${list.join(", ")} FROM ${from}${whereOf(where)}${by}${shown.length === 0 ? "" : ` QUALIFY ${shown.join(" AND ")}`} ORDER BY ${order}`;
}
