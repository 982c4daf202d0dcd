import { identifier } from "../sql/database.ts";
import type { Column } from "./chart-column.ts";
import { selectList } from "./check-chart.ts";
import { allRows, channel, checkReadable, type Draw, drawn } from "./drawn.ts";

const BINS = 20; // about as many steps

/** Values that are NaN or infinite are in no step: a note tells them. */
export const histogram: Draw = async (chart, columns, table) => {
  const { x, color, facet } = columns;
  const known = `${x.expression} IS NOT NULL AND isfinite(CAST(${x.expression} AS DOUBLE))`;
  const range = await table.run(
    `SELECT min(${x.expression}) AS low, max(${x.expression}) AS high FROM ${table.from} WHERE ${known}`,
    1,
  );
  const binStep = niceStep(Number(range.rows[0]?.high) - Number(range.rows[0]?.low));
  const by = [color, facet].filter((column) => column !== undefined && column.name !== x.name) as Column[]; // as: filtered
  const count = [x, ...by].some(({ name }) => name === "count") ? "count " : "count";
  const groups = [`floor(${x.expression} / ${binStep}) * ${binStep} AS ${identifier(x.name)}`, selectList(by)];
  const result = await allRows(
    table,
    `SELECT ${groups.filter(Boolean).join(", ")}, count(*) AS ${identifier(count)} FROM ${table.from} WHERE ${known} GROUP BY ALL ORDER BY ALL`,
  );
  checkReadable(chart, columns, result);
  return drawn(chart, columns, result, {
    x: channel(x),
    y: { field: count, title: "count", type: "quantitative" },
    title: `number of rows by ${[x, ...by].map(({ name }) => name).join(" and ")}`,
    binStep,
  });
};

/** 1, 2 or 5 times a power of ten. */
function niceStep(range: number): number {
  if (!(range > 0)) return 1;
  const raw = range / BINS;
  const power = 10 ** Math.floor(Math.log10(raw));
  return ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10) * power;
}
