// What each test takes: held against what is asked before anything is read, and the schema that a model is shown.
import type { StatisticsOptions, StatisticsTest } from "./statistics-types.ts";

type Method = NonNullable<StatisticsOptions["method"]>;
type Setting = "threshold" | "clusters" | "scale" | "period" | "testShare" | "seed" | "confidence";

export interface TestForm {
  readonly about: string;
  readonly x: "column" | "columns";
  readonly hasY: boolean;
  readonly methods: readonly Method[]; // the first is taken if none is asked for
  readonly settings: readonly Setting[];
}

const ONE = { x: "column", hasY: false, methods: [], settings: [] } as const;
const TWO = { x: "column", hasY: true, methods: [], settings: [] } as const;
const MANY = { x: "columns", hasY: true, methods: [], settings: [] } as const;

export const FORMS: Readonly<Record<StatisticsTest, TestForm>> = {
  correlation: { ...TWO, about: "of x and y", methods: ["pearson", "spearman", "kendall"] },
  regression: { ...MANY, about: "y explained by x", settings: ["confidence"] },
  "logistic-regression": { ...MANY, about: "two values of y explained by x", settings: ["confidence"] },
  prediction: { ...MANY, about: "y from x, judged by rows kept apart", settings: ["testShare", "seed"] },
  "t-test": { ...TWO, about: "means of y in two groups x" },
  anova: { ...TWO, about: "means of y in groups x" },
  "chi-square": { ...TWO, about: "independence of x and y" },
  normality: { ...ONE, about: "of x", methods: ["dagostino", "shapiro-wilk", "jarque-bera"] },
  moments: { ...ONE, about: "skewness and kurtosis of x" },
  outliers: { ...ONE, about: "of x", methods: ["iqr", "z-score"], settings: ["threshold"] },
  bootstrap: {
    ...ONE,
    about: "an interval for the mean of x",
    methods: ["mean", "median", "sum", "stddev"],
    settings: ["confidence", "seed"],
  },
  "k-means": { ...MANY, hasY: false, about: "clusters by x", settings: ["clusters", "scale", "seed"] },
  seasonal: {
    ...TWO,
    about: "y by the dates x as trend, season and rest",
    methods: ["additive", "multiplicative"],
    settings: ["period"],
  },
};

export const SETTINGS: readonly Setting[] = [...new Set(Object.values(FORMS).flatMap(({ settings }) => settings))];
