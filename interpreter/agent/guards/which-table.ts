// Of a folder's tables a query reads one that the question has no word of, though it has words of another; or one of
// several that all have what is asked for, so that whoever meant another has no way to see it.
import { type ColumnValues, columnValues } from "../../context/column-values.ts";
import { scoresOf } from "../../context/relevant-tables.ts";
import { escapeRegExp, wholeWord } from "../../escape-regexp.ts";
import type { TableInfo } from "../../sessions/session.ts";
import { isName, solid } from "../../sessions/sql/sql-outline.ts";
import { sqlTokens, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { fileOf, queryNames } from "../../sessions/table-info.ts";
import type { Task } from "../task.ts";
import type { AnswerObjection, Guard } from "./guard.ts";
import { otherQuestion } from "./other-question.ts";
import { queryThatRan } from "./other-way.ts";

const SURE = 1; // score of a table that a question has a word of, or two that mean the same
const MAX_TOLD = 3; // tables by name

/** In the first case the model is asked once, and then the user is told; in the second the user is told. */
export function whichTable(task: Task): Guard {
  let found: (text: string) => AnswerObjection | undefined = () => undefined;
  return {
    async after(call, outcome) {
      const query = queryThatRan(call, outcome);
      const tables = query === undefined || !task.standsAlone ? [] : await task.tables();
      const read = tables.filter((table) => queryNames(query ?? "", table));
      found = () => undefined;
      if (query === undefined || read.length === 0 || tables.length < 2) return undefined;
      const { session, signal } = task.options.context;
      const values = await columnValues(session, tables, signal).catch((): ColumnValues => new Map());
      signal?.throwIfAborted();
      const { question } = task;
      const about = new Set((await task.relevantTables()).map(({ name }) => name));
      const scores = scoresOf(tables, question, values).sort((a, b) => b.score - a.score);
      const best = scores[0]!;
      const isOther = best.score >= SURE && !read.some(({ name }) => about.has(name));
      const elsewhere = namedElsewhere(question, query, read, tables, values);
      const [own] = read;
      const alike = read.length > 1 || !own ? [] : othersAlike(own, query, scores);
      const isTold = alike.some(({ name }) => about.has(name));
      if (isOther) found = (text) => otherQuestion(text, [otherTable(read, best.table)]);
      else if (elsewhere !== undefined) found = (text) => otherQuestion(text, [elsewhere]);
      else if (isTold && own) found = (text) => otherQuestion(text, [oneOfSeveral(own, alike)], false);
      return undefined;
    },
    atAnswer: (text) => found(text),
  };
}

/** "Brazil", which another table has, and the ones that the query reads do not. */
function namedElsewhere(
  question: string,
  query: string,
  read: readonly TableInfo[],
  tables: readonly TableInfo[],
  values: ColumnValues,
): string | undefined {
  const isRead = (value: string) =>
    wholeWord(value).test(query) ||
    read.some(({ name }) => [...(values.get(name)?.values() ?? [])].some((list) => list.includes(value)));
  for (const table of tables.filter((one) => !read.includes(one)))
    for (const [column, list] of values.get(table.name) ?? []) {
      const value = list.find((one) => isProperName(one, question) && !isRead(one));
      if (value !== undefined)
        return `the question names ${value}, a value of ${column} in ${fileOf(table)}, which the query does not read`;
    }
  return undefined;
}

/** As a name is written, and not at the beginning of a sentence, where each word is. */
function isProperName(value: string, question: string): boolean {
  if (!question.includes(value) || !/^\p{Lu}\p{L}{3,}/u.test(value)) return false; // most values are in no question
  const at = question.search(new RegExp(`(?<![\\p{L}\\p{N}_-])${escapeRegExp(value)}(?![\\p{L}\\p{N}_-])`, "u"));
  return at > 0 && !/[.?!:]\s*$/.test(question.slice(0, at));
}

/** Tables that have every column which the query names, and of which the question has as many words. */
function othersAlike(own: TableInfo, query: string, scores: ReturnType<typeof scoresOf>): TableInfo[] {
  const names = solid(sqlTokens(query))
    .filter(isName)
    .map((token) => unquoted(token).toLowerCase());
  const used = own.columns.map(({ name }) => name.toLowerCase()).filter((name) => names.includes(name));
  const least = scores.find(({ table }) => table === own)?.score ?? 0;
  return scores.flatMap(({ table, score }) => {
    const columns = table.columns.map(({ name }) => name.toLowerCase());
    return table !== own && score >= least && used.length > 0 && used.every((name) => columns.includes(name))
      ? [table]
      : [];
  });
}

function otherTable(read: readonly TableInfo[], other: TableInfo): string {
  return `the question has words of ${fileOf(other)}, and none of ${read.map(fileOf).join(", ")}, which the query reads`;
}

function oneOfSeveral(own: TableInfo, others: readonly TableInfo[]): string {
  const names = others.slice(0, MAX_TOLD).map(fileOf).join(", ");
  const more = others.length > MAX_TOLD ? ` and ${others.length - MAX_TOLD} more` : "";
  return `only ${fileOf(own)} was read, and ${names}${more} may be meant as well`;
}
