// What the ways to draw have in common.
import type { ChartTable, Column } from "./chart-column.ts";
import type { Channel, ChannelType, ChartData, QueryRows } from "./chart-data.ts";
import { ChartError } from "./chart-options.ts";
import type { ChartOptions } from "./chart-types.ts";
import type { ChartColumns } from "./check-chart.ts";

export const MAX_POINTS = 5_000; // marks of one chart; a front end draws more only slowly
const MAX_CATEGORIES = 60; // bars, slices: more cannot be read
const MAX_COLORS = 20;
const MAX_FACETS = 24;
const MAX_ORDERED = 50; // rows up to which numbers as a colour are told apart like names

export type Draw = (chart: ChartOptions, columns: ChartColumns, table: ChartTable) => Promise<ChartData>;

/** What is joined from place to place. */
export function isPath({ mark }: Pick<ChartOptions, "mark">): boolean {
  return mark === "line" || mark === "area";
}

/** All rows of what is drawn. @throws ChartError where a chart would have to leave some out */
export async function allRows({ run }: ChartTable, query: string): Promise<QueryRows> {
  const result = await run(query, MAX_POINTS);
  if (result.rowCount > result.rows.length) {
    throw new ChartError(
      `${result.rowCount} marks are too many (at most ${MAX_POINTS}); take a coarser timeUnit, top, or a SELECT as the table`,
    );
  }
  if (result.rows.length === 0) throw new ChartError("there is nothing to draw: no row has values in these columns");
  return result;
}

/** A logarithm has no place for 0 and less: such points would be gone without a word. */
function checkLogarithms({ log, mark }: ChartOptions, { x, y }: Pick<ChartData, "x" | "y">, { rows }: QueryRows): void {
  if (log === undefined || mark === "bar" || mark === "area") return;
  const axes = [...(log === "y" ? [] : [x]), ...(log === "x" || !y ? [] : [y])];
  for (const { field, type } of axes) {
    if (type !== "quantitative") throw new ChartError(`log needs numbers, and ${field} has none; leave log out`);
    const low = rows.filter((row) => row[field] !== null && Number(row[field]) <= 0).length;
    if (low > 0) {
      throw new ChartError(
        `${field} is 0 or less in ${low} row${low === 1 ? "" : "s"}, which a logarithm does not show; leave them out by a SELECT as the table`,
      );
    }
  }
}

/** The parts that all charts have; what is not given is not there. */
export function drawn(
  chart: ChartOptions,
  { color, facet }: ChartColumns,
  { rows, columns }: QueryRows,
  own: Pick<ChartData, "x" | "y" | "title"> & Partial<ChartData>,
): ChartData {
  checkLogarithms(chart, own, { rows, columns, rowCount: rows.length });
  checkParts(chart, own, rows);
  const areColorsMeasured = rows.length > MAX_ORDERED && chart.mark !== "boxplot"; // whose boxes are told apart by them
  return {
    mark: chart.mark,
    y2: undefined,
    color: color && { ...channel(color), type: areColorsMeasured ? color.type : ordinalIfNumber(color) },
    facet: facet && { ...channel(facet), type: ordinalIfNumber(facet) },
    band: undefined,
    binStep: undefined,
    timeUnit: chart.timeUnit,
    stacking: "stacked",
    isShare: false,
    log: chart.log,
    isAggregated: true,
    rows,
    columns,
    note: "",
    ...own,
    title: chart.title?.trim() || own.title,
  };
}

/** What is less than nothing is no part of a whole. */
function checkParts({ mark, share }: ChartOptions, { y }: Pick<ChartData, "y">, rows: QueryRows["rows"]): void {
  const negative = y === undefined ? [] : rows.filter((row) => Number(row[y.field]) < 0);
  if (negative.length === 0 || (mark !== "pie" && !share)) return;
  const [what, way] =
    mark === "pie"
      ? ["a pie shows parts of a whole", 'take mark "bar"']
      : ["shares are parts of a whole", "leave share out"];
  const where = negative.length === rows.length ? "all of them" : `${negative.length} of ${rows.length}`;
  throw new ChartError(`${what}, and ${y?.title} is below 0 in ${where}; ${way}`);
}

function ordinalIfNumber(column: Column): ChannelType {
  return column.type === "quantitative" ? "ordinal" : column.type;
}

export function channel({ name, type }: Column): Channel {
  return { field: name, title: name, type };
}

/** Few whole numbers stand side by side like names: a bar for each number of cylinders. */
export function discrete(column: Column, mark: ChartOptions["mark"]): ChannelType {
  if (column.type !== "quantitative") return column.type;
  return mark === "point" ? "quantitative" : "ordinal";
}

/** More bars than can be read, or more colours, is a question that was not meant. */
export function checkReadable({ mark }: ChartOptions, { x, color, facet }: ChartColumns, { rows }: QueryRows): void {
  const count = (column: Column) => new Set(rows.map((row) => row[column.name])).size;
  const told = (column: Column) => `${rows.length >= MAX_POINTS ? "at least " : ""}${count(column)}`; // of a sample
  if (x.type === "nominal" && mark !== "point" && count(x) > MAX_CATEGORIES) {
    throw new ChartError(
      `${x.name} has ${told(x)} values, too many for a ${mark} chart; give top: 20 for the largest, or a SELECT with ORDER BY and LIMIT as the table`,
    );
  }
  if (color?.type === "nominal" && mark !== "heatmap" && count(color) > MAX_COLORS) {
    throw new ChartError(`${color.name} has ${told(color)} values, too many for a color; choose another column`);
  }
  if (facet && count(facet) > MAX_FACETS) {
    throw new ChartError(
      `${facet.name} has ${told(facet)} values, too many for small multiples; choose another column`,
    );
  }
}
