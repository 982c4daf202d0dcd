// A series as trend, season and rest by moving averages, as statsmodels' seasonal_decompose.
import { need } from "./statistics-error.ts";

type Numbers = readonly number[];
type Gaps = readonly (number | null)[]; // null where there is no whole season around

export interface Decomposition {
  readonly trend: Gaps;
  readonly seasonal: Numbers;
  readonly rest: Gaps;
  readonly season: Numbers;
}

export function decompose(values: Numbers, period: number, isMultiplicative: boolean): Decomposition {
  need(
    values.length >= 2 * period,
    `a season of ${period} values needs two of them, ${2 * period} values, and there are ${values.length}`,
  );
  need(!isMultiplicative || values.every((value) => value > 0), "a multiplicative season needs values above 0");
  const without = (value: number, part: number) => (isMultiplicative ? value / part : value - part);
  const trend = movingAverage(values, period);
  const detrended = values.map((value, i) => (trend[i] === null ? null : without(value, trend[i]!)));
  const means = Array.from({ length: period }, (_, place) => mean(detrended.filter((_, i) => i % period === place)));
  const season = means.map((value) => without(value, mean(means)));
  const seasonal = values.map((_, i) => season[i % period]!);
  const rest = detrended.map((value, i) => (value === null ? null : without(value, seasonal[i]!)));
  return { trend, seasonal, rest, season };
}

/** Over one season around each value; of an even period the values at both ends count half. */
function movingAverage(values: Numbers, period: number): Gaps {
  const reach = period >> 1;
  const end = period % 2 === 0 ? 0.5 : 1;
  return values.map((_, i) => {
    if (i < reach || i + reach >= values.length) return null;
    const around = values.slice(i - reach, i + reach + 1);
    return around.reduce((sum, value, j) => sum + value * (j === 0 || j === 2 * reach ? end : 1), 0) / period;
  });
}

function mean(values: Gaps): number {
  const known = values.filter((value) => value !== null);
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** 1 - Var(rest) / Var(part and rest): how much of both is the part. */
export function strength(part: Gaps, rest: Gaps, isMultiplicative: boolean): number {
  const known = rest.flatMap((value, i) => (value === null ? [] : [[part[i]!, value] as const]));
  const variance = (values: Numbers) => mean(values.map((value) => (value - mean(values)) ** 2));
  const both = variance(known.map(([a, b]) => (isMultiplicative ? a * b : a + b)));
  return both === 0 ? 0 : Math.max(0, 1 - variance(known.map(([, b]) => b)) / both);
}
