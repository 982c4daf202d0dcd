// "How much up or down on the month before", and the query gives the number of each month: the difference is added.
import { asksFor } from "../../languages/index.ts";
import { changeAsked, mostChange, stepByStep } from "../../languages/time-steps.ts";
import type { Rewrite } from "./rewrite.ts";
import { asksForWholeTimes, isUnbroken, overOf, seriesOf, withColumn } from "./series.ts";
import { unitAsked } from "./time-parts.ts";

const PERCENT = /%|\bper ?cent(?:age)?\b|prozent|por ciento|porcentaje|pour ?cent|百分|パーセント/iu;

/** SELECT month(day), count(*) ... GROUP BY 1 -> SELECT month(day), count(*), count(*) - lag(count(*)) OVER (ORDER BY ...) ... */
export const periodChanges: Rewrite = async (query, asked) => {
  const change = changeAsked(asked.question);
  if (!change) return undefined;
  const unit = stepByStep(asked.question) ?? unitAsked(asked.question);
  if (unit === "weekday" || (change.step && unit && unit !== change.step)) return undefined; // each month, on the year before
  const step = change.step ?? unit;
  const series = await seriesOf(query, asked, { step, needsEarlier: true, addsRows: asksFor(asked.question, "total") });
  const [value, ...others] = series?.values ?? [];
  if (!series || !value || others.length > 0) return undefined;
  if (!(await isUnbroken(series, asked)) || !(await asksForWholeTimes(series, asked))) return undefined;
  const before = `lag(${value.text}) ${overOf(series)}`;
  const kind = mostChange(asked.question);
  const first = kind === undefined || series.groups.length > 0 ? undefined : kind === "rise" ? "most" : "least";
  const end = first === undefined ? "" : `; the largest ${kind} comes first`;
  return {
    query: withColumn(series, {
      ...(PERCENT.test(asked.question)
        ? { text: `100.0 * (${value.text} - ${before}) / nullif(${before}, 0)`, name: "change_in_percent" }
        : { text: `${value.text} - ${before}`, name: "change" }),
      ...{ qualify: [`${before} IS NOT NULL`], ...(first && { first }) },
    }),
    note: `(the change on the ${series.step ?? "time"} before is added: the first one has none${end})`,
  };
};
