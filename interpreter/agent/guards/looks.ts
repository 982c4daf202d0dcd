// A look at a table is a step on the way, and never the answer: a model that cannot write the query of its question runs
// the simple one that the system proposes instead, and would tell its rows.
import type { ToolCall } from "../../chat-model.ts";
import { saysInAnyLanguage } from "../../languages/index.ts";
import { outlineOf, tokensOf } from "../../sessions/sql/sql-outline.ts";
import { sqlText } from "../../sessions/sql/sql-tokens.ts";
import { rowsOf } from "../../tools/facts.ts";
import { aggregatesIn, columnOf } from "../rewrites/rewrite.ts";
import type { CallOutcome } from "../run-call.ts";
import type { Task } from "../task.ts";
import { giveUp } from "./give-up.ts";
import type { Guard } from "./guard.ts";
import { queryOf } from "./other-way.ts";

const ONLY_A_LOOK = "(This is only a look at the table. Now write the query that answers the question.)";
const WRITE_IT = "That does not come from the question's own query. Write the query that answers:";

/** Where the last call was such a look, the model has to go on; if it does not, the task ends without an answer. */
export function looks(task: Task): Guard {
  let isLook = false; // of the last call
  return {
    async after(call, outcome) {
      isLook = !outcome.failed && (await isOnlyLook(call, outcome, task));
      if (!isLook) return undefined;
      return { instead: { ...outcome, content: `${outcome.content}\n${ONLY_A_LOOK}`, cell: undefined, facts: [] } };
    },
    atAnswer(text) {
      if (!isLook || saysInAnyLanguage(text, ({ cannot }) => cannot)) return undefined;
      const failed = task.made.findLast(({ outcome }) => outcome.failed)?.outcome;
      const { reason, answer = task.answerLanguage.sentences.notFound } = giveUp(task, failed, "max-repairs");
      return { say: `${WRITE_IT} ${task.question}`, answer, reason };
    },
  };
}

/** A query that the system proposed; or, after one that failed, whole rows of a table that nothing chooses. */
async function isOnlyLook(call: ToolCall, { facts }: CallOutcome, { proposed, made, question, tables }: Task) {
  const result = rowsOf(facts);
  if (call.name !== "run_sql" || !result) return false;
  const query = queryOf(call);
  if (proposed.some((one) => bare(one) === bare(query))) return true;
  if (!made.some(({ outcome }) => outcome.failed) || choosesRows(query, question)) return false;
  if (
    isOfFewRows(query) ||
    (listsAll(query) && made.some(({ call, outcome }) => outcome.failed && computes(queryOf(call))))
  )
    return true;
  const names = new Set(result.columns.map(({ name }) => name));
  return (await tables()).some(({ columns }) => columns.length > 0 && columns.every(({ name }) => names.has(name)));
}

/** Columns as they stand, of the first rows that come. */
function isOfFewRows(query: string): boolean {
  const { outer, tokens } = outlineOf(query);
  const items = outer?.items.map(({ expression }) => columnOf(expression)) ?? [];
  return (
    outer?.clauses.has("limit") === true &&
    !outer.clauses.has("order by") &&
    !items.includes(undefined) &&
    !tokens.some(({ text }) => /^distinct$/i.test(text))
  );
}

/** Columns as they stand, of all rows: instead of the query that computes, and failed. */
function listsAll(query: string): boolean {
  const items = outlineOf(query).outer?.items.map(({ expression }) => columnOf(expression)) ?? [];
  return items.length > 0 && !items.includes(undefined);
}

function computes(query: string): boolean {
  return aggregatesIn(outlineOf(query).tokens).length > 0;
}

/** By a condition, by groups, as the first of an order, or as many as the question says. */
function choosesRows(query: string, question: string): boolean {
  const outline = outlineOf(query);
  const { outer, selects } = outline;
  if (!outer || selects.length > 1) return true;
  if ((["where", "group by", "having", "qualify"] as const).some((clause) => outer.clauses.has(clause))) return true;
  const limit = sqlText(tokensOf(outline, outer, "limit")).trim();
  const isAsked = (question.match(/\d+/g) ?? []).some((number) => number === limit);
  return isAsked || (limit === "1" && outer.clauses.has("order by"));
}

/** The same query, however it is spaced and quoted. */
function bare(query: string): string {
  return query.replace(/[\s'";]+/g, "").toLowerCase();
}
