// Which tests a question asks for, by its words.
import { type Asked, asksFor, saysInAnyLanguage } from "../languages/index.ts";
import { type METHODS, type StatisticsTest, TESTS } from "../sessions/statistics/statistics-types.ts";

type Method = (typeof METHODS)[number];

/** Of words for a difference or a relation that is more than chance, which name no test. */
const OF_SIGNIFICANCE: readonly StatisticsTest[] = ["t-test", "anova", "chi-square", "correlation"];

const METHOD_WORDS: readonly (Asked & Method)[] = [
  "spearman",
  "kendall",
  "pearson",
  "shapiro-wilk",
  "jarque-bera",
  "z-score",
  "iqr",
  "multiplicative",
  "median",
];

/** The tests to choose from; none of most questions. */
export function testsAskedFor(question: string): readonly StatisticsTest[] {
  const found = TESTS.filter((test) => asksFor(question, test));
  const [first] = found;
  if (first === "logistic-regression" || first === "prediction") return [first]; // these are regressions, too
  return found.length > 0 || !saysInAnyLanguage(question, ({ significance }) => significance) ? found : OF_SIGNIFICANCE;
}

/** The one of `methods` that the question names. */
export function methodAskedFor(question: string, methods: readonly Method[]): Method | undefined {
  return METHOD_WORDS.find((method) => methods.includes(method) && asksFor(question, method));
}
