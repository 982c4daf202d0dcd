// Each test: reads its columns, computes, and says what was computed.

import { identifier } from "../sql/database.ts";
import { type Asked, columns, explaining, numeric, told } from "./asked.ts";
import { bootstrap } from "./bootstrap.ts";
import { anova, chiSquare, describeGroup, tTest } from "./comparisons.ts";
import { kendall, pearson, spearman } from "./correlation.ts";
import { designOf } from "./design.ts";
import { linearRegression } from "./linear-model.ts";
import { logisticRegression } from "./logistic-model.ts";
import { dagostino, jarqueBera, moments } from "./normality.ts";
import { outliers } from "./outliers.ts";
import { predictKind, predictNumbers } from "./prediction.ts";
import { runClusters } from "./run-clusters.ts";
import { runSeasonal } from "./run-seasonal.ts";
import { shapiroWilk } from "./shapiro-wilk.ts";
import { need } from "./statistics-error.ts";
import type { StatisticsResults, StatisticsTest } from "./statistics-types.ts";
import { groupsOf, numbersOf, type TableColumns } from "./table-columns.ts";

const MAX_GROUPS = 50;
const CONFIDENCE = 0.95;
const TEST_SHARE = 0.25; // scikit-learn's

type Run<Test extends StatisticsTest> = (asked: Asked) => Promise<StatisticsResults[Test]>;

export const RUN: { readonly [Test in StatisticsTest]: Run<Test> } = {
  correlation: runCorrelation,
  regression: runRegression,
  "logistic-regression": runLogistic,
  prediction: runPrediction,
  "t-test": runTTest,
  anova: runAnova,
  "chi-square": runChiSquare,
  normality: runNormality,
  moments: runMoments,
  outliers: runOutliers,
  bootstrap: runBootstrap,
  "k-means": runClusters,
  seasonal: runSeasonal,
};

const CORRELATIONS = {
  pearson: { compute: pearson, name: "Pearson's r" },
  spearman: { compute: spearman, name: "Spearman's rho" },
  kendall: { compute: kendall, name: "Kendall's tau-b" },
} as const;

async function runCorrelation(asked: Asked): Promise<StatisticsResults["correlation"]> {
  const read = await columns(asked, [...asked.x, asked.y].map(numeric));
  const { compute, name } = CORRELATIONS[asked.method as keyof typeof CORRELATIONS];
  return told(`${name}; p of no correlation, two-sided`, read, compute(numbersOf(read), numbersOf(read, 1)));
}

async function runRegression(asked: Asked): Promise<StatisticsResults["regression"]> {
  const read = await columns(asked, [...asked.x.map(explaining), numeric(asked.y)]);
  const design = designOf(read, asked.x);
  const result = linearRegression(design, numbersOf(read, asked.x.length), asked.confidence ?? CONFIDENCE);
  return told(`ordinary least squares${design.note}; p of all coefficients being 0, by F`, read, result);
}

async function runLogistic(asked: Asked): Promise<StatisticsResults["logistic-regression"]> {
  const read = await columns(asked, [...asked.x.map(explaining), { name: asked.y, kind: "groups" }]);
  const design = designOf(read, asked.x);
  const { of, values } = twoValues(read, asked);
  const result = logisticRegression(design, values, asked.confidence ?? CONFIDENCE);
  const method = `logistic regression of ${asked.y} being ${of}, by maximum likelihood${design.note}; p of all coefficients being 0, by the likelihood ratio`;
  return told(method, read, { of, ...result });
}

async function runPrediction(asked: Asked): Promise<StatisticsResults["prediction"]> {
  const { testShare: share = TEST_SHARE, seed = 0 } = asked;
  const read = await columns(asked, [...asked.x.map(explaining), { name: asked.y, kind: "numbers or texts" }]);
  const design = designOf(read, asked.x);
  const y = read.columns[asked.x.length]!;
  const how = `rows split by chance with seed ${seed}${design.note}`;
  if (!y.isText && !y.isYesNo) {
    const result = predictNumbers(design, numbersOf(read, asked.x.length), share, seed);
    return told(`least squares; ${how}`, read, result);
  }
  const { of, values } = twoValues(read, asked);
  const result = predictKind(design, values, share, seed);
  return told(`logistic regression of ${asked.y} being ${of}, penalty 1; ${how}`, read, { of, ...result });
}

