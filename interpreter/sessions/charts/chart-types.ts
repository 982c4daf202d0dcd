// The types that cells see of chart(): without the schema, whose library the compiler would read with every notebook.

export const MARKS = ["bar", "line", "area", "point", "boxplot", "heatmap", "pie", "map"] as const;
export const AGGREGATES = ["count", "mean", "sum", "median", "min", "max", "distinct"] as const;
export const TIME_UNITS = ["year", "quarter", "month", "week", "day", "hour"] as const;
export const SORTS = ["x", "ascending", "descending"] as const;
export const LOGS = ["x", "y", "both"] as const;

export interface ChartOptions {
  /** A file or an array of the notebook by its name, or a SELECT. */
  readonly table: string;
  /** A map is points at x, the longitude, and y, the latitude, in degrees. */
  readonly mark: (typeof MARKS)[number];
  /** Names of columns: also of color and facet. */
  readonly x: string;
  /** A column, or an expression of columns in SQL: "units * price", "sum(won) / count(*)". */
  readonly y?: string | undefined;
  /** A second measure with an axis of its own on the right, drawn as a line. */
  readonly y2?: string | undefined;
  readonly color?: string | undefined;
  /** Small multiples: a chart for each value of this column, on the same axes. */
  readonly facet?: string | undefined;
  /** Of y, for each x (and color, and facet). */
  readonly aggregate?: (typeof AGGREGATES)[number] | undefined;
  /** Cuts the dates of x. Weeks begin on Monday. */
  readonly timeUnit?: (typeof TIME_UNITS)[number] | undefined;
  /** Counts the values of x in steps: a histogram. */
  readonly bin?: boolean | undefined;
  /** Only so many values of x, those with the largest y; the others together are one more. */
  readonly top?: number | undefined;
  /** Of names in x: by x itself, or by y. Bars go down from the largest if it is left out; months and weekdays run. */
  readonly sort?: (typeof SORTS)[number] | undefined;
  /** What each color has of the whole at x, instead of the values. */
  readonly share?: boolean | undefined;
  /** Logarithmic axes; with bars and areas, which begin at 0, linear near it. */
  readonly log?: (typeof LOGS)[number] | undefined;
  /** Around means: where they lie with 95 % confidence, 1.96 standard errors. */
  readonly band?: boolean | undefined;
  readonly title?: string | undefined;
}
