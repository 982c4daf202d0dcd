// "The running total by month", and the query gives the total of each month: what has come together so far is added.
import { asksFor } from "../../languages/index.ts";
import { asksForRunningTotal, halfReached, stepByStep } from "../../languages/time-steps.ts";
import { isWord, solid } from "../../sessions/sql/sql-outline.ts";
import { sqlText } from "../../sessions/sql/sql-tokens.ts";
import { aggregatesIn, columnOf, type Rewrite } from "./rewrite.ts";
import { overOf, seriesOf, type Value, withColumn } from "./series.ts";
import { unitAsked } from "./time-parts.ts";

/** SELECT month(day), sum(fare) ... GROUP BY 1 -> SELECT month(day), sum(fare), sum(sum(fare)) OVER (ORDER BY month(day)) ... */
export const runningTotals: Rewrite = async (query, asked) => {
  const { question } = asked;
  if (!asksForRunningTotal(question)) return undefined;
  const unit = stepByStep(question) ?? unitAsked(question);
  const isFinerAsked = asksFor(question, "year") && unit !== "year"; // of each year anew, or of all of them
  if (isFinerAsked || unit === "weekday") return undefined;
  const series = await seriesOf(query, asked, { step: unit, needsEarlier: false, addsRows: true });
  const added = series?.values.flatMap((value) => addableOf(value) ?? []) ?? [];
  const [total, ...others] = added;
  if (!series || total === undefined || others.length > 0) return undefined;
  const running = `sum(${total}) ${overOf(series)}`;
  if (!halfReached(question))
    return {
      query: withColumn(series, { text: running, name: "running_total" }),
      note: "(the total so far is added: a running total was asked for)",
    };
  if (series.groups.length > 0) return undefined;
  const share = `100.0 * ${running} / sum(${total}) OVER ()`;
  return {
    query: `${withColumn(series, { text: share, name: "percent_so_far", qualify: [`${share} > 50`] })} LIMIT 1`,
    note: "(the first time by which the total so far is more than half of the whole)",
  };
};

/** A sum or a count whose parts make up a whole; what a column holds that counts so already does not. */
function addableOf({ expression, text }: Value): string | undefined {
  const words = solid(expression);
  if (words.some(({ text: word }) => asksForRunningTotal(word.replaceAll("_", " ")))) return undefined;
  if (columnOf(words) !== undefined) return text; // of rows
  const calls = aggregatesIn(expression);
  const [call, ...others] = calls;
  const isSum = call && /^(?:sum|count)$/.test(call.name) && !(call.inside[0] && isWord(call.inside[0], "distinct"));
  if (!call || !isSum || others.length > 0) return undefined;
  const own = sqlText(expression.slice(call.from, call.to)).trim();
  const rest = sqlText(solid([...expression.slice(0, call.from), ...expression.slice(call.to)]));
  return /^(?:round\(,?\d*\)|)$/i.test(rest) ? own : undefined;
}
