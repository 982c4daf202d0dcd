import { lackingValues, wordsAskedFor } from "../asked-choices.ts";
import { askedForm } from "../asked-form.ts";
import { namedValues } from "../result-values.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";

/** Marks are asked for, and the results have fewer values than those: one of them would be put where it does not belong. */
export function lackingValuesOfMarks(task: Task): Guard {
  const { shape } = askedForm(task.question);
  return {
    atAnswer() {
      if (shape?.kind !== "marks" || !task.last || task.last.failed) return undefined;
      const values = namedValues(task.made.map(({ outcome }) => outcome));
      const words = wordsAskedFor(shape.names, values, task.question, task.last.facts);
      const lacking = lackingValues(shape.names, words, values);
      if (lacking.length === 0) return undefined;
      const columns = shape.names.filter((name) => !words.has(name));
      return {
        say: `No result has ${lacking.join(" and ")}. Write one query with the columns ${columns.join(", ")}.`,
      };
    },
  };
}
