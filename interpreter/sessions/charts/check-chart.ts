import { identifier } from "../sql/database.ts";
import type { ChartTable, Column } from "./chart-column.ts";
import { ChartError } from "./chart-options.ts";
import type { ChartOptions } from "./chart-types.ts";

export interface ChartColumns {
  readonly x: Column;
  readonly y: Column | undefined;
  readonly y2: Column | undefined;
  readonly color: Column | undefined;
  readonly facet: Column | undefined;
}

const ADDITIVE = /^(count|sum)$/;
const DRAWN_AS_WHOLE = /^(bar|area|pie)$/; // one mark a place: several rows there need an aggregate

/** What was left open is filled in as people mean it; what contradicts itself is refused. */
export async function checked(
  options: ChartOptions,
  columns: ChartColumns,
  table: ChartTable,
): Promise<{ chart: ChartOptions; note: string }> {
  const { chart, note } = await filledIn(options, columns, table);
  refuseContradictions(chart, columns);
  return { chart, note };
}

async function filledIn(options: ChartOptions, columns: ChartColumns, table: ChartTable) {
  const { mark, aggregate, timeUnit } = options;
  const { x, y } = columns;
  const as = (more: Partial<ChartOptions>, note = "") => ({ chart: { ...options, ...more }, note });
  if (mark === "boxplot" || mark === "map") return as({ aggregate: undefined });
  if (options.bin || aggregate !== undefined || y?.isAggregate) return as({});
  if (options.band) return as({ aggregate: "mean" });
  if (y === undefined) {
    return x.type === "quantitative" && mark === "bar" && columns.y2 === undefined
      ? as({ bin: true })
      : as({ aggregate: "count" });
  }
  if (mark === "heatmap") return as({ aggregate: columns.color?.type === "quantitative" ? "mean" : "count" });
  if (options.share && y.type === "quantitative") return as({ aggregate: "sum" });
  if (timeUnit !== undefined) return as({ aggregate: y.type === "quantitative" ? "mean" : "count" });
  if (mark === "line" && (await isRepeated(columns, table)))
    return as({}, `several rows stand at one ${x.name}: say aggregate "sum" or "mean" for one value each`);
  if (y.type !== "quantitative" || !DRAWN_AS_WHOLE.test(mark)) return options.share ? as({ aggregate: "sum" }) : as({});
  if (options.share || options.top !== undefined) return as({ aggregate: "sum" });
  // A bar for each row would stand on the one before and pass for their sum: then it is the sum, and called so.
  return (await isRepeated(columns, table))
    ? as({ aggregate: "sum" }, `several rows a place are summed: say aggregate "mean" for their mean`)
    : as({});
}

async function isRepeated({ x, color, facet }: ChartColumns, { from, run }: ChartTable): Promise<boolean> {
  const places = [x, color, facet].filter((column) => column !== undefined).map(({ expression }) => expression);
  const { rows } = await run(
    `SELECT count(*) AS n FROM ${from} WHERE ${x.expression} IS NOT NULL GROUP BY ${places.join(", ")} HAVING count(*) > 1 LIMIT 1`,
    1,
  );
  return rows.length > 0;
}

function refuseContradictions(chart: ChartOptions, { x, y, y2, color, facet }: ChartColumns): void {
  const { mark, aggregate, bin, timeUnit } = chart;
  const refuse = (isWrong: boolean, problem: string) => {
    if (isWrong) throw new ChartError(problem);
  };
  refuse(
    timeUnit !== undefined && x.type !== "temporal",
    `timeUnit needs dates, and ${x.name} has none; leave timeUnit out`,
  );
  refuse(bin === true && x.type !== "quantitative", `bin needs numbers, and ${x.name} has none; leave bin out`);
  refuse(
    bin === true && aggregate !== undefined && aggregate !== "count",
    `bin counts rows, and draws no ${aggregate} of ${y?.name ?? "y"}: leave aggregate out, or bin`,
  );
  refuse(
    mark === "pie" && color !== undefined && color.name !== x.name,
    `the parts of a pie are those of x: leave color out, or take mark "bar"`,
  );
  refuse(Boolean(y?.isAggregate) && aggregate !== undefined, `y is an aggregate already: leave aggregate out`);
  const isCounted = aggregate === "count" || aggregate === "distinct" || aggregate === undefined;
  refuse(
    !bin && aggregate !== undefined && aggregate !== "count" && y === undefined,
    `aggregate ${aggregate} needs a column y`,
  );
  const measured = mark === "heatmap" ? color : y;
  for (const column of [measured, y2]) {
    const isNumber = column === undefined || column.type === "quantitative";
    refuse(
      !isNumber && !isCounted,
      `${aggregate} needs numbers, and ${column?.name} has none; choose another y, or aggregate "count"`,
    );
  }
  refuse(mark === "boxplot" && y?.type !== "quantitative", "a boxplot needs a y with numbers");
  refuse(
    mark === "map" && (x.type !== "quantitative" || y?.type !== "quantitative"),
    "a map needs numbers in degrees: the longitude as x, the latitude as y",
  );
  refuse(chart.share === true && color === undefined, "share needs a color: the parts of the whole at each x");
  refuse(
    chart.share === true && !ADDITIVE.test(aggregate ?? ""),
    `a share is of a sum or a count, and not of ${aggregate ?? y?.name}: take aggregate "sum"`,
  );
  refuse(
    chart.band === true && (aggregate !== "mean" || mark === "heatmap" || mark === "pie"),
    'a band is around means: aggregate "mean" of a line, points or bars',
  );
  refuse(chart.top !== undefined && x.type === "temporal", `top is for names, and ${x.name} has dates`);
  refuse(
    chart.top !== undefined && aggregate === undefined && !y?.isAggregate,
    "top needs an aggregate: the largest of what?",
  );
  refuse(
    y2 !== undefined && (y === undefined || color !== undefined),
    "y2 needs a y, and no color: its two axes have the colors",
  );
  refuse(
    y2 !== undefined && !/^(bar|line|point|area)$/.test(mark),
    `y2 goes with bars, lines, areas and points, and not with a ${mark}`,
  );
  refuse(
    facet !== undefined && (y2 !== undefined || chart.band === true || mark === "pie"),
    "facet goes with no y2, band and pie: leave one of them out",
  );
}

/** The list that a query groups by, each column once. */
export function selectList(columns: readonly (Column | undefined)[]): string {
  const named = new Map(columns.flatMap((column) => (column ? [[column.name, column.expression] as const] : [])));
  return [...named].map(([name, expression]) => `${expression} AS ${identifier(name)}`).join(", ");
}
