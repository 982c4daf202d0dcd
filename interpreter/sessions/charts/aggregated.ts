// One mark for each place: what SQL's GROUP BY gives.
import { identifier } from "../sql/database.ts";
import type { ChartTable, Column } from "./chart-column.ts";
import type { Channel } from "./chart-data.ts";
import type { ChartOptions } from "./chart-types.ts";
import { type ChartColumns, selectList } from "./check-chart.ts";
import { allRows, channel, checkReadable, type Draw, discrete, drawn, isPath } from "./drawn.ts";
import { inOrder } from "./name-order.ts";

const NORMAL_95 = 1.96; // standard errors
const STACKED = /^(count|sum)$/; // what adds up to the whole; means on top of each other would say nothing

interface Measure {
  readonly name: string;
  readonly sql: string;
}

export const aggregated: Draw = async (chart, columns, table) => {
  const isGrid = chart.mark === "heatmap"; // y is a place there, and the colour is what is measured
  const taken = [columns.x, columns.color, columns.facet, isGrid ? columns.y : undefined].map((column) => column?.name);
  const measured = measure(chart, isGrid ? columns.color : columns.y, taken);
  const second = columns.y2 && measure(chart, columns.y2, [...taken, measured.name]);
  const { x, rest } = await largest(chart, columns, measured, table);
  const places = isGrid ? [x, columns.y, columns.facet] : [x, columns.color, columns.facet];
  const result = await allRows(table, query(chart, columns, places, [measured, ...(second ? [second] : [])], table));
  const used = { ...columns, x, color: isGrid ? undefined : columns.color };
  checkReadable(chart, used, result);
  const isNamed = x.type === "nominal" && !isGrid;
  const ordered = isNamed ? inOrder(result.rows, x.name, measured.name, chart, rest?.name) : result.rows;
  const shown = { ...result, rows: ordered };
  const value: Channel = { field: measured.name, title: shownName(chart, measured), type: "quantitative" };
  const across = isPath(chart) ? channel(x) : { ...channel(x), type: discrete(x, chart.mark) };
  return drawn(chart, used, shown, {
    x: across,
    y: isGrid ? columns.y && { ...channel(columns.y), type: discrete(columns.y, chart.mark) } : value,
    ...(isGrid && { color: value }),
    ...(second && { y2: { field: second.name, title: second.name, type: "quantitative" } }),
    ...(chart.band && { band: { low: `${measured.name} (low)`, high: `${measured.name} (high)` } }),
    stacking: STACKED.test(chart.aggregate ?? "") || !columns.color ? "stacked" : "side by side",
    isShare: chart.share === true,
    title: titleOf(chart, columns, measured, second),
    note: notes(chart, rest, withoutValue(result.rows, chart, columns, measured)),
  });
};

function measure(chart: ChartOptions, of: Column | undefined, taken: readonly (string | undefined)[]): Measure {
  const { aggregate } = chart;
  const unique = (name: string): string => (taken.includes(name) ? unique(`${name} `) : name);
  if (of?.isAggregate) return { name: unique(of.name), sql: of.expression };
  if (of === undefined || aggregate === "count" || aggregate === undefined)
    return { name: unique("count"), sql: "count(*)" };
  const call =
    aggregate === "distinct" ? `count(DISTINCT ${of.expression})` : `${sqlName(aggregate)}(${of.expression})`;
  return { name: unique(`${aggregate} of ${of.name}`), sql: call };
}

function sqlName(aggregate: string): string {
  return aggregate === "mean" ? "avg" : aggregate;
}

interface Rest {
  readonly name: string;
  readonly top: number;
  readonly count: number; // of all names
}

