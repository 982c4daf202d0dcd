import { saysInAnyLanguage } from "../../languages/index.ts";
import { numberText } from "../../sessions/number-text.ts";
import type { StatisticsResult } from "../../sessions/statistics/statistics-types.ts";
import { factsOf } from "../../tools/facts.ts";
import { namedValues } from "../result-values.ts";
import { isAbout, numbersIn } from "../sentences/numbers-in-text.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";

/**
 * Words about a test's result that hold none of its numbers say what a model expects of it: "No correlation." of a
 * coefficient of 0.65. Then the result is told instead.
 */
export function toldStatistics(task: Task): Guard {
  const isShaped = task.form.shape !== undefined;
  return {
    atAnswer(text) {
      const { last } = task;
      const [statistics] = factsOf(last?.facts ?? [], "statistics");
      if (!last || !statistics || isShaped || saysInAnyLanguage(text, ({ cannot }) => cannot)) return undefined;
      const told = numbersIn(text);
      const numbers = namedValues([last]).flatMap(({ value }) => (typeof value === "number" ? [value] : []));
      if (numbers.some((value) => told.some((one) => isAbout(one, value)))) return undefined;
      return { answer: inNumbers(statistics.result) };
    },
  };
}

/** "coefficient 0.6464345, p 1.651534e-23, n 187 (Pearson's r; p of no correlation, two-sided)" */
function inNumbers({ method, n, ...result }: StatisticsResult): string {
  const numbers = Object.entries({ ...result, n }).flatMap(([name, value]) =>
    typeof value === "number" && name !== "leftOut" ? [`${name} ${numberText(value)}`] : [],
  );
  return `${numbers.join(", ")} (${method})`;
}
