import { ENGLISH } from "../../languages/index.ts";
import { factsOf } from "../../tools/facts.ts";
import { namesIn } from "../../tools/renamed-columns.ts";
import { measureName } from "../forms/measure-name.ts";
import { mayBeNamedIn } from "../rewrites/spoken.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";

/** An answer from a column under another name is told as such: "average_age is the mean of flipper_length". */
export function renamedColumns(task: Task): Guard {
  return {
    atAnswer(text) {
      if (task.dialect.answersAfterError(text)) return undefined; // it says that there is no such column
      const renamed = factsOf(task.last?.facts ?? [], "renamed");
      return {
        doubts: renamed.flatMap(({ alias, expression, asked }) => {
          if (asked.length > 1) return [`${alias} is ${inWords(expression)}`];
          // A letter claims nothing, and is no word for a reader.
          const areNamed = namesIn(expression).every((name) => mayBeNamedIn(name, task.question));
          return areNamed ? [] : [`what is told is ${inWords(expression)}, which the question does not name`];
        }),
      };
    },
  };
}

/** avg(price) as "the mean of price"; what is no such call stays as it is written. */
function inWords(expression: string): string {
  const words = measureName(expression, ENGLISH);
  return words === expression ? expression : words.replace(/^The /, "the ");
}
