// What a chart shows, as rows: read from its Vega-Lite, so that it is what is drawn and not what was asked for.
import { z } from "zod";
import type { MimeBundle, SqlResult } from "../sessions/session.ts";

/** The rows of a chart's marks, under the names of its axes. */
export interface Drawn {
  readonly table: SqlResult;
  readonly key: string; // what the marks stand for: "site"
  readonly measure: string; // "mean of yield"
}

const AXIS = z.object({ field: z.string(), title: z.string(), type: z.string() });
const SPEC = z.object({
  data: z.object({ values: z.array(z.record(z.string(), z.unknown())) }),
  encoding: z.object({ x: AXIS, y: AXIS, color: AXIS.optional() }),
});

/** undefined of a chart that has no two axes, such as a pie. */
export function drawnValues(bundle: MimeBundle): Drawn | undefined {
  const { success, data: spec } = SPEC.safeParse(bundle["application/vnd.vegalite.v5+json"]);
  if (!success) return undefined;
  const { x, y, color } = spec.encoding;
  const isLying = x.type === "quantitative" && y.type !== "quantitative"; // bars from left to right
  const [key, measure] = isLying ? [y, x] : [x, y];
  const axes = [...new Map([key, color ?? key, measure].map((axis) => [plainName(axis.field), axis])).entries()];
  const columns = axes.map(([name, { type }]) => ({ name, type: type === "quantitative" ? "DOUBLE" : "VARCHAR" }));
  const rows = spec.data.values;
  return { table: { columns, rows, rowCount: rows.length }, key: key.title, measure: measure.title };
}

/** Vega-Lite escapes what would be a path. */
function plainName(field: string): string {
  return field.replace(/\\(.)/g, "$1");
}
