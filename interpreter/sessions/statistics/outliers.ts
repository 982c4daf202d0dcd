import { mean, sampleStandardDeviation, standardDeviation } from "simple-statistics";
import { quantile } from "./bootstrap.ts";
import { need } from "./statistics-error.ts";

const MAX_SHOWN = 20;

/** Beyond the quartiles by so many interquartile ranges (Tukey's fences), or from the mean by so many standard deviations. */
export function outliers(values: readonly number[], by: "iqr" | "z-score", threshold: number) {
  need(values.length >= 4, `outliers need 4 numbers, and there are ${values.length}`);
  const { low, high } = by === "iqr" ? fences(values, threshold) : distances(values, threshold);
  const found = values.filter((value) => value < low || value > high);
  const middle = (low + high) / 2;
  const extreme = found.sort((a, b) => Math.abs(b - middle) - Math.abs(a - middle)).slice(0, MAX_SHOWN);
  const rest = values.filter((value) => value >= low && value <= high);
  return {
    ...{ outliers: found.length, share: found.length / values.length, low, high, values: extreme },
    restMean: rest.length > 0 ? mean(rest) : null,
    restStddev: rest.length > 1 ? sampleStandardDeviation(rest) : null,
  };
}

function fences(values: readonly number[], threshold: number) {
  const sorted = Float64Array.from(values).sort();
  const [q1, q3] = [quantile(sorted, 0.25), quantile(sorted, 0.75)];
  return { low: q1 - threshold * (q3 - q1), high: q3 + threshold * (q3 - q1) };
}

/** By the standard deviation of all values, as scipy.stats.zscore. */
function distances(values: readonly number[], threshold: number) {
  const center = mean([...values]);
  const reach = threshold * standardDeviation([...values]);
  return { low: center - reach, high: center + reach };
}
