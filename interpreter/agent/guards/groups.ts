// The groups of a query against those of the question. "What is the correlation of length and depth?" is one value; by
// species it is another in each row, and each of them is told as the one that was asked for.

import { saysInAnyLanguage } from "../../languages/index.ts";
import type { SqlResult } from "../../sessions/session.ts";
import { outlineOf } from "../../sessions/sql/sql-outline.ts";
import { codeThatRan, rowsOf } from "../../tools/facts.ts";
import { type KeyedResult, keyedResult } from "../keyed-result.ts";
import { groupsOf } from "../rewrites/unasked-groups.ts";
import { isExactly, numbersIn } from "../sentences/numbers-in-text.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { otherQuestion } from "./other-question.ts";
import { queryOf } from "./other-way.ts";

const EXTREME_ROW = /\barg_(max|min)\(/i;

/** The model is asked for another query once; then the user is told. */
export function groups(task: Task): Guard {
  let fact: string | undefined;
  let totals: readonly number[] = [];
  return {
    async after(call, { failed, facts }) {
      const table = rowsOf(facts);
      const written = queryOf(call);
      const ran = codeThatRan(facts) ?? written;
      fact = undefined;
      totals = table ? totalsOf(table, ran) : [];
      if (failed || !table || written === "" || !task.standsAlone) return undefined;
      const { question, standsAlone } = task;
      const unasked = groupsOf(ran, { question, standsAlone, result: table, tables: await task.tables() });
      fact = unasked ? ofEach(unasked) : missingGroups(question, ran, written);
      return undefined;
    },
    atAnswer(text) {
      const isTotal = numbersIn(text).some((number) => totals.some((total) => isExactly(number, total))); // the one value
      return fact === undefined || isTotal ? undefined : otherQuestion(text, [fact]);
    },
  };
}

function ofEach({ keyColumns }: KeyedResult): string {
  return `the question asks for one value, and the query gives one for each ${keyColumns.join(", ")}: leave it out`;
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
