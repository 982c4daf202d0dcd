import type { ToolCall } from "../../chat-model.ts";
import { fitsSentence } from "../forms/result-sentence.ts";
import type { Task } from "../task.ts";
import { giveUp } from "./give-up.ts";
import type { Ending, Guard } from "./guard.ts";
import { otherWay } from "./other-way.ts";
import { plainAnswer } from "./plain-answer.ts";

const ANSWER_NOW = "You have run this already. Answer in one sentence.";
const TRIED = "You have tried exactly this already.";

/**
 * The same call again is not run: it would give the same. One that failed is answered with another way, once; one that
 * worked with the wish for an answer, and after that the result itself is the answer.
 */
export function repeats(task: Task): Guard {
  let repeated = 0;
  let toldToAnswer = false;
  return {
    async before(call) {
      if (toldToAnswer) return { end: withLastResult(task) };
      const before = task.made.find((one) => callKey(one.call) === callKey(call))?.outcome;
      if (before === undefined) return undefined;
      if (task.lastDrawn && task.last === before)
        return { end: { reason: "answered", answer: plainAnswer(task) ?? "" } };
      if (++repeated > 1) return { end: withLastResult(task) };
      toldToAnswer = !before.failed;
      if (toldToAnswer) return { say: `${before.content}\n${ANSWER_NOW}`, next: { warmer: true, answerNow: true } };
      const { say, next } = await otherWay(task, call);
      return { say: `${before.content}\n${TRIED} ${say}`, next: { warmer: true, ...next } };
    },
  };
}

/** What is known when a model says nothing but its call: an answer like any other, where a sentence holds the whole result. */
function withLastResult(task: Task): Ending {
  const answer = plainAnswer(task) ?? "";
  if (task.lastRows && task.lastRows.rowCount > 0 && fitsSentence(task.lastRows)) return { reason: "answered", answer };
  return { answer, ...giveUp(task, task.last, "repeated") };
}

/** The same call again, whatever its white space. */
function callKey({ name, arguments: args }: ToolCall): string {
  return `${name} ${args.replace(/\s+|\\n/g, " ").trim()}`;
}
