// The types that cells see of statistics(): without the schema, whose library the compiler would read with every notebook.

/** In the order in which they are offered: what names a special kind goes before the general one. */
export const TESTS = [
  "logistic-regression",
  "prediction",
  "regression",
  "correlation",
  "t-test",
  "anova",
  "chi-square",
  "normality",
  "moments",
  "outliers",
  "bootstrap",
  "k-means",
  "seasonal",
] as const;

export const METHODS = [
  "pearson",
  "spearman",
  "kendall",
  "shapiro-wilk",
  "dagostino",
  "jarque-bera",
  "iqr",
  "z-score",
  "additive",
  "multiplicative",
  "mean",
  "median",
  "sum",
  "stddev",
] as const;

export type StatisticsTest = (typeof TESTS)[number];

export interface StatisticsOptions<Test extends StatisticsTest = StatisticsTest> {
  /** A file or an array of the notebook by its name, or a SELECT. */
  readonly table: string;
  readonly test: Test;
  /**
   * A column. Of t-test and anova the one that tells the groups, of seasonal the dates. The regressions, prediction and
   * k-means take several; a column of texts there becomes one of 0 and 1 for each value but the first.
   */
  readonly x: string | readonly string[];
  /** A column: what is compared, or what is explained by x. Not for the tests of one column, and k-means. */
  readonly y?: string | undefined;
  /**
   * correlation: pearson, spearman, kendall. normality: dagostino, shapiro-wilk, jarque-bera. outliers: iqr, z-score.
   * seasonal: additive, multiplicative. bootstrap, what is estimated: mean, median, sum, stddev. The first if left out.
   */
  readonly method?: (typeof METHODS)[number] | undefined;
  /** Of outliers: how many interquartile ranges (1.5) or standard deviations (3) away. */
  readonly threshold?: number | undefined;
  /** Of k-means: how many; 3. */
  readonly clusters?: number | undefined;
  /** Of k-means: columns are brought to mean 0 and standard deviation 1 first. */
  readonly scale?: boolean | undefined;
  /** Of seasonal: values in a season; if left out that of the dates: 12 months, 4 quarters, 7 days, 24 hours. */
  readonly period?: number | undefined;
  /** Of prediction: the share of the rows that it is judged by; 0.25. */
  readonly testShare?: number | undefined;
  /** Of prediction, k-means and bootstrap: the same seed gives the same result; 0. */
  readonly seed?: number | undefined;
  /** Of bootstrap and the regressions: the level of the intervals; 0.95. */
  readonly confidence?: number | undefined;
}

/** What every result says of itself. */
export interface Counted {
  /** What was computed, and of what p is the probability. */
  readonly method: string;
  /** Rows that were used. */
  readonly n: number;
  /** Rows that were not, as a value is missing, NaN or infinite. */
  readonly leftOut: number;
}

export interface Term {
  /** A column, "intercept", or a column with the value that is compared to its first: "origin[Japan]". */
  readonly term: string;
  readonly coefficient: number;
  readonly standardError: number;
  /** t of a linear regression, z of a logistic one. */
  readonly statistic: number;
  /** Two-sided, of the coefficient being 0. */
  readonly p: number;
  /** The interval of confidence. */
  readonly low: number;
  readonly high: number;
}

