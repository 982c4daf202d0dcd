import { RandomState } from "./random.ts";
import { need } from "./statistics-error.ts";

const RESAMPLES = 9_999; // scipy's number
const MAX_DRAWN = 100_000_000; // values in all resamples: some seconds

export type Estimate = "mean" | "median" | "sum" | "stddev";

/** The interval that the middle share `confidence` of the estimates lies in. */
export function bootstrap(values: readonly number[], of: Estimate, confidence: number, seed: number) {
  const n = values.length;
  need(n >= 2, `a bootstrap needs 2 numbers, and there are ${n}`);
  const resamples = Math.min(RESAMPLES, Math.floor(MAX_DRAWN / n));
  const random = new RandomState(seed);
  const sample = new Float64Array(n);
  const estimates = Float64Array.from({ length: resamples }, () => {
    for (let i = 0; i < n; i++) sample[i] = values[random.integer(n - 1)]!;
    return estimate(sample, of);
  }).sort();
  return {
    estimate: estimate(Float64Array.from(values), of),
    low: quantile(estimates, (1 - confidence) / 2),
    high: quantile(estimates, (1 + confidence) / 2),
    standardError: estimate(estimates, "stddev"),
    resamples,
  };
}

function estimate(values: Float64Array, of: Estimate): number {
  if (of === "median") return quantile(values.toSorted(), 0.5);
  const sum = values.reduce((total, value) => total + value, 0);
  if (of === "sum") return sum;
  const mean = sum / values.length;
  if (of === "mean") return mean;
  return Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2, 0) / (values.length - 1));
}

/** Between the two values around it, in proportion, as numpy's percentile. @param sorted ascending */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  return low + (place - below) * ((sorted[below + 1] ?? low) - low);
}
