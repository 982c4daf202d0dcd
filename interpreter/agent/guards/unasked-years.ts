// A year in a query that nobody named: a small model that is asked for July takes the July of a year that it makes up,
// or that stands in its examples.
import { asksFor } from "../../languages/index.ts";
import { monthsIn } from "../../languages/times.ts";
import { conjunctsOf, withoutConjuncts } from "../../sessions/sql/conjuncts.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { tablesIn } from "../../sessions/sql/mends/mend.ts";
import { outlineOf, usedNames } from "../../sessions/sql/sql-outline.ts";
import { sqlText, sqlTokens } from "../../sessions/sql/sql-tokens.ts";
import { isTime } from "../../sessions/table-info.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { otherQuestion } from "./other-question.ts";
import { queryThatRan } from "./other-way.ts";

const YEAR = /^'?((?:19|20)\d\d)(?![\d.,])/; // also of '2024-07-01'
const COMPARES_YEARS = /\b(year|extract|date_part)\b/i;
const NAMES_TIME = /\d{2}/; // "the 90s", "19th century", "2024": which years are meant is the model's to say

/** The model is asked for another query once, with the time that the table covers; then the user is told. */
export function unaskedYears(task: Task): Guard {
  let facts: string[] = [];
  let shape: string | undefined; // the query without that year
  return {
    async after(call, outcome) {
      const query = queryThatRan(call, outcome) ?? "";
      const [year] = query === "" ? [] : madeUp(query, task);
      facts = year === undefined ? [] : factsOf(year, await covered(query, task));
      shape = year === undefined || monthsIn(task.question).length > 0 ? undefined : withoutYear(query, year);
      return undefined;
    },
    atAnswer: (text) => otherQuestion(text, facts, true, shape),
  };
}

/** Years of the query that stand in nothing that the model was told. */
function madeUp(query: string, task: Task): string[] {
  const { conversation, question } = task;
  const asked = conversation.map(({ messages }) => String(messages[0]?.content ?? ""));
  if (asksFor(question, "relative-time") || asked.some((one) => NAMES_TIME.test(one))) return [];
  const known = task.shown(query).join("\n");
  const mayCompare = COMPARES_YEARS.test(query);
  const years = sqlTokens(query).flatMap(({ kind, text }) => {
    const isTime = kind === "string" || (kind === "number" && mayCompare);
    return (isTime && YEAR.exec(text)?.[1]) || [];
  });
  return years.filter((year) => !known.includes(year));
}

/** undefined where no condition of its own names the year. */
function withoutYear(query: string, year: string): string | undefined {
  const outline = outlineOf(query);
  const { tokens, outer, selects } = outline;
  if (!outer || selects.length > 1) return undefined;
  const left = conjunctsOf(outline, outer).filter(({ from, to }) => sqlText(tokens.slice(from, to)).includes(year));
  return left.length === 0 ? undefined : withoutConjuncts(outline, outer, left);
}

/** Nothing where the table has no other year. */
function factsOf(year: string, time: Covered | undefined): string[] {
  if (time && [time.first, time.last].every((date) => date.startsWith(year))) return [];
  const range = time ? `; ${time.column} goes from ${time.first} to ${time.last}` : "";
  return [`the query looks for ${year}, which nobody named${range}`];
}

interface Covered {
  readonly column: string;
  readonly first: string; // ISO dates
  readonly last: string;
}

/** From when to when the column of time goes that the query names; undefined where it names none, or several. */
async function covered(query: string, { options, tables: all }: Task): Promise<Covered | undefined> {
  const { session, signal } = options.context;
  const tables = tablesIn(query, await all());
  const names = usedNames(query);
  const times = tables.flatMap(({ name, columns }) =>
    columns.filter((one) => isTime(one.type) && names.has(one.name.toLowerCase())).map((one) => ({ name, one })),
  );
  const [only, ...more] = times;
  if (!only || more.length > 0) return undefined;
  const column = identifier(only.one.name);
  const ends = `SELECT CAST(min(${column})::DATE AS VARCHAR) AS a, CAST(max(${column})::DATE AS VARCHAR) AS b FROM ${only.name}`;
  const reading = { locked: true, isQuiet: true, maxRows: 1, ...(signal && { signal }) };
  const result = await session.sql(ends, reading).catch(() => undefined);
  const { a, b } = result?.rows[0] ?? {};
  return typeof a === "string" && typeof b === "string" ? { column: only.one.name, first: a, last: b } : undefined;
}