export interface StatisticsResults {
  /** Pearson's r, Spearman's rho or Kendall's tau-b; p of no relation, two-sided. As scipy.stats. */
  readonly correlation: Counted & { readonly coefficient: number; readonly p: number };
  /** Ordinary least squares, as statsmodels' OLS with an intercept. */
  readonly regression: Counted & {
    readonly coefficients: readonly Term[];
    readonly rSquared: number;
    readonly adjustedRSquared: number;
    readonly f: number;
    readonly df: readonly [number, number];
    /** Of f: of all coefficients but the intercept being 0. */
    readonly p: number;
    /** The standard deviation of what is left, in units of y. */
    readonly residualStandardError: number;
  };
  /** By maximum likelihood, as statsmodels' Logit with an intercept. */
  readonly "logistic-regression": Counted & {
    /** The value of y whose odds are explained. */
    readonly of: string;
    readonly coefficients: readonly (Term & { readonly oddsRatio: number })[];
    readonly logLikelihood: number;
    /** McFadden's. */
    readonly pseudoRSquared: number;
    /** Of the likelihood ratio: of all coefficients but the intercept being 0. */
    readonly p: number;
    /** The share of the rows that it would tell right, by the same rows that it was made from. */
    readonly accuracy: number;
  };
  /**
   * A model of some rows, judged by the others. Rows are split as by scikit-learn's train_test_split(random_state = seed).
   * A numeric y: least squares, judged by rmse, mae and rSquared. A y of two values: LogisticRegression() of scikit-learn,
   * judged by accuracy, precision and recall of the value `of`.
   */
  readonly prediction: Counted & {
    readonly trainedOn: number;
    readonly testedOn: number;
    readonly rmse?: number;
    readonly mae?: number;
    readonly rSquared?: number;
    readonly of?: string;
    readonly accuracy?: number;
    readonly precision?: number;
    readonly recall?: number;
    /** The accuracy of always saying the most frequent value. */
    readonly baseline?: number;
  };
  /** Welch's, of unequal variances; p of equal means, two-sided. As scipy.stats.ttest_ind(equal_var=False). */
  readonly "t-test": Counted & Groups & { readonly t: number; readonly df: number; readonly p: number };
  /** One-way; p of all means being equal. As scipy.stats.f_oneway. */
  readonly anova: Counted & Groups & { readonly f: number; readonly df: readonly [number, number]; readonly p: number };
  /** Pearson's test of independence without correction, as scipy.stats.chi2_contingency(correction=False). */
  readonly "chi-square": Counted & {
    readonly chi2: number;
    readonly df: number;
    readonly p: number;
    /** Between 0 and 1. */
    readonly cramersV: number;
    /** The smallest number of rows that independence would have in a cell: below 5 p is rough. */
    readonly smallestExpected: number;
  };
  /** p of the values being from a normal distribution, as scipy.stats' normaltest, shapiro, jarque_bera. */
  readonly normality: Counted & { readonly statistic: number; readonly p: number };
  /** Skewness and excess kurtosis (0 of a normal distribution), as scipy.stats.skew and kurtosis, and pandas'. */
  readonly moments: Counted & {
    readonly mean: number;
    readonly stddev: number;
    readonly skewness: number;
    readonly kurtosis: number;
    /** Adjusted for the sample's size: as skew() and kurt() of pandas and SKEW() and KURT() of spreadsheets. */
    readonly adjustedSkewness: number;
    readonly adjustedKurtosis: number;
  };
  readonly outliers: Counted & {
    readonly outliers: number;
    readonly share: number;
    /** What is lower or higher is an outlier. */
    readonly low: number;
    readonly high: number;
    /** The condition that selects these rows in SQL. */
    readonly where: string;
    /** The most extreme values first, at most 20. */
    readonly values: readonly number[];
    /** Of the values that are none; null of fewer than one, or two. */
    readonly restMean: number | null;
    readonly restStddev: number | null;
  };
  /** The percentile interval of 9,999 resamples, as scipy.stats.bootstrap(method="percentile"). */
  readonly bootstrap: Counted & {
    readonly estimate: number;
    readonly low: number;
    readonly high: number;
    readonly standardError: number;
    readonly resamples: number;
  };
  /** The best of 10 runs, as scikit-learn's KMeans(n_init=10). */
  readonly "k-means": Counted & {
    /** The largest cluster first: its rows and the means of its columns. */
    readonly clusters: readonly { readonly cluster: number; readonly n: number; readonly center: Numbers }[];
    /** The sum of squared distances to the centers, in the units of the columns (or of `scale`). */
    readonly inertia: number;
    /** How well the clusters are apart: -1 to 1; of at most 2,000 rows. */
    readonly silhouette: number;
    /** The cluster of each row of the table, null of one that was left out. */
    readonly labels: readonly (number | null)[];
  };
  /** By moving averages, as statsmodels' seasonal_decompose. */
  readonly seasonal: Counted & {
    readonly period: number;
    /** What each place in the season adds, or multiplies by; the first of the season of the first date first. */
    readonly season: readonly number[];
    /** Between 0 and 1: how much of what the trend leaves is season (Hyndman's). */
    readonly seasonalStrength: number;
    readonly trendStrength: number;
    /** null at both ends, where there is no whole season around. */
    readonly rows: readonly SeasonalRow[];
  };
}

export type Numbers = Readonly<Record<string, number>>;

export interface Groups {
  readonly groups: readonly {
    readonly group: string;
    readonly n: number;
    readonly mean: number;
    readonly stddev: number;
  }[];
}

export interface SeasonalRow {
  readonly date: string;
  readonly value: number;
  readonly trend: number | null;
  readonly seasonal: number;
  readonly rest: number | null;
}

export type StatisticsResult = StatisticsResults[StatisticsTest];
