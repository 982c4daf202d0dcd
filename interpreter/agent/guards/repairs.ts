import type { Task } from "../task.ts";
import { giveUp } from "./give-up.ts";
import type { Guard } from "./guard.ts";
import { otherWay } from "./other-way.ts";

const MAX_REPAIRS = 3; // failed calls in a row
const NO_RESULT = "the code before this answer failed, so it rests on no result";
const SAME = "It fails as before.";
const WRITE_CODE = "Write the corrected code.";

/**
 * A call that failed is repaired by the model, a few times; talk about the mistake counts as one more failure. A repair
 * that fails with the same error is answered with another way.
 */
export function repairs(task: Task): Guard {
  const { maxRepairs = MAX_REPAIRS } = task.options;
  let failures = 0; // in a row
  let lastError: string | undefined;
  return {
    asks: maxRepairs,
    async after(call, outcome) {
      failures = outcome.failed ? failures + 1 : 0;
      if (failures > maxRepairs) return { end: giveUp(task, outcome, "max-repairs", outcome.content) };
      const error = outcome.failed ? outcome.content.split("\n")[0] : undefined;
      const isSame = error !== undefined && error === lastError;
      lastError = error;
      if (!isSame) return undefined;
      const { say, next } = await otherWay(task, call);
      return { instead: { ...outcome, content: `${outcome.content}\n${SAME} ${say}` }, ...(next && { next }) };
    },
    atAnswer(text) {
      if (!task.last?.failed || task.dialect.answersAfterError(text)) return undefined;
      return { doubts: [NO_RESULT], ...(++failures <= maxRepairs && { say: WRITE_CODE }) };
    },
  };
}
