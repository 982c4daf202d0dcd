// A month or a day of the week that the question names, and that the query does not look for.
import { tablesIn } from "../../sessions/sql/mends/mend.ts";
import { askedTimes } from "../question/asked-times.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { otherQuestion } from "./other-question.ts";
import { queryThatRan } from "./other-way.ts";
import { withFilter } from "./with-filter.ts";

/** The model is asked for another query once; then the user is told. */
export function unusedTimes(task: Task): Guard {
  let facts: string[] = [];
  let shape: string | undefined;
  return {
    async after(call, outcome) {
      const query = queryThatRan(call, outcome) ?? "";
      const asked = query === "" ? [] : askedTimes(task.question, tablesIn(query, await task.tables()));
      const unused = asked.filter(({ usedBy }) => !usedBy.test(query));
      facts = unused.map(({ name }) => `the question names ${name}, and the query does not look for it`);
      shape = unused.reduce<string | undefined>(
        (changed, { condition }) => (changed === undefined ? undefined : withFilter(changed, condition)),
        query,
      );
      return undefined;
    },
    atAnswer: (text) => otherQuestion(text, facts, true, shape),
  };
}
