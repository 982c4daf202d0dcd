// Whether values are as from a normal distribution, by their skew and kurtosis.
import { mean } from "simple-statistics";
import { chiSquareP } from "./distributions.ts";
import { need } from "./statistics-error.ts";

type Values = readonly number[];

const MIN_VALUES_OF_DAGOSTINO = 20;

/** Of one column; kurtosis is what goes beyond the normal distribution's 3. */
export function moments(x: Values) {
  const n = x.length;
  need(n >= 4, `skewness and kurtosis need 4 numbers, and there are ${n}`);
  const center = mean([...x]);
  const moment = (k: number) => x.reduce((sum, value) => sum + (value - center) ** k, 0) / n;
  const m2 = moment(2);
  need(m2 > 0, "the column has only one value");
  const skewness = moment(3) / m2 ** 1.5;
  const kurtosis = moment(4) / m2 ** 2 - 3;
  return {
    mean: center,
    stddev: Math.sqrt((m2 * n) / (n - 1)),
    skewness,
    kurtosis,
    adjustedSkewness: (skewness * Math.sqrt(n * (n - 1))) / (n - 2),
    adjustedKurtosis: (((n + 1) * kurtosis + 6) * (n - 1)) / ((n - 2) * (n - 3)),
  };
}

/** D'Agostino and Pearson's K², of skewness and kurtosis. */
export function dagostino(x: Values) {
  const n = x.length;
  need(
    n >= MIN_VALUES_OF_DAGOSTINO,
    `D'Agostino and Pearson's test needs ${MIN_VALUES_OF_DAGOSTINO} numbers, and there are ${n}; method "shapiro-wilk" needs 3`,
  );
  const { skewness, kurtosis } = moments(x);
  const statistic = zOfSkewness(skewness, n) ** 2 + zOfKurtosis(kurtosis + 3, n) ** 2;
  return { statistic, p: chiSquareP(statistic, 2) };
}

export function jarqueBera(x: Values) {
  const { skewness, kurtosis } = moments(x);
  const statistic = (x.length / 6) * (skewness ** 2 + kurtosis ** 2 / 4);
  return { statistic, p: chiSquareP(statistic, 2) };
}

function zOfSkewness(skewness: number, n: number): number {
  const y = skewness * Math.sqrt(((n + 1) * (n + 3)) / (6 * (n - 2)));
  const beta = (3 * (n * n + 27 * n - 70) * (n + 1) * (n + 3)) / ((n - 2) * (n + 5) * (n + 7) * (n + 9));
  const w2 = -1 + Math.sqrt(2 * (beta - 1));
  const alpha = Math.sqrt(2 / (w2 - 1));
  return Math.asinh(y / alpha) / Math.sqrt(0.5 * Math.log(w2));
}

function zOfKurtosis(kurtosis: number, n: number): number {
  const expected = (3 * (n - 1)) / (n + 1);
  const variance = (24 * n * (n - 2) * (n - 3)) / ((n + 1) ** 2 * (n + 3) * (n + 5));
  const x = (kurtosis - expected) / Math.sqrt(variance);
  const beta =
    ((6 * (n * n - 5 * n + 2)) / ((n + 7) * (n + 9))) * Math.sqrt((6 * (n + 3) * (n + 5)) / (n * (n - 2) * (n - 3)));
  const a = 6 + (8 / beta) * (2 / beta + Math.sqrt(1 + 4 / (beta * beta)));
  const root = (1 - 2 / a) / (1 + x * Math.sqrt(2 / (a - 4)));
  return (1 - 2 / (9 * a) - Math.cbrt(root)) / Math.sqrt(2 / (9 * a));
}
