import { changeRequest } from "../asked-change.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";

const RUN_IT = "That is the answer before. Write the changed code, so that it runs.";
const DOUBT = "nothing was computed for this question: the answer rests on the one before";

/** A question that changes the one before ("and the mean weight?") is answered by a result of its own, not by the old one. */
export function unrunChanges(task: Task): Guard {
  const { conversation, question } = task;
  const request = task.standsAlone ? "" : changeRequest(question, conversation.at(-2)?.messages ?? [], false);
  return {
    atAnswer() {
      if (request === "" || task.made.length > 0) return undefined;
      return { say: `${RUN_IT} ${request}`, doubts: [DOUBT] };
    },
  };
}
