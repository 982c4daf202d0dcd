// What a chart shows, computed by DuckDB: so that a chart of a million rows carries a dozen, and the numbers in it are
// those that the same query gives.
import { aggregated } from "./aggregated.ts";
import { type Column, chartColumn, chartMeasure, missingNotes } from "./chart-column.ts";
import type { ChartOptions } from "./chart-types.ts";
import { checked } from "./check-chart.ts";
import { histogram } from "./histogram.ts";
import { plain } from "./plain.ts";
import { tableSource } from "./table-source.ts";

export interface QueryRows {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly rowCount: number;
}

export type RunQuery = (query: string, maxRows: number) => Promise<QueryRows>;

export type ChannelType = "quantitative" | "temporal" | "nominal" | "ordinal";

export interface Channel {
  readonly field: string; // of the rows
  readonly title: string;
  readonly type: ChannelType;
}

/** How the marks of several colours stand at one place. */
export type Stacking = "stacked" | "side by side";

export interface ChartData {
  readonly mark: ChartOptions["mark"];
  readonly x: Channel;
  readonly y: Channel | undefined;
  readonly y2: Channel | undefined;
  readonly color: Channel | undefined;
  readonly facet: Channel | undefined;
  readonly band: { readonly low: string; readonly high: string } | undefined; // fields
  readonly binStep: number | undefined; // x holds the starts of steps this wide
  readonly timeUnit: ChartOptions["timeUnit"]; // x holds the starts of these
  readonly stacking: Stacking;
  readonly isShare: boolean; // y is a share of 1
  readonly log: ChartOptions["log"];
  readonly isAggregated: boolean;
  readonly rows: QueryRows["rows"]; // names in x in the order in which they are drawn
  readonly columns: QueryRows["columns"];
  readonly note: string; // "a sample of 5000 of 120000 rows"; "" where there is nothing to say
  readonly title: string;
}

/** @throws ChartError where the options do not fit the table */
export async function chartData(options: ChartOptions, run: RunQuery): Promise<ChartData> {
  const from = tableSource(options.table);
  const { columns } = await run(`SELECT * FROM ${from} LIMIT 0`, 1);
  const table = { from, columns, run };
  const find = async (name: string | undefined) => (name === undefined ? undefined : chartColumn(name, table));
  const measure = async (name: string | undefined) => (name === undefined ? undefined : chartMeasure(name, table));
  const x = sorted(await chartColumn(options.x, table), options);
  const [y, y2] = [await measure(options.y), await measure(options.y2)];
  // In a heat map the color is what is measured.
  const color = await (options.mark === "heatmap" ? measure(options.color) : find(options.color));
  const facet = await find(options.facet);
  const used = { x, y, y2, color, facet };
  const { chart, note } = await checked(options, used, table);
  const draw = chart.bin ? histogram : chart.aggregate === undefined && !y?.isAggregate ? plain : aggregated;
  const data = await draw(chart, used, table);
  const all = [x, y, y2, color, facet].filter((column) => column !== undefined);
  const assumed = all.flatMap((column) => (column.note === undefined ? [] : [`${column.name}: ${column.note}`]));
  const isCount = chart.aggregate === "count"; // of rows, whatever y is in them
  const drawn = [x, ...(isCount ? [] : [y, y2])].filter((column) => column !== undefined);
  const missing = await missingNotes([...new Set(drawn)], table);
  const unsorted = chart.sort === "descending" && x.type === "temporal" ? ["dates run, whatever sort says"] : [];
  return { ...data, note: [data.note, note, ...unsorted, ...missing, ...assumed].filter(Boolean).join("; ") };
}

/** Numbers that bars are to be sorted by something else than themselves are names. */
function sorted(x: Column, { sort, mark, bin }: ChartOptions): Column {
  const isByValue = sort !== undefined && sort !== "x" && mark === "bar" && !bin;
  if (!isByValue || x.type !== "quantitative") return x;
  return { ...x, expression: `CAST(${x.expression} AS VARCHAR)`, type: "nominal" };
}
