import { factsOf } from "../../tools/facts.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";

/** An answer from a column under another name is told as such: "average_age is avg(flipper_length)". */
export function renamedColumns(task: Task): Guard {
  return {
    atAnswer(text) {
      if (task.dialect.answersAfterError(text)) return undefined; // it says that there is no such column
      const renamed = factsOf(task.last?.facts ?? [], "renamed");
      return { doubts: renamed.map(({ alias, expression }) => `${alias} is ${expression}`) };
    },
  };
}
