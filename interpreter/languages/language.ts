import type { FormWords } from "./forms/form-words.ts";

/** DuckDB's names for what people ask for by other words. */
export type AskedFunction = "corr" | "median" | "quantile_cont" | "stddev" | "dayname";

/** What a question may ask for by words of each language. */
export type Asked =
  // queries of a shape that small models do not think of
  | "never"
  | "running-total"
  | "moving-average"
  | "first-of-each"
  | "change-over-time"
  | "change-between" // two times
  | "share-of-rows"
  | "how-many-times" // one group has as much as another
  | "gaps"
  | "missing" // rows without a value
  // what is computed from several rows
  | "total"
  | "mean"
  | "row-count"
  // an end of an order, beside the words of `most` and `least`
  | "dearest"
  | "cheapest"
  // how many values a question is answered by
  | "one-value"
  | "groups" // several, or words that may mean several
  // tests and models
  | "logistic-regression"
  | "prediction"
  | "regression"
  | "correlation"
  | "t-test"
  | "anova"
  | "chi-square"
  | "normality"
  | "moments"
  | "outliers"
  | "bootstrap"
  | "k-means"
  | "seasonal"
  // how a test is computed
  | "spearman"
  | "kendall"
  | "pearson"
  | "shapiro-wilk"
  | "jarque-bera"
  | "z-score"
  | "iqr"
  | "multiplicative"
  | "median"
  // time units
  | "year"
  | "quarter"
  | "month"
  | "week"
  | "relative-time" // from today, or from the newest
  // "which month", "by month": what rows are grouped by
  | "which-hour"
  | "which-day"
  | "which-month"
  | "which-year"
  | "of-the-year" // months of all years are one
  // which rows of a table with times
  | "first-in-time"
  | "last-in-time"
  | "no-number" // a text where numbers are
  | "period-edge" // a part of a year or a month, or a day of it
  // charts, their options, and what they measure
  | "second-axis"
  | "facets"
  | "top"
  | "sorted"
  | "shares"
  | "logarithm"
  | "confidence"
  | "map"
  | "revenue"
  | "profit"
  | "line"
  | "bar"
  | "pie"
  | "over-time"
  | "histogram"
  | "scatter";

/** How a column's values become one number; a count is of those that are not missing. */
export type Measured = "count" | "distinct" | "sum" | "mean" | "least" | "most" | "median";

/** On which side of a year the times lie that are asked for, with the year itself or without it. */
export type Side = "after" | "since" | "before" | "through";

/** Where a range begins or ends, with the number itself or without it. */
export type Bound = ">=" | ">" | "<=" | "<";

/** All that the agent knows of one human language. A language more is a file more, and a line in index.ts. */
export interface Language {
  readonly code: string; // as in BCP 47
  /** What it is called in the languages that are written with Latin letters, for "Answer in French". */
  readonly names: readonly string[];
  /** What it is called in Chinese and Japanese. */
  readonly hanNames: readonly string[];
  /** Short words that most sentences hold, by which it is told from the others; none where its script tells it. */
  readonly commonWords: readonly string[];

  /** What a question asks for. */
  readonly chart: RegExp;
  readonly significance: RegExp | undefined;
  readonly words: Readonly<Partial<Record<Asked, RegExp>>>;
  readonly functions: Readonly<Partial<Record<AskedFunction, RegExp>>>;

  /** A question that leans on the one before: by how it begins, or by a word for something said before. */
  readonly beginsFollowUp: RegExp;
  readonly pointsBack: RegExp | undefined;
  /** The beginning of a correction, or of another way to group or to draw. */
  readonly changes: RegExp;
  /** A sentence with a verb of its own that asks: it stands by itself, however it begins. */
  readonly asks: RegExp;
  /** A word that asks for one of several: which it is, and not how much. */
  readonly which: RegExp;

  /** An answer says that the data does not hold what was asked. */
  readonly cannot: RegExp;
  /** ... or that it holds none: of a result without rows. */
  readonly nothing: RegExp;

