import { changeRequest, lastCall } from "../asked-change.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { queryOf } from "./other-way.ts";

const RUN_IT = "That is the answer before. Write the changed code, so that it runs.";
const UNCHANGED = "That is the query before, and it would give the result before.";
const NOTHING_RAN = "nothing was computed for this question: the answer rests on the one before";
const SAME_QUERY = "the query is the one before, unchanged: it answers the question before";

/** A question that changes the one before ("and the mean weight?") is answered by a result of its own, not by the old one. */
export function unrunChanges(task: Task): Guard {
  const { conversation, question } = task;
  const before = conversation.at(-2)?.messages ?? [];
  const request = task.standsAlone ? "" : changeRequest(question, before, false);
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
    atAnswer() {
      if (isSame) return { doubts: [SAME_QUERY] };
      if (request === "" || task.made.length > 0) return undefined;
      return { say: `${RUN_IT} ${request}`, doubts: [NOTHING_RAN] };
    },
  };
}

/** The same query, however it is spaced. */
function bare(query: string): string {
  return query.replace(/[\s;]+/g, "").toLowerCase();
}
