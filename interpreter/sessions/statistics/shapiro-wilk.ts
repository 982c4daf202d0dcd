// Shapiro and Wilk's test of normality by Royston's approximation (1995, Applied Statistics 44, algorithm AS R94), which
// R's shapiro.test and scipy.stats.shapiro compute as well.
import { normalQuantile, normalTail } from "./distributions.ts";
import { need } from "./statistics-error.ts";

const MAX_VALUES = 5_000; // of which Royston tried it
const SMALL = 11; // values: up to them p is approximated in another way

/** Royston's polynomials, the constant first: of the last two weights, by 1/sqrt(n). */
const LAST_WEIGHT = [0, 0.221157, -0.147981, -2.07119, 4.434685, -2.706056];
const WEIGHT_BEFORE = [0, 0.042981, -0.293762, -1.752461, 5.682633, -3.582633];
/** Of the distribution that ln(1 - W) has nearly: by n for few values, by ln n for many. */
const SMALL_LIMIT = [-2.273, 0.459];
const SMALL_MEAN = [0.544, -0.39978, 0.025054, -6.714e-4];
const SMALL_LOG_STDDEV = [1.3822, -0.77857, 0.062767, -0.0020322];
const MEAN = [-1.5861, -0.31082, -0.083751, 0.0038915];
const LOG_STDDEV = [-0.4803, -0.082676, 0.0030302];

export function shapiroWilk(values: readonly number[]) {
  const n = values.length;
  need(n >= 3, `Shapiro and Wilk's test needs 3 numbers, and there are ${n}`);
  need(
    n <= MAX_VALUES,
    `Shapiro and Wilk's test is for at most ${MAX_VALUES} numbers, and there are ${n}; take method "dagostino"`,
  );
  const sorted = [...values].sort((a, b) => a - b);
  need(sorted[0]! < sorted[n - 1]!, "the column has only one value");
  const w = statistic(sorted, weights(n));
  return { statistic: w, p: pOf(w, n) };
}

/** Of the differences between the last and the first value, the last but one and the second, ... */
function weights(n: number): number[] {
  const half = n >> 1;
  if (n === 3) return [Math.SQRT1_2];
  const m = Array.from({ length: half }, (_, i) => -normalQuantile((i + 1 - 0.375) / (n + 0.25)));
  const squares = 2 * m.reduce((sum, value) => sum + value * value, 0);
  const last = polynomial(LAST_WEIGHT, 1 / Math.sqrt(n)) + m[0]! / Math.sqrt(squares);
  if (n <= 5) {
    const rest = Math.sqrt((squares - 2 * m[0]! ** 2) / (1 - 2 * last ** 2));
    return [last, ...m.slice(1).map((value) => value / rest)];
  }
  const before = polynomial(WEIGHT_BEFORE, 1 / Math.sqrt(n)) + m[1]! / Math.sqrt(squares);
  const rest = Math.sqrt((squares - 2 * m[0]! ** 2 - 2 * m[1]! ** 2) / (1 - 2 * last ** 2 - 2 * before ** 2));
  return [last, before, ...m.slice(2).map((value) => value / rest)];
}

function statistic(sorted: readonly number[], weight: readonly number[]): number {
  const n = sorted.length;
  const mean = sorted.reduce((sum, value) => sum + value, 0) / n;
  const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const range = weight.reduce((sum, a, i) => sum + a * (sorted[n - 1 - i]! - sorted[i]!), 0);
  return Math.min(1, range ** 2 / squares);
}

function pOf(w: number, n: number): number {
  if (n === 3) {
    const smallest = Math.asin(Math.sqrt(0.75));
    return Math.max(0, (6 / Math.PI) * (Math.asin(Math.sqrt(w)) - smallest));
  }
  const y = Math.log(1 - w);
  if (n <= SMALL) {
    const limit = polynomial(SMALL_LIMIT, n);
    if (y >= limit) return 1e-99;
    return normalTail((-Math.log(limit - y) - polynomial(SMALL_MEAN, n)) / Math.exp(polynomial(SMALL_LOG_STDDEV, n)));
  }
  const size = Math.log(n);
  return normalTail((y - polynomial(MEAN, size)) / Math.exp(polynomial(LOG_STDDEV, size)));
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
}
