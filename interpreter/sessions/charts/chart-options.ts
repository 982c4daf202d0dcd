import { z } from "zod";
import { AGGREGATES, LOGS, MARKS, SORTS, TIME_UNITS } from "./chart-types.ts";

/** A chart as a flat list of choices, which small models get right where they do not write a chart's specification. */
export const CHART_OPTIONS = z.object({
  table: z.string().min(1).describe("a table's name, or a SELECT"),
  mark: z.enum(MARKS),
  x: z.string().min(1).describe("column"),
  y: z.string().min(1).optional().describe("column or expression"),
  y2: z.string().min(1).optional().describe("second measure"),
  color: z.string().min(1).optional().describe("column"),
  facet: z.string().min(1).optional().describe("column: a chart for each value"),
  aggregate: z.enum(AGGREGATES).optional().describe("of y, for each x"),
  timeUnit: z.enum(TIME_UNITS).optional().describe("x cut to it"),
  bin: z.boolean().optional().describe("histogram of x"),
  top: z.int().min(1).max(50).optional().describe("largest x, the rest as one"),
  sort: z.enum(SORTS).optional(),
  share: z.boolean().optional().describe("of each color at x"),
  log: z.enum(LOGS).optional(),
  band: z.boolean().optional().describe("95 % around means"),
  title: z.string().optional(),
});

/** A chart that cannot be drawn as it was asked for; the message says what to change. */
export class ChartError extends Error {
  override readonly name = "ChartError";
}
