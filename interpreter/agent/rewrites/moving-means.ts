// "The three month moving average", and the query gives the number of each month, or its mean: the mean that moves along
// is added.
import { asksFor, saysInAnyLanguage } from "../../languages/index.ts";
import { asksForMovingMean, movingWidth, stepByStep } from "../../languages/time-steps.ts";
import { solid } from "../../sessions/sql/sql-outline.ts";
import { sqlText } from "../../sessions/sql/sql-tokens.ts";
import { isQuantity } from "../../tools/asked-chart.ts";
import { aggregatesIn, columnOf, type Rewrite } from "./rewrite.ts";
import { isUnbroken, overOf, type Series, seriesOf, type Value, withColumn } from "./series.ts";
import { unitAsked } from "./time-parts.ts";

/** SELECT month(day), sum(units) ... GROUP BY 1 -> SELECT month(day), sum(units), avg(sum(units)) OVER (ORDER BY ... ROWS 2 PRECEDING) ... */
export const movingMeans: Rewrite = async (query, asked) => {
  const { question } = asked;
  const width = asksForMovingMean(question) ? movingWidth(question) : undefined;
  if (!width) return undefined;
  const unit = stepByStep(question) ?? unitAsked(question);
  if (unit === "weekday" || (width.step && unit && width.step !== unit)) return undefined;
  const read = await seriesOf(query, asked, {
    step: width.step ?? unit,
    needsEarlier: true,
    addsRows: asksFor(question, "total"),
  });
  const series = read && withTotals(read);
  const [value, ...others] = series?.values ?? [];
  if (!series || !value || others.length > 0 || !(await isUnbroken(series, asked))) return undefined;
  const frame = ` ROWS ${width.count - 1} PRECEDING`;
  const first = series.groups.length > 0 ? undefined : endAsked(question);
  const note = `(the mean of each ${series.step ?? "time"} and the ${width.count - 1} before it is added: a moving mean was asked for; the first have fewer before them)`;
  return {
    query: withColumn(series, {
      ...{ text: `avg(${value.text}) ${overOf(series, frame)}`, name: "moving_mean" },
      ...(first && { first }),
    }),
    note,
  };
};

/** The mean of how many there were in each row is none of a month: its total is. */
function withTotals(series: Series): Series {
  return series.isGrouped ? { ...series, values: series.values.map(withTotal) } : series;
}

function withTotal(value: Value): Value {
  const [call, ...others] = aggregatesIn(value.expression);
  const column = call && columnOf(call.inside);
  const isMean = call && others.length === 0 && /^(?:avg|mean)$/.test(call.name) && call.from === firstSolid(value);
  if (!isMean || column === undefined || !isQuantity(column)) return value;
  return { ...value, text: `sum(${sqlText(solid(call.inside))})`, name: column };
}

function firstSolid({ expression }: Value): number {
  return expression.findIndex(({ kind }) => kind !== "space" && kind !== "comment");
}

function endAsked(question: string): "most" | "least" | undefined {
  const isMost = saysInAnyLanguage(question, ({ most }) => most);
  const isLeast = saysInAnyLanguage(question, ({ least }) => least);
  return isMost === isLeast ? undefined : isMost ? "most" : "least";
}
