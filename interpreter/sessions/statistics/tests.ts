// Tests with their p-values, which SQL has not. All two-sided; values that are missing are left out before.
import { linearRegression, mean, sampleCorrelation, sampleVariance } from "simple-statistics";
import { chiSquareP, fisherP, studentP } from "./distributions.ts";

export class StatisticsError extends Error {
  override readonly name = "StatisticsError";
}

type Numbers = readonly number[];

/** Pearson's r. */
export function correlation(x: Numbers, y: Numbers) {
  need(x.length >= 3, "a correlation needs 3 pairs of numbers");
  const r = sampleCorrelation([...x], [...y]);
  need(Number.isFinite(r), "a column has only one value");
  return { r, p: pOfR(r, x.length), n: x.length };
}

/** Spearman's rho: of ranks, with ties shared. */
export function rankCorrelation(x: Numbers, y: Numbers) {
  const { r, p, n } = correlation(ranks(x), ranks(y));
  return { rho: r, p, n };
}

export function regression(x: Numbers, y: Numbers) {
  const { r, p, n } = correlation(x, y);
  const { m, b } = linearRegression(x.map((value, i) => [value, y[i]!]));
  return { slope: m, intercept: b, rSquared: r * r, p, n };
}

/** Welch's: two groups of unequal variance. */
export function tTest(a: Numbers, b: Numbers) {
  need(a.length >= 2 && b.length >= 2, "a t-test needs two groups of at least 2 numbers");
  const [va, vb] = [sampleVariance([...a]) / a.length, sampleVariance([...b]) / b.length];
  need(va + vb > 0, "neither group varies");
  const t = (mean([...a]) - mean([...b])) / Math.sqrt(va + vb);
  const df = (va + vb) ** 2 / (va ** 2 / (a.length - 1) + vb ** 2 / (b.length - 1));
  return { t, df, p: studentP(t, df), means: [mean([...a]), mean([...b])], n: [a.length, b.length] };
}

/** One-way analysis of variance. */
export function anova(groups: readonly Numbers[]) {
  const all = groups.flat();
  need(groups.length >= 2 && all.length > groups.length, "an analysis of variance needs two groups of numbers");
  const total = mean([...all]);
  const between = groups.reduce((sum, group) => sum + group.length * (mean([...group]) - total) ** 2, 0);
  const within = groups.reduce(
    (sum, group) => sum + group.reduce((s, value) => s + (value - mean([...group])) ** 2, 0),
    0,
  );
  const [df1, df2] = [groups.length - 1, all.length - groups.length];
  const f = between / df1 / (within / df2);
  return {
    f,
    df: [df1, df2],
    p: fisherP(f, df1, df2),
    means: groups.map((group) => mean([...group])),
    n: groups.map(({ length }) => length),
  };
}

/** Pearson's test of independence, without Yates' correction. @param counts of each pair of values */
export function chiSquare(counts: readonly Numbers[]) {
  const rows = counts.map((row) => row.reduce((sum, value) => sum + value, 0));
  const columns = (counts[0] ?? []).map((_, j) => counts.reduce((sum, row) => sum + row[j]!, 0));
  const n = rows.reduce((sum, value) => sum + value, 0);
  need(rows.length >= 2 && columns.length >= 2 && n > 0, "a chi-square test needs two columns with two values each");
  let chi2 = 0;
  for (const [i, row] of counts.entries()) {
    for (const [j, count] of row.entries()) {
      const expected = (rows[i]! * columns[j]!) / n;
      chi2 += (count - expected) ** 2 / expected;
    }
  }
  const df = (rows.length - 1) * (columns.length - 1);
  return { chi2, df, p: chiSquareP(chi2, df), n };
}

/** D'Agostino and Pearson's K², of skew and kurtosis. */
export function normality(x: Numbers) {
  const n = x.length;
  need(n >= 20, "a test of normality needs 20 numbers");
  const center = mean([...x]);
  const moment = (k: number) => x.reduce((sum, value) => sum + (value - center) ** k, 0) / n;
  const m2 = moment(2);
  need(m2 > 0, "the column has only one value");
  const skew = moment(3) / m2 ** 1.5;
  const kurtosis = moment(4) / m2 ** 2;
  const k2 = zOfSkew(skew, n) ** 2 + zOfKurtosis(kurtosis, n) ** 2;
  return { k2, p: chiSquareP(k2, 2), skew, kurtosis: kurtosis - 3, n };
}

function zOfSkew(skew: number, n: number): number {
  const y = skew * Math.sqrt(((n + 1) * (n + 3)) / (6 * (n - 2)));
  const beta = (3 * (n * n + 27 * n - 70) * (n + 1) * (n + 3)) / ((n - 2) * (n + 5) * (n + 7) * (n + 9));
  const w2 = -1 + Math.sqrt(2 * (beta - 1));
  const alpha = Math.sqrt(2 / (w2 - 1));
  const ratio = y / alpha;
  return Math.log(ratio + Math.sqrt(ratio * ratio + 1)) / Math.sqrt(0.5 * Math.log(w2));
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

function pOfR(r: number, n: number): number {
  if (Math.abs(r) >= 1 - 1e-15) return 0;
  return studentP(r * Math.sqrt((n - 2) / (1 - r * r)), n - 2);
}

function ranks(values: Numbers): number[] {
  const order = values.map((value, i) => ({ value, i })).sort((a, b) => a.value - b.value);
  const result: number[] = new Array(values.length);
  for (let first = 0; first < order.length; ) {
    let last = first;
    while (last + 1 < order.length && order[last + 1]!.value === order[first]!.value) last++;
    for (let k = first; k <= last; k++) result[order[k]!.i] = (first + last) / 2 + 1;
    first = last + 1;
  }
  return result;
}

function need(condition: boolean, problem: string): void {
  if (!condition) throw new StatisticsError(problem);
}
