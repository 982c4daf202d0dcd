// A share of a whole is between 0 and 100 %: what lies outside is the whole, a sum, or divided by something else.
import { asksFor } from "../../languages/index.ts";
import type { SqlResult } from "../../sessions/session.ts";
import { isNumeric } from "../../sessions/table-info.ts";
import { rowsOf } from "../../tools/facts.ts";
import { cellText } from "../../tools/text-table.ts";
import { keyedResult } from "../keyed-result.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { otherQuestion } from "./other-question.ts";
import { queryThatRan } from "./other-way.ts";

const WHOLE = 100.5; // percent, rounded
const NAMES_SHARE = /percent|share|pct|anteil|prozent|pourcent|porcent|proportion|占比|割合/i;

/** The model is asked for another query once; then the user is told. */
export function shares(task: Task): Guard {
  const isAsked = asksFor(task.question, "share-of-rows") && !asksFor(task.question, "change-over-time");
  let facts: string[] = [];
  return {
    after(call, outcome) {
      const table = rowsOf(outcome.facts);
      const query = queryThatRan(call, outcome) ?? "";
      const isComputed = /[/(]/.test(query); // a column that is looked up may hold any rate
      facts = isAsked && table && isComputed ? outside(table, query) : [];
      return undefined;
    },
    atAnswer: (text) => otherQuestion(text, facts),
  };
}

/** Where no number of the result can be a share, or one that is called so is none. */
function outside(table: SqlResult, query: string): string[] {
  const numbers = table.columns.flatMap(({ name, type }) => (isNumeric(type) ? [name] : []));
  const measures = keyedResult(table, query)?.measures ?? numbers;
  const outsideOf = (name: string) =>
    table.rows.flatMap((row) => {
      const value = Number(row[name]);
      return row[name] !== null && (value < 0 || value > WHOLE) ? [value] : [];
    });
  const called = measures.filter((name) => NAMES_SHARE.test(name)).flatMap(outsideOf);
  const isNone = measures.length > 0 && measures.every((name) => outsideOf(name).length === table.rows.length);
  const [value] = isNone ? measures.flatMap(outsideOf) : called;
  return value === undefined ? [] : [`${cellText(value)} is no share of a whole, which is between 0 and 100 %`];
}
