// The groups of a query against those of the question. "What is the correlation of length and depth?" is one value; by
// species it is another in each row, and each of them is told as the one that was asked for.

import { wholeWord } from "../../escape-regexp.ts";
import { asksFor, saysInAnyLanguage } from "../../languages/index.ts";
import type { SqlResult } from "../../sessions/session.ts";
import { outlineOf } from "../../sessions/sql/sql-outline.ts";
import { sqlText } from "../../sessions/sql/sql-tokens.ts";
import { codeThatRan, rowsOf } from "../../tools/facts.ts";
import { sharesWord } from "../../tools/renamed-columns.ts";
import { keyedResult } from "../keyed-result.ts";
import { isExactly, numbersIn } from "../numbers-in-text.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { otherQuestion } from "./other-question.ts";
import { queryOf } from "./other-way.ts";

const STEM = 4; // UTF-16 units of a key: "Japan" is named by "Japanese"
const EXTREME_ROW = /\barg_(max|min)\(/i;

/** The model is asked for another query once; then the user is told. */
export function groups(task: Task): Guard {
  let fact: string | undefined;
  let shape: string | undefined; // of the query without the groups that nobody asked for
  let totals: readonly number[] = [];
  return {
    after(call, { failed, facts }) {
      const table = rowsOf(facts);
      const written = queryOf(call);
      const ran = codeThatRan(facts) ?? written;
      fact = undefined;
      shape = undefined;
      totals = table ? totalsOf(table, ran) : [];
      if (failed || !table || written === "" || !task.standsAlone) return undefined;
      const unasked = unaskedGroups(task.question, ran, table);
      shape = unasked === undefined ? undefined : withoutGroups(ran, table);
      fact = unasked ?? missingGroups(task.question, ran, written);
      return undefined;
    },
    atAnswer(text) {
      const isTotal = numbersIn(text).some((number) => totals.some((total) => isExactly(number, total))); // the one value
      return fact === undefined || isTotal ? undefined : otherQuestion(text, [fact], true, shape);
    },
  };
}

/** One value is asked for, and there are several: of a column that the question does not speak of. */
function unaskedGroups(question: string, query: string, table: SqlResult): string | undefined {
  const { outer } = outlineOf(query);
  const result = keyedResult(table, query);
  if (!outer?.clauses.has("group by") || !result || result.rowCount < 2 || mayMeanSeveral(question)) return undefined;
  const isNamed =
    result.keyColumns.some((name) => sharesWord(name, question)) ||
    result.rows.some(({ keys }) => keys.some((key) => isKeyIn(question, key)));
  const names = result.keyColumns.join(", ");
  return isNamed
    ? undefined
    : `the question asks for one value, and the query gives one for each ${names}: leave it out`;
}

/** What the query computes of all its rows; undefined where nothing else is left of its list. */
function withoutGroups(query: string, table: SqlResult): string | undefined {
  const { tokens, outer } = outlineOf(query);
  const { measures = [] } = keyedResult(table, query) ?? {};
  const items = outer?.items.length === table.columns.length ? outer.items : [];
  const computed = items.filter((_, i) => measures.includes(table.columns[i]?.name ?? ""));
  const clauses = (["from", "where"] as const).flatMap((name) => {
    const range = outer?.clauses.get(name);
    return range ? [sqlText(tokens.slice(range.start, range.to)).trim()] : [];
  });
  const list = computed.map(({ range }) => sqlText(tokens.slice(range.from, range.to)).trim()).join(", ");
  return list === "" || clauses.length === 0 ? undefined : `SELECT ${list} ${clauses.join(" ")}`;
}

function totalsOf(table: SqlResult, query: string): number[] {
  const { measures = [], rows = [] } = keyedResult(table, query) ?? {};
  return measures.map((name) => rows.reduce((sum, { values }) => sum + (values.get(name) ?? 0), 0));
}

/** Where a mend took max(x) beside a name for the row that has it, and the question asks for the highest of each. */
function missingGroups(question: string, ran: string, written: string): string | undefined {
  const isMended = EXTREME_ROW.test(ran) && !EXTREME_ROW.test(written);
  if (!isMended || outlineOf(ran).outer?.clauses.has("group by")) return undefined;
  const isEach = saysInAnyLanguage(question, ({ each }) => each);
  return isEach ? "the question asks for a value of each, and the query has no GROUP BY" : undefined;
}

/** Only a question that begins as one for a single value, without a word that groups, ranks or compares. */
function mayMeanSeveral(question: string): boolean {
  if (!asksFor(question, "one-value") || asksFor(question, "groups")) return true;
  return saysInAnyLanguage(question, ({ most }) => most) || saysInAnyLanguage(question, ({ least }) => least);
}

function isKeyIn(question: string, key: string): boolean {
  if (key.length < STEM || /^\d/.test(key)) return wholeWord(key).test(question);
  return question.toLowerCase().includes(key.slice(0, STEM).toLowerCase());
}
