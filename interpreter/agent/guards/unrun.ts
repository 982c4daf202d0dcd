import { tellsOfTables } from "../../context/describe-notebook.ts";
import { asksFor, saysInAnyLanguage } from "../../languages/index.ts";
import { changeRequest, lastCall } from "../question/asked-change.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { heldToQuery, queryOf } from "./other-way.ts";

const NOTHING_YET = "Nothing was computed. Write the query that answers:";
const RUN_IT = "That is the answer before. Write the changed code, so that it runs.";
const UNCHANGED = "That is the query before, and it would give the result before.";
const NOTHING_RAN = "nothing was computed for this question: the answer rests on the one before";
const NO_RESULT = "nothing was computed: the answer rests on no result";
const OF_VALUES = [
  "marks",
  "json",
  "json-lines",
  "csv",
  "csv-semicolons",
  "tsv",
  "yaml",
  "number",
  "range",
  "template",
]; // forms that hold what was computed
const SAME_QUERY = "the query is the one before, unchanged: it answers the question before";

/**
 * A question about the tables is answered by a result; one that changes the one before ("and the mean weight?") by a result
 * of its own, not by the old one.
 */
export function unrun(task: Task): Guard {
  const { conversation, question } = task;
  const before = conversation.at(-2)?.messages ?? [];
  const request = task.standsAlone || task.queryBefore !== undefined ? "" : changeRequest(question, before, false);
  const old = lastCall(before);
  let isTold = false;
  let isSame = false; // of the last call
  return {
    before(call) {
      isSame = request !== "" && old?.language === "sql" && bare(queryOf(call)) === bare(old.code);
      if (!isSame || isTold) return undefined;
      isTold = true;
      return { say: `${UNCHANGED} ${request}`, next: { warmer: true } };
    },
    atAnswer(text) {
      if (isSame) return { doubts: [SAME_QUERY] };
      if (task.made.length > 0) return undefined;
      if (request !== "") return { say: `${RUN_IT} ${request}`, doubts: [NOTHING_RAN] };
      const isLeftToOthers = text.includes("```") && !asksForValues(task); // only-code.ts
      if (isLeftToOthers || !asksForData(task, text) || saysInAnyLanguage(text, ({ cannot }) => cannot))
        return undefined;
      return { say: `${NOTHING_YET} ${question}`, ...heldToQuery(task), doubts: [NO_RESULT] };
    },
  };
}

/** The same query, however it is spaced. */
function bare(query: string): string {
  return query.replace(/[\s;]+/g, "").toLowerCase();
}

/** In a form that holds what was computed: a block of JSON is an answer, and no code. */
function asksForValues({ form: { shape } }: Task): boolean {
  return shape !== undefined && OF_VALUES.includes(shape.kind);
}

/** Whether it asks for something that tables can tell; in a language that we do not read, by a figure in the answer. */
function asksForData(task: Task, answer: string): boolean {
  const { question, conversation } = task;
  const isFigure = /[?？]\s*$/.test(question) && /\d/.test(answer);
  const asks = saysInAnyLanguage(question, (language) => language.asks) || asksFor(question, "one-value");
  return (asksForValues(task) || isFigure || asks) && tellsOfTables(conversation.at(-1)?.notebook ?? "");
}