/** Yes is 1; of other two values the second in order. */
function twoValues({ rows, columns }: TableColumns, { x, y }: Asked): { of: string; values: number[] } {
  const texts = rows.map((row) => String(row[x.length]));
  const isNumber = columns[x.length]?.isText === false;
  const names = [...new Set(texts)].sort((a, b) => (isNumber ? Number(a) - Number(b) : a < b ? -1 : 1));
  need(names.length === 2, `${y} has ${names.length} values (${names.slice(0, 5).join(", ")}), and two are needed`);
  return { of: names[1]!, values: texts.map((text) => (text === names[1] ? 1 : 0)) };
}

async function runTTest(asked: Asked): Promise<StatisticsResults["t-test"]> {
  const { read, groups } = await grouped(asked);
  const names = [...groups.keys()];
  need(
    groups.size === 2,
    `${asked.x[0]} has ${groups.size} groups (${names.slice(0, 8).join(", ")}); a t-test has two: give a SELECT with a WHERE, or take anova`,
  );
  const [a = [], b = []] = groups.values();
  const result = { groups: described(groups), ...tTest(a, b) };
  return told("Welch's t-test; p of equal means, two-sided", read, result);
}

async function runAnova(asked: Asked): Promise<StatisticsResults["anova"]> {
  const { read, groups } = await grouped(asked);
  const result = { groups: described(groups), ...anova([...groups.values()]) };
  return told("one-way analysis of variance; p of all means being equal", read, result);
}

async function grouped(asked: Asked) {
  const read = await columns(asked, [{ name: asked.x[0]!, kind: "groups" }, numeric(asked.y)]);
  const groups = groupsOf(read);
  need(groups.size <= MAX_GROUPS, `${asked.x[0]} has ${groups.size} groups, more than ${MAX_GROUPS}`);
  return { read, groups };
}

function described(groups: ReadonlyMap<string, readonly number[]>) {
  return [...groups].map(([group, values]) => describeGroup(group, values));
}

async function runChiSquare(asked: Asked): Promise<StatisticsResults["chi-square"]> {
  const read = await columns(
    asked,
    [...asked.x, asked.y].map((name) => ({ name, kind: "groups" })),
  );
  const [xs, ys] = [0, 1].map((column) => [...new Set(read.rows.map((row) => row[column]!))].sort());
  need(
    xs!.length <= MAX_GROUPS && ys!.length <= MAX_GROUPS,
    `${asked.x[0]} has ${xs!.length} values and ${asked.y} ${ys!.length}: more than ${MAX_GROUPS} are too many for a chi-square test`,
  );
  const counts = xs!.map(() => ys!.map(() => 0));
  for (const [x, y] of read.rows) counts[xs!.indexOf(x!)]![ys!.indexOf(y!)]!++;
  return told("Pearson's chi-square test, without correction; p of independence", read, chiSquare(counts));
}

const NORMALITY = {
  dagostino: { compute: dagostino, name: "D'Agostino and Pearson's K²" },
  "shapiro-wilk": { compute: shapiroWilk, name: "Shapiro and Wilk's W" },
  "jarque-bera": { compute: jarqueBera, name: "Jarque and Bera's test" },
} as const;

async function runNormality(asked: Asked): Promise<StatisticsResults["normality"]> {
  const read = await columns(asked, asked.x.map(numeric));
  const { compute, name } = NORMALITY[asked.method as keyof typeof NORMALITY];
  return told(`${name}; p of a normal distribution`, read, compute(numbersOf(read)));
}

async function runMoments(asked: Asked): Promise<StatisticsResults["moments"]> {
  const read = await columns(asked, asked.x.map(numeric));
  return told("moments; kurtosis is 0 of a normal distribution", read, moments(numbersOf(read)));
}

async function runOutliers(asked: Asked): Promise<StatisticsResults["outliers"]> {
  const read = await columns(asked, asked.x.map(numeric));
  const method = asked.method as "iqr" | "z-score";
  const threshold = asked.threshold ?? (method === "iqr" ? 1.5 : 3);
  const result = outliers(numbersOf(read), method, threshold);
  const column = identifier(read.columns[0]!.name);
  const where = `${column} < ${result.low} OR ${column} > ${result.high}`;
  const unit = method === "iqr" ? "interquartile ranges beyond the quartiles" : "standard deviations from the mean";
  return told(`values more than ${threshold} ${unit}`, read, { ...result, where });
}

async function runBootstrap(asked: Asked): Promise<StatisticsResults["bootstrap"]> {
  const { confidence = CONFIDENCE, seed = 0 } = asked;
  const read = await columns(asked, asked.x.map(numeric));
  const of = asked.method as "mean" | "median" | "sum" | "stddev";
  const result = bootstrap(numbersOf(read), of, confidence, seed);
  const method = `bootstrap of the ${of}: the percentile interval of ${confidence * 100} %, seed ${seed}`;
  return told(method, read, result);
}
