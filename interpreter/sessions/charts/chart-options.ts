import { z } from "zod";
import { AGGREGATES, MARKS, TIME_UNITS } from "./chart-types.ts";

/** A chart as a flat list of choices, which small models get right where they do not write a chart's specification. */
export const CHART_OPTIONS = z.object({
  table: z.string().min(1).describe("a table's name, or a SELECT"),
  mark: z.enum(MARKS),
  x: z.string().min(1).describe("column"),
  y: z.string().min(1).optional().describe("column"),
  color: z.string().min(1).optional().describe("column"),
  aggregate: z.enum(AGGREGATES).optional().describe("of y, for each x"),
  timeUnit: z.enum(TIME_UNITS).optional().describe("x cut to it"),
  bin: z.boolean().optional().describe("histogram of x"),
  title: z.string().optional(),
});

/** A chart that cannot be drawn as it was asked for; the message says what to change. */
export class ChartError extends Error {
  override readonly name = "ChartError";
}
