// "Which month had the most births?" by max(month), which is the last month, or by the row with the most of them, which is one of
// its many: the months are what is compared.

import { asksFor, LANGUAGES, saysInAnyLanguage } from "../../languages/index.ts";
import { type AskedMost, askedMost } from "../../languages/measures.ts";
import { isNamedAs } from "../../languages/time-names.ts";
import type { TableInfo } from "../../sessions/session.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { equal } from "../../sessions/sql/mends/mend.ts";
import { isName, tokensOf } from "../../sessions/sql/sql-outline.ts";
import { sqlText, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { isIdentifier, isNumeric, isTime } from "../../sessions/table-info.ts";
import { derivedMeasure, isQuantity } from "../../tools/asked-chart.ts";
import { type Asked, aggregatesIn, type PlainQuery, plainQuery, type Rewrite } from "./rewrite.ts";
import { isOfTable, mayBeNamedIn } from "./spoken.ts";
import { partWriter, type Unit, unitAsked, WHO } from "./time-parts.ts";

const WHICH: Readonly<Partial<Record<Unit, "which-hour" | "which-day" | "which-month" | "which-year">>> = {
  hour: "which-hour",
  day: "which-day",
  month: "which-month",
  year: "which-year",
};
const OTHER_THAN_WHICH = /\b(?:by|per|each|every|pro|je|jede[nmrs]?|nach|par|chaque|por|cada)\b|每|各|ごと|毎|別/iu;

/** SELECT max(day) FROM rides -> SELECT month, sum(passengers) ... GROUP BY month ORDER BY sum(passengers) DESC LIMIT 1 */
export const timesWithMost: Rewrite = async (query, asked) => {
  const found = comparedTimes(query, asked);
  const measure = found && measureAsked(asked.question, found.table, found.end);
  if (!found || !measure || !(takesEnd(found) || takesRow(found, measure))) return undefined;
  const { plain, table, time, unit, end } = found;
  const column = identifier(time.name);
  const part = isTime(time.type) ? (await partWriter(unit, time.name, table, asked))(column) : column;
  const filter = [...(plain.where === "" ? [] : [`(${plain.where})`]), `${column} IS NOT NULL`].join(" AND ");
  const limit = sqlText(tokensOf(plain.outline, plain.select, "limit")).trim() || "1";
  const down = end === "most" ? " DESC" : "";
  return {
    query: `SELECT ${part} AS "${unit}", ${measure.call} AS ${identifier(measure.name)} FROM ${plain.from} WHERE ${filter} GROUP BY 1 ORDER BY ${measure.call}${down} LIMIT ${limit}`,
    note: `(each ${unit} is taken together, by ${measure.call}: the ${end === "most" ? "most" : "least"} was asked for)`,
  };
};

/** What is wrong with a query that takes the last month where the one with the most is asked for. */
export function takenEndOfTime(query: string, asked: Pick<Asked, "question" | "tables">): string | undefined {
  const found = comparedTimes(query, asked);
  if (!found || !takesEnd(found)) return undefined;
  return `the question asks for the ${found.unit} with the ${found.end} of something, and the query takes an end of ${found.time.name}`;
}

interface ComparedTimes {
  readonly plain: PlainQuery;
  readonly table: TableInfo;
  readonly time: TableInfo["columns"][number];
  readonly unit: Unit;
  readonly end: End;
}

/** Of a query without groups, where the question asks which time has the most. */
function comparedTimes(query: string, asked: Pick<Asked, "question" | "tables">): ComparedTimes | undefined {
  const { question } = asked;
  const unit = unitAsked(question);
  const end = endAsked(question);
  const plain = unit && end ? plainQuery(query, asked) : undefined;
  const [table, ...joined] = plain?.tables ?? [];
  if (!unit || !end || !plain || !table || joined.length > 0 || !asksWhich(unit, question)) return undefined;
  const time = timeOf(table, unit);
  const isOther = time === undefined || WHO.test(question) || plain.select.clauses.has("group by");
  return isOther ? undefined : { plain, table, time, unit, end };
}

type End = "most" | "least";

function endAsked(question: string): End | undefined {
  const most = askedMost(question);
  const isMost = saysInAnyLanguage(question, ({ most }) => most);
  const isLeast = saysInAnyLanguage(question, ({ least }) => least);
  return most?.end ?? (isMost === isLeast ? undefined : isMost ? "most" : "least");
}

/** One of them is asked for, and not a value of each. */
function asksWhich(unit: Unit, question: string): boolean {
  const word = WHICH[unit];
  const found =
    word && LANGUAGES.map(({ words }) => words[word]?.exec(question)?.[0]).find((text) => text !== undefined);
  return unit === "weekday" || (found !== undefined && !OTHER_THAN_WHICH.test(found));
}

/** The only time; else, where a year is asked for, the column of years. */
function timeOf(table: TableInfo, unit: Unit): TableInfo["columns"][number] | undefined {
  const times = table.columns.filter(({ type }) => isTime(type));
  const years = table.columns.filter(({ name }) => unit === "year" && isNamedAs(name, "year"));
  const [time, ...others] = times.length > 0 ? times : years;
  const isTooFine = time?.type === "DATE" && unit === "hour";
  return others.length > 0 || isTooFine ? undefined : time;
}

interface Measure {
  readonly call: string;
  readonly name: string;
  readonly column?: string; // that is added up
}

/** What the most is asked of: rows, the sum of a column that says how many, else a column's mean or its end. */
function measureAsked(question: string, table: TableInfo, end: End): Measure | undefined {
  const most = askedMost(question);
  const revenue = derivedMeasure(question, table);
  if (revenue !== undefined) return { call: `sum(${revenue})`, name: "revenue" };
  const numbers = table.columns
    .filter(({ name, type }) => isNumeric(type) && !isIdentifier(name))
    .map(({ name }) => name);
  const named = numbers.filter((name) => mayBeNamedIn(name, most && most.of !== "" ? most.of : question));
  const [column, ...others] = named;
  if (others.length > 0) return undefined;
  const of = (call: string) => ({ call: `${call}(${identifier(column ?? "")})`, name: column ?? "" });
  if (column === undefined)
    return most && countsRows(most, table, question) ? { call: "count(*)", name: "count" } : undefined;
  if (asksFor(question, "mean")) return of("avg");
  if (most || asksFor(question, "total") || asksFor(question, "revenue") || isQuantity(column))
    return { ...of("sum"), column };
  return of(end === "most" ? "max" : "min");
}

/** "The most crossings", and not "the most expensive". */
function countsRows({ of, isOfRows }: AskedMost, table: TableInfo, question: string): boolean {
  const isEnd = saysInAnyLanguage(question, ({ most }) => most) || saysInAnyLanguage(question, ({ least }) => least);
  return isOfRows || isOfTable(of, table) || isEnd;
}

/** max(day), or the first rows by it: nothing else is in the query's list and its order. */
function takesEnd({ plain, time }: ComparedTimes): boolean {
  const { names, calls } = usedBy(plain);
  return (
    names.length > 0 && names.every((name) => equal(name, time.name)) && calls.every((name) => /^(min|max)$/.test(name))
  );
}

/** The first row by a column that is to be added up. */
function takesRow({ plain, time }: ComparedTimes, { column }: Measure): boolean {
  const { names, calls } = usedBy(plain);
  const isRow = calls.length === 0 && plain.select.clauses.has("order by") && plain.select.clauses.has("limit");
  return isRow && column !== undefined && names.every((name) => equal(name, time.name) || equal(name, column));
}

/** Columns and aggregates of a query's list and its order. */
function usedBy({ outline, select, tables }: PlainQuery) {
  const tokens = (["select", "order by"] as const).flatMap((clause) => [...tokensOf(outline, select, clause)]);
  const columns = tables.flatMap((table) => table.columns.map(({ name }) => name));
  return {
    names: columns.filter((name) => tokens.some((token) => isName(token) && equal(unquoted(token), name))),
    calls: aggregatesIn(tokens).map(({ name }) => name),
  };
}
