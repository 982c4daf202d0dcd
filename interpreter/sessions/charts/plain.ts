import { ChartError } from "./chart-options.ts";
import { selectList } from "./check-chart.ts";
import { allRows, channel, checkReadable, type Draw, discrete, drawn, isPath, MAX_POINTS } from "./drawn.ts";
import { inOrder } from "./name-order.ts";

/** The rows themselves: points, lines, boxes, a bar for each row. */
export const plain: Draw = async (chart, columns, table) => {
  const { y, y2, color, facet } = columns;
  const { timeUnit } = chart;
  const x = timeUnit
    ? { ...columns.x, expression: `date_trunc('${timeUnit}', ${columns.x.expression})` } // boxes of months
    : columns.x;
  const shown = [x, y, y2].filter((column) => column !== undefined);
  const known = shown.map(({ expression }) => `${expression} IS NOT NULL`).join(" AND ");
  const rowsOf = `SELECT ${selectList([x, y, y2, color, facet])} FROM ${table.from} WHERE ${known}`;
  const { rows: counted } = await table.run(`SELECT count(*) AS n FROM (${rowsOf})`, 1);
  const count = Number(counted[0]?.n);
  if (isPath(chart) && count > MAX_POINTS) {
    throw new ChartError(`${count} points are too many for a ${chart.mark}; give an aggregate, or a timeUnit`);
  }
  const isSample = count > MAX_POINTS;
  const sample = isSample ? ` USING SAMPLE reservoir(${MAX_POINTS} ROWS) REPEATABLE (1)` : "";
  const result = await allRows(table, `SELECT * FROM (${rowsOf})${sample}${isPath(chart) ? " ORDER BY 1" : ""}`);
  if (chart.mark === "map") checkDegrees(result.rows, x.name, y!.name);
  checkReadable(chart, columns, result);
  const isBar = chart.mark === "bar" || chart.mark === "boxplot";
  const place = isBar ? { ...channel(x), type: discrete(x, chart.mark) } : channel(x);
  const isNamed = (chart.mark === "bar" || isPath(chart)) && x.type === "nominal" && y?.type === "quantitative";
  return drawn(chart, columns, isNamed ? { ...result, rows: inOrder(result.rows, x.name, y.name, chart) } : result, {
    x: place,
    y: y && channel(y),
    y2: y2 && channel(y2),
    title: [[y?.name, y2?.name].filter(Boolean).join(" and "), timeUnit ? `${x.name} (${timeUnit})` : x.name]
      .filter(Boolean)
      .join(" by "),
    isAggregated: false,
    note: isSample ? `a sample of ${MAX_POINTS} of ${count} rows` : "",
  });
};

function checkDegrees(rows: readonly Readonly<Record<string, unknown>>[], x: string, y: string): void {
  const beyond = (name: string, most: number) => rows.find((row) => Math.abs(Number(row[name])) > most);
  const [wrongX, wrongY] = [beyond(x, 180), beyond(y, 90)];
  if (wrongX)
    throw new ChartError(`a map has the longitude as x, and ${x} has ${wrongX[x]}, which is beyond 180 degrees`);
  if (wrongY) {
    throw new ChartError(
      `a map has the latitude as y, and ${y} has ${wrongY[y]}, which is beyond 90 degrees: are x and y swapped?`,
    );
  }
}
