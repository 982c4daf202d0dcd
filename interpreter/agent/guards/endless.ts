import { fitsSentence } from "../forms/result-sentence.ts";
import { repeatsItself } from "../repeats-itself.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { plainAnswer } from "./plain-answer.ts";

const SHORTER = "That says the same words again and again. Answer in one short sentence.";
const DOUBT = "the model said the same words again and again: whether its result answers the question is not sure";

/** An answer that says the same words for ever: the result is told instead, where there is one. */
export function endless(task: Task): Guard {
  return {
    atAnswer(text) {
      if (!repeatsItself(text)) return undefined;
      const answer = plainAnswer(task);
      if (answer === undefined) return { say: SHORTER, next: { warmer: true }, answer: "", reason: "repeated" };
      return { answer, doubts: task.lastRows && !fitsSentence(task.lastRows) ? [DOUBT] : [] };
    },
  };
}
