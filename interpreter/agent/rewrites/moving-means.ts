// "The three month moving average", and the query gives the number of each month, or its mean: the mean that moves along
// is added.
import { asksFor, saysInAnyLanguage } from "../../languages/index.ts";
import { askedNumber } from "../../languages/measures.ts";
import { asksForMovingMean, movingWidth, stepByStep } from "../../languages/time-steps.ts";
import { equal } from "../../sessions/sql/mends/mend.ts";
import { solid } from "../../sessions/sql/sql-outline.ts";
import { sqlText } from "../../sessions/sql/sql-tokens.ts";
import { isQuantity } from "../../tools/asked-chart.ts";
import { type Asked, aggregatesIn, columnOf, type Rewrite } from "./rewrite.ts";
import { asksForWholeTimes, isUnbroken, overOf, type Series, seriesOf, type Value, withColumn } from "./series.ts";
import { unitAsked } from "./time-parts.ts";

const NUMBERS = /\bnumbers\b|\p{L}+zahlen(?!\p{L})|\bchiffres\b|\bcifras\b|人数|件数|数量/iu;

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
  const series = read && withTotals(read, asked);
  const [value, ...others] = series?.values ?? [];
  if (!series || !value || others.length > 0) return undefined;
  if (!(await isUnbroken(series, asked)) || !(await asksForWholeTimes(series, asked))) return undefined;
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
function withTotals(series: Series, asked: Asked): Series {
  return series.isGrouped ? { ...series, values: series.values.map((value) => withTotal(value, asked)) } : series;
}

function withTotal(value: Value, asked: Asked): Value {
  const [call, ...others] = aggregatesIn(value.expression);
  const column = call && columnOf(call.inside);
  const isMean = call && others.length === 0 && /^(?:avg|mean)$/.test(call.name) && call.from === firstSolid(value);
  if (!isMean || column === undefined || !saysHowMany(column, asked)) return value;
  return { ...value, text: `sum(${sqlText(solid(call.inside))})`, name: column };
}

/** By its name; or by the question, of a whole number: "visitor numbers". */
function saysHowMany(column: string, { question, tables }: Asked): boolean {
  const isCounted = NUMBERS.test(question) || askedNumber(question) !== undefined;
  const types = tables.flatMap(({ columns }) =>
    columns.filter(({ name }) => equal(name, column)).map(({ type }) => type),
  );
  return (
    isQuantity(column) ||
    (isCounted && types.length > 0 && types.every((type) => /^U?(?:BIG|SMALL|TINY|HUGE)?INT/.test(type)))
  );
}

function firstSolid({ expression }: Value): number {
  return expression.findIndex(({ kind }) => kind !== "space" && kind !== "comment");
}

function endAsked(question: string): "most" | "least" | undefined {
  const isMost = saysInAnyLanguage(question, ({ most }) => most);
  const isLeast = saysInAnyLanguage(question, ({ least }) => least);
  return isMost === isLeast ? undefined : isMost ? "most" : "least";
}
