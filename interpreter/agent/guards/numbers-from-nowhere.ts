import { codeThatRan, rowsOf } from "../../tools/facts.ts";
import { computedFrom, keyedResult } from "../keyed-result.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { unsupportedNumbers } from "./unsupported-numbers.ts";

const NO_RESULT = "You have no result that says so. Write the code first.";
const NONE_BY_SIGHT = -1; // without a result no number can have been counted by the eye

/** Numbers that stand in nothing that the model was shown: made up, or computed in its head. */
export function numbersFromNowhere(task: Task): Guard {
  return {
    atAnswer(text) {
      const isUnseen = task.made.length === 0;
      const computed = task.made.flatMap(({ outcome: { facts } }) => {
        const table = rowsOf(facts);
        const result = table && keyedResult(table, codeThatRan(facts));
        return result ? computedFrom(result) : [];
      });
      const numbers = unsupportedNumbers(text, task.shown(text), isUnseen ? NONE_BY_SIGHT : undefined, computed);
      if (numbers.length === 0) return undefined;
      const doubts = [`${numbers.join(", ")} ${numbers.length > 1 ? "are" : "is"} in no result`];
      return isUnseen ? { say: NO_RESULT, doubts } : { doubts }; // what it was asked is in the tables
    },
  };
}