/** x with all but the largest values as one more: their rows are aggregated together, as any other's. */
async function largest(
  { top }: ChartOptions,
  { x }: ChartColumns,
  { sql }: Measure,
  { from, run }: ChartTable,
): Promise<{ x: Column; rest?: Rest }> {
  if (top === undefined) return { x };
  const text = `CAST(${x.expression} AS VARCHAR)`;
  const { rows, rowCount } = await run(
    `SELECT ${text} AS name, ${sql} AS value FROM ${from} WHERE ${x.expression} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC NULLS LAST, 1`,
    top,
  );
  if (rowCount <= top) return { x: { ...x, expression: text, type: "nominal" } };
  const names = rows.map(({ name }) => `'${String(name).replaceAll("'", "''")}'`).join(", ");
  const rest = { name: `other (${rowCount - top})`, top, count: rowCount };
  const expression = `CASE WHEN ${x.expression} IS NULL THEN NULL WHEN ${text} IN (${names}) THEN ${text} ELSE '${rest.name}' END`;
  return { x: { ...x, expression, type: "nominal" }, rest };
}

function query(
  chart: ChartOptions,
  { x, y, facet }: ChartColumns,
  places: readonly (Column | undefined)[],
  measures: readonly Measure[],
  { from }: ChartTable,
): string {
  const place = { ...places[0]! };
  const cut =
    chart.timeUnit === undefined
      ? place
      : { ...place, expression: `date_trunc('${chart.timeUnit}', ${place.expression})` };
  const list = selectList([cut, ...places.slice(1)]);
  const values = measures.map(({ name, sql }) => `${sql} AS ${identifier(name)}`);
  const known = `${x.expression} IS NOT NULL`;
  const grouped = (columns: readonly string[]) =>
    `SELECT ${list}, ${columns.join(", ")} FROM ${from} WHERE ${known} GROUP BY ALL`;
  const [first] = measures;
  if (chart.share && first) {
    const whole = [cut.name, facet?.name].filter((name) => name !== undefined).map(identifier);
    const own = identifier(first.name);
    const parts = `${own} / sum(${own}) OVER (PARTITION BY ${whole.join(", ")})`;
    return `SELECT * REPLACE (${parts} AS ${own}) FROM (${grouped(values)}) ORDER BY ALL`;
  }
  if (chart.band && y && first) {
    const reach = `${NORMAL_95} * stddev_samp(${y.expression}) / sqrt(count(${y.expression}))`;
    const ends = [
      `${first.sql} - ${reach} AS ${identifier(`${first.name} (low)`)}`,
      `${first.sql} + ${reach} AS ${identifier(`${first.name} (high)`)}`,
    ];
    return `${grouped([...values, ...ends])} ORDER BY ALL`;
  }
  return `${grouped(values)} ORDER BY ALL`;
}

function shownName({ share }: ChartOptions, { name }: Measure): string {
  return share ? `share of ${name === "count" ? "rows" : name}` : name;
}

function titleOf(chart: ChartOptions, { x, y, color, facet }: ChartColumns, first: Measure, second?: Measure): string {
  const named = (measure: Measure) =>
    measure.name.trim() === "count" && !chart.share ? "number of rows" : shownName(chart, measure);
  const what = [first, ...(second ? [second] : [])].map(named).join(" and ");
  const unit = chart.timeUnit === undefined ? "" : ` (${chart.timeUnit})`;
  const split = chart.mark === "heatmap" ? y : color;
  const and = [split, facet].filter((column) => column !== undefined && column.name !== x.name);
  return `${what} by ${x.name}${unit}${and.map((column) => ` and ${column?.name}`).join("")}`;
}

/** What has no mark, and is no column that missingNotes tells of: shares of nothing, ratios to 0. */
function withoutValue(
  rows: readonly Readonly<Record<string, unknown>>[],
  { share }: ChartOptions,
  { y }: ChartColumns,
  { name }: Measure,
): string[] {
  if (!share && !y?.isAggregate) return [];
  const count = rows.filter((row) => row[name] === null || !Number.isFinite(Number(row[name]))).length;
  const what = share ? "shares are of a sum of 0 or of nothing" : `values of ${y?.name} are NULL, NaN or infinite`;
  return count === 0 ? [] : [`${count} of ${rows.length} ${what}, and not drawn`];
}

function notes({ band }: ChartOptions, rest: Rest | undefined, absent: readonly string[]): string {
  return [
    ...absent,
    ...(rest ? [`the ${rest.top} largest of ${rest.count}, the rest together`] : []),
    ...(band ? ["band: 95 %, 1.96 standard errors"] : []),
  ].join("; ");
}
