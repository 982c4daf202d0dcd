// Whether groups differ.
import { mean, sampleStandardDeviation, sampleVariance } from "simple-statistics";
import { chiSquareP, fisherP, studentP } from "./distributions.ts";
import { need } from "./statistics-error.ts";

type Values = readonly number[];

/** Welch's: two groups of unequal variance. */
export function tTest(a: Values, b: Values) {
  need(a.length >= 2 && b.length >= 2, "a t-test needs two groups of at least 2 numbers");
  const [va, vb] = [sampleVariance([...a]) / a.length, sampleVariance([...b]) / b.length];
  need(va + vb > 0, "neither group varies");
  const t = (mean([...a]) - mean([...b])) / Math.sqrt(va + vb);
  const df = (va + vb) ** 2 / (va ** 2 / (a.length - 1) + vb ** 2 / (b.length - 1));
  return { t, df, p: studentP(t, df) };
}

/** One-way analysis of variance. */
export function anova(groups: readonly Values[]) {
  const all = groups.flat();
  need(groups.length >= 2 && all.length > groups.length, "an analysis of variance needs two groups of numbers");
  const total = mean(all);
  const means = groups.map((group) => mean([...group]));
  const between = groups.reduce((sum, group, i) => sum + group.length * (means[i]! - total) ** 2, 0);
  const within = groups.reduce((sum, group, i) => sum + group.reduce((s, value) => s + (value - means[i]!) ** 2, 0), 0);
  need(within > 0, "no group varies");
  const df = [groups.length - 1, all.length - groups.length] as const;
  const f = between / df[0] / (within / df[1]);
  return { f, df, p: fisherP(f, ...df) };
}

export function describeGroup(group: string, values: Values) {
  const stddev = values.length > 1 ? sampleStandardDeviation([...values]) : 0;
  return { group, n: values.length, mean: mean([...values]), stddev };
}

/** Pearson's test of independence, without Yates' correction. @param counts of each pair of values */
export function chiSquare(counts: readonly Values[]) {
  const rows = counts.map((row) => row.reduce((sum, value) => sum + value, 0));
  const columns = (counts[0] ?? []).map((_, j) => counts.reduce((sum, row) => sum + row[j]!, 0));
  const n = rows.reduce((sum, value) => sum + value, 0);
  need(rows.length >= 2 && columns.length >= 2 && n > 0, "a chi-square test needs two columns with two values each");
  let chi2 = 0;
  let smallestExpected = Number.POSITIVE_INFINITY;
  for (const [i, row] of counts.entries()) {
    for (const [j, count] of row.entries()) {
      const expected = (rows[i]! * columns[j]!) / n;
      chi2 += (count - expected) ** 2 / expected;
      smallestExpected = Math.min(smallestExpected, expected);
    }
  }
  const df = (rows.length - 1) * (columns.length - 1);
  const cramersV = Math.sqrt(chi2 / (n * (Math.min(rows.length, columns.length) - 1)));
  return { chi2, df, p: chiSquareP(chi2, df), cramersV, smallestExpected };
}
