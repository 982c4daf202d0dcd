import { z } from "zod";

const MARKS = ["bar", "line", "area", "point", "boxplot", "heatmap", "pie"] as const;
const AGGREGATES = ["count", "mean", "sum", "median", "min", "max", "distinct"] as const;
const TIME_UNITS = ["year", "quarter", "month", "week", "day", "hour"] as const;

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

export interface ChartOptions {
  /** A file or an array of the notebook by its name, or a SELECT. */
  readonly table: string;
  readonly mark: (typeof MARKS)[number];
  /** Names of columns: also the colour's. */
  readonly x: string;
  readonly y?: string | undefined;
  readonly color?: string | undefined;
  /** Of y, for each x (and colour). */
  readonly aggregate?: (typeof AGGREGATES)[number] | undefined;
  /** Cuts the dates of x. */
  readonly timeUnit?: (typeof TIME_UNITS)[number] | undefined;
  /** Counts the values of x in steps: a histogram. */
  readonly bin?: boolean | undefined;
  readonly title?: string | undefined;
}

/** A chart that cannot be drawn as it was asked for; the message says what to change. */
export class ChartError extends Error {
  override readonly name = "ChartError";
}