  /** What an answer claims of a result. `unsure`: words that make a superlative another claim, "the second largest". */
  readonly most: RegExp;
  readonly each: RegExp; // several have a value
  readonly all: RegExp;
  readonly both: RegExp; // each of those that are named
  readonly neither: RegExp; // none of those that are named
  readonly except: RegExp; // all but those that are named
  readonly only: RegExp; // one has, and no other
  readonly least: RegExp;
  readonly unsure: RegExp;
  /** Right beside a word of `most` or `least`, which stands as "#": "is not the #". */
  readonly deniesEnd: RegExp;
  /** One end of an order, whichever it is. */
  readonly best: RegExp;
  /** "has more ... than", between what is larger and what is smaller; undefined where words stand in another order. */
  readonly moreThan: RegExp | undefined;
  readonly lessThan: RegExp | undefined;
  /** The same where the words stand elsewhere, of a text from the first of two on, which stand as 1 and 2. */
  readonly compares?: { readonly more: RegExp; readonly less: RegExp };
  /** Between what is higher and what is lower: "followed by". */
  readonly follows: RegExp;
  /** What a question says of a number, which stands as "#". */
  readonly bounds: Readonly<Record<Bound, RegExp>>;
  /** What a question says of a year, which stands as "#". */
  readonly sides: Readonly<Record<Side, RegExp>>;
  readonly rises: RegExp;
  readonly falls: RegExp;
  /** By which a negative number is told without its sign. */
  readonly loses: RegExp;
  /** "twice as many": how often the second of two is in the first. */
  readonly times: readonly (readonly [RegExp, number])[];
  /** "comes second": of the first place, the second, ... */
  readonly ranks: readonly RegExp[];
  /** The same with an end, "second most": what makes it that end, in place of these words for the second, third and fourth. */
  readonly rankedEnds: { readonly words: readonly RegExp[]; readonly end: string };
  readonly last: RegExp; // the last place
  /** "A has as many as B". */
  readonly equals: RegExp;
  /** Of a trend: in each of the years. */
  readonly steadily: RegExp;
  /** Of a trend: to twice, three times or half of what it was. */
  readonly grows: readonly (readonly [RegExp, number])[];
  readonly stays: RegExp; // no trend
  /** What stands for the one that the sentence before is about, at the beginning of a sentence. */
  readonly it: RegExp;
  /** "Half of them are": of a whole, the least and the most that it may be; the first that fits. */
  readonly parts: readonly (readonly [RegExp, number, number])[];
  /** Behind a number: "3 million". */
  readonly scales: Readonly<Record<string, number>>;
  /** The words for 0, 1, 2, ... 12; several are set apart by "|". */
  readonly cardinals: readonly string[];

  /** How a question asks for the form of its answer. */
  readonly form: FormWords;
  readonly yes: string;
  readonly no: string;

  /** Sentences that are true of any result, whatever it is. */
  readonly sentences: {
    /** What a computed number is of, where nobody gave it a name. */
    readonly measures: Readonly<Record<Measured, (column: string) => string>> & { readonly rows: string };
    readonly one: (name: string, value: string) => string;
    readonly byKey: (name: string, key: string, pairs: string) => string;
    readonly rows: (count: number) => string;
    readonly none: string;
    readonly chart: (measure: string, key: string) => string;
    readonly lacks: (column: string) => string; // no table has what was asked for
    readonly noNumbers: (column: string, table: string, reason: string) => string; // that it could be computed with; ": why", or ""
    readonly unreadable: (file: string, problem: string) => string; // and the way out; `problem` ends as a sentence does
    readonly noFile: (file: string, tables: string) => string; // a file that the question names, and the tables there are
    readonly nearFile: (file: string) => string; // of those, the one that is nearly called so
    readonly noTables: string; // and the way out
    readonly isOther: (column: string) => string; // nor does this column hold it, which a query took for it
    readonly ifMeant: (column: string) => string;
    readonly unanswerable: string; // whatever is asked
    readonly notFound: string; // no query that was tried gives what was asked
    readonly answerInThis: string; // to the model
  };
}
