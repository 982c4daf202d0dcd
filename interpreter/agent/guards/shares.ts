// A share of a whole is between 0 and 100 %: what lies outside is the whole, a sum, or divided by something else.
import { asksFor } from "../../languages/index.ts";
import type { SqlResult } from "../../sessions/session.ts";
import { isNumeric } from "../../sessions/table-info.ts";
import { codeThatRan, rowsOf } from "../../tools/facts.ts";
import { cellText } from "../../tools/text-table.ts";
import { keyedResult } from "../keyed-result.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { otherQuestion } from "./other-question.ts";
import { queryOf } from "./other-way.ts";

const WHOLE = 100.5; // percent, rounded

/** The model is asked for another query once; then the user is told. */
export function shares(task: Task): Guard {
  const isAsked = asksFor(task.question, "share-of-rows") && !asksFor(task.question, "change-over-time");
  let facts: string[] = [];
  return {
    after(call, { failed, facts: found }) {
      const table = rowsOf(found);
      const query = codeThatRan(found) ?? queryOf(call);
      const isComputed = /[/(]/.test(query); // a column that is looked up may hold any rate
      facts = isAsked && !failed && call.name === "run_sql" && table && isComputed ? outside(table, query) : [];
      return undefined;
    },
    atAnswer: (text) => otherQuestion(text, facts),
  };
}

/** Where no number of the result can be a share. */
function outside(table: SqlResult, query: string): string[] {
  const numbers = table.columns.flatMap(({ name, type }) => (isNumeric(type) ? [name] : []));
  const measures = keyedResult(table, query)?.measures ?? numbers;
  const values = table.rows.flatMap((row) =>
    measures.flatMap((name) => (row[name] === null ? [] : [Number(row[name])])),
  );
  const isOutside = values.length > 0 && values.every((value) => value < 0 || value > WHOLE);
  return isOutside ? [`${cellText(values[0])} is no share of a whole, which is between 0 and 100 %`] : [];
}
