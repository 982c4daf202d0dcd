// The types that cells see of statistics(): without the schema, whose library the compiler would read with every notebook.

export const TESTS = [
  "correlation",
  "rank-correlation",
  "regression",
  "t-test",
  "anova",
  "chi-square",
  "normality",
] as const;

export interface StatisticsOptions {
  /** A file or an array of the notebook by its name, or a SELECT. */
  readonly table: string;
  /** All two-sided. t-test: Welch's; normality: D'Agostino and Pearson's. */
  readonly test: (typeof TESTS)[number];
  /** A column; of t-test and anova the one that tells the groups. */
  readonly x: string;
  /** A column; not for normality. */
  readonly y?: string | undefined;
}

export type StatisticsResult = Readonly<Record<string, number | readonly number[] | readonly string[]>>;
