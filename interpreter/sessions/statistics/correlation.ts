import { sampleCorrelation } from "simple-statistics";
import { normalP, studentP } from "./distributions.ts";
import { need } from "./statistics-error.ts";

type Values = readonly number[];

const MAX_EXACT = 33; // pairs: up to them Kendall's p is counted, as scipy does

/** Pearson's r. */
export function pearson(x: Values, y: Values) {
  const r = coefficient(x, y);
  return { coefficient: r, p: pOfR(r, x.length) };
}

/** Spearman's rho: Pearson's of ranks, ties shared. */
export function spearman(x: Values, y: Values) {
  const rho = coefficient(ranks(x), ranks(y));
  return { coefficient: rho, p: pOfR(rho, x.length) };
}

function coefficient(x: Values, y: Values): number {
  need(x.length >= 3, `a correlation needs 3 pairs of numbers, and there are ${x.length}`);
  const r = sampleCorrelation([...x], [...y]);
  need(Number.isFinite(r), "a column has only one value: nothing is correlated with it");
  return Math.max(-1, Math.min(1, r));
}

function pOfR(r: number, n: number): number {
  if (Math.abs(r) >= 1 - 1e-15) return 0;
  return studentP(r * Math.sqrt((n - 2) / (1 - r * r)), n - 2);
}

function ranks(values: Values): number[] {
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

/** Kendall's tau-b; p is exact without ties up to 33 pairs, else of the normal distribution. */
export function kendall(x: Values, y: Values) {
  const n = x.length;
  need(n >= 3, `a correlation needs 3 pairs of numbers, and there are ${n}`);
  const pairs = x.map((value, i) => [value, y[i]!] as const).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const discordant = inversions(pairs.map(([, second]) => second));
  const total = (n * (n - 1)) / 2;
  const [inX, inY] = [ties(x), ties(y)];
  const both = ties(pairs.map(([a, b]) => `${a} ${b}`)).pairs;
  need(inX.pairs < total && inY.pairs < total, "a column has only one value: nothing is correlated with it");
  const balance = total - inX.pairs - inY.pairs + both - 2 * discordant;
  const tau = balance / Math.sqrt(total - inX.pairs) / Math.sqrt(total - inY.pairs);
  const isUntied = inX.pairs === 0 && inY.pairs === 0;
  if (isUntied && (n <= MAX_EXACT || Math.min(discordant, total - discordant) <= 1)) {
    return { coefficient: tau, p: exactKendallP(n, Math.min(discordant, total - discordant)) };
  }
  const m = n * (n - 1);
  const variance =
    (m * (2 * n + 5) - inX.second - inY.second) / 18 +
    (2 * inX.pairs * inY.pairs) / m +
    (inX.first * inY.first) / (9 * m * (n - 2));
  return { coefficient: tau, p: normalP(balance / Math.sqrt(variance)) };
}

/** Sums over groups of equal values that the variance of tau needs. */
function ties(values: readonly unknown[]) {
  const counts = new Map<unknown, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const sum = (of: (t: number) => number) => [...counts.values()].reduce((total, t) => total + of(t), 0);
  return {
    pairs: sum((t) => (t * (t - 1)) / 2),
    first: sum((t) => t * (t - 1) * (t - 2)),
    second: sum((t) => t * (t - 1) * (2 * t + 5)),
  };
}

/** Pairs of which the first is greater, counted while they are merged. */
function inversions(values: number[]): number {
  let count = 0;
  const sort = (part: number[]): number[] => {
    if (part.length < 2) return part;
    const middle = part.length >> 1;
    const [left, right] = [sort(part.slice(0, middle)), sort(part.slice(middle))];
    const merged: number[] = [];
    for (let i = 0, j = 0; i < left.length || j < right.length; ) {
      if (j < right.length && (i >= left.length || right[j]! < left[i]!)) {
        count += left.length - i;
        merged.push(right[j++]!);
      } else merged.push(left[i++]!);
    }
    return merged;
  };
  sort(values);
  return count;
}

/** Twice the share of all orders of n values that have at most `most` inversions. */
function exactKendallP(n: number, most: number): number {
  let shares = [1]; // of orders by their inversions; each further value adds 0 to size - 1 of them
  for (let size = 2; size <= n; size++) {
    const before = shares;
    const length = Math.min(most, before.length - 1 + size - 1) + 1;
    shares = Array.from({ length }, (_, k) => {
      let sum = 0;
      for (let added = Math.max(0, k - before.length + 1); added < size && added <= k; added++)
        sum += before[k - added]!;
      return sum / size;
    });
  }
  return Math.min(1, 2 * shares.reduce((sum, share) => sum + share, 0));
}
