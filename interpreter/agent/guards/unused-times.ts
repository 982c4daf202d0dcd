// A month or a day of the week that the question names, and that the query, or what a chart is drawn from, does not look for.
import { tablesIn } from "../../sessions/sql/mends/mend.ts";
import { askedTimes } from "../question/asked-times.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { type DrawnChart, drawnChart, otherChart } from "./other-chart.ts";
import { otherQuestion } from "./other-question.ts";
import { queryThatRan } from "./other-way.ts";
import { withFilter } from "./with-filter.ts";

/** The model is asked for another query once; then the user is told. */
export function unusedTimes(task: Task): Guard {
  let facts: string[] = [];
  let shape: string | undefined;
  let chart: DrawnChart | undefined;
  return {
    async after(call, outcome) {
      const tables = await task.tables();
      chart = outcome.failed ? undefined : drawnChart(call, tables);
      const query = chart?.query ?? queryThatRan(call, outcome) ?? "";
      const asked = query === "" ? [] : askedTimes(task.question, tablesIn(query, tables));
      const unused = asked.filter(({ usedBy }) => !usedBy.test(query));
      facts = unused.map(({ name }) => `the question names ${name}, and the query does not look for it`);
      shape = unused.reduce<string | undefined>(
        (changed, { condition }) => (changed === undefined ? undefined : withFilter(changed, condition)),
        query,
      );
      return undefined;
    },
    atAnswer: (text) =>
      chart ? otherChart(text, facts, chart, task.options.tools, shape) : otherQuestion(text, facts, true, shape),
  };
}
