// Which tests a question asks for, by its words.
import { type Asked, asksFor, saysInAnyLanguage } from "../languages/index.ts";
import {
  type METHODS,
  type StatisticsOptions,
  type StatisticsTest,
  TESTS,
} from "../sessions/statistics/statistics-types.ts";

type Method = (typeof METHODS)[number];
type Settings = Pick<StatisticsOptions, "threshold" | "testShare" | "seed" | "clusters" | "confidence">;

/** Of words for a difference or a relation that is more than chance, which name no test. */
const OF_SIGNIFICANCE: readonly StatisticsTest[] = ["t-test", "anova", "chi-square", "correlation"];

const METHOD_WORDS: readonly (Asked & Method)[] = [
  "spearman",
  "kendall",
  "pearson",
  "shapiro-wilk",
  "jarque-bera",
  "iqr", // before the one that "standard deviation" may stand for
  "z-score",
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

const THRESHOLD =
  /z-?scores?\b[^.\n]{0,60}?(?:[>≥±]=?|above|over|exceed\w*|(?:greater|higher|larger|more) than|threshold(?: of)?|of)\s*(\d+(?:\.\d+)?)|threshold\s*(?:of|is|=|:)?\s*(\d+(?:\.\d+)?)|(\d+(?:\.\d+)?)\s*(?:standard deviations|Standardabweichungen|desviaciones|écarts[- ]types|σ|个标准差|標準偏差)|(\d+(?:\.\d+)?)\s*(?:\*|x|×|times|mal|veces|fois)?\s*(?:the |der |el |l')?(?:IQR|interquartile|Interquartil)/iu;
const SEED = /\b(?:random[_ ]?(?:state|seed)|seed)\b\s*(?:of|is|to|set to|=|:)?\s*(\d+)/i;
const SPLIT = /(\d\d)\s*%?\s*[/:-]\s*(\d\d)(?!\d)/;
const TEST_PERCENT = /(\d\d?)\s?%[^.\n%]{0,30}?\b(?:test\w*|held out|zum Testen|prueba)/i;
const TEST_SHARE = /\btest(?:ing)?[_ ]?(?:size|set|share|data)?\s*(?:of|is|=|:)?\s*(0?\.\d+)/i;
const CLUSTERS = /\bk\s*=\s*(\d+)|(\d+)\s*(?:clusters?|grupos|groupes|Gruppen|个?聚类|クラスタ)/iu;
const CONFIDENCE = /(\d\d(?:\.\d+)?)\s?%[- ]?(?:confidence|CI\b|Konfidenz\w*|de confian\w+|置信|信頼)/iu;

/** The settings that the question names, each as the test takes it. */
export function settingsAskedFor(question: string): Settings {
  const number = (words: RegExp) => {
    const found = words
      .exec(question)
      ?.slice(1)
      .find((text) => text !== undefined);
    return found === undefined ? undefined : Number(found);
  };
  const [, train, test] = SPLIT.exec(question) ?? [];
  const isSplit = Number(train) + Number(test) === 100;
  const testPercent = isSplit ? Math.min(Number(train), Number(test)) : number(TEST_PERCENT);
  const testShare = testPercent === undefined ? number(TEST_SHARE) : testPercent / 100;
  const confidence = number(CONFIDENCE);
  const settings = {
    ...{ threshold: number(THRESHOLD), testShare, seed: number(SEED), clusters: number(CLUSTERS) },
    confidence: confidence === undefined ? undefined : confidence / 100,
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
