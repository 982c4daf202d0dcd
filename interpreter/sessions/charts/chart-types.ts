// The types that cells see of chart(): without the schema, whose library the compiler would read with every notebook.

export const MARKS = ["bar", "line", "area", "point", "boxplot", "heatmap", "pie"] as const;
export const AGGREGATES = ["count", "mean", "sum", "median", "min", "max", "distinct"] as const;
export const TIME_UNITS = ["year", "quarter", "month", "week", "day", "hour"] as const;

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
