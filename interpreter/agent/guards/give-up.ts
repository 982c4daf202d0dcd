import { factsOf } from "../../tools/facts.ts";
import type { AgentEndReason } from "../agent-events.ts";
import { isDefinedIn } from "../question/question-parts.ts";
import type { CallOutcome } from "../run-call.ts";
import type { Task } from "../task.ts";
import type { Ending } from "./guard.ts";

/** The model could not: what its last attempt lacked is the answer, if it lacked something. */
export function giveUp(task: Task, last: CallOutcome | undefined, reason: AgentEndReason, error?: string): Ending {
  const [lacked] = last?.failed ? factsOf(last.facts, "lacks") : [];
  return lacked === undefined || isDefinedIn(lacked.column, task.question) // it is to be computed
    ? { reason, ...(error !== undefined && { error }) }
    : { reason: "unanswerable", answer: task.answerLanguage.sentences.lacks(lacked.column) };
}
