// The numbers of a test's result by the names that people ask for them by: "p-value", "r", "number of outliers".
import type { StatisticsResult } from "../sessions/statistics/statistics-types.ts";
import type { NamedValue } from "./result-values.ts";

/** Other names of a field; its own goes without saying. Words that say nothing, as "value", are left out. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  coefficient: ["correlation coefficient", "correlation", "corr", "r", "rho", "tau", "pearson r"],
  statistic: ["test statistic", "w", "w statistic", "shapiro statistic"],
  t: ["t statistic"],
  f: ["f statistic"],
  chi2: ["chi square", "chi squared", "chi2 statistic", "chi square statistic"],
  df: ["degrees of freedom"],
  outliers: ["outlier count", "number of outliers", "num outliers", "outliers count", "total outliers"],
  low: ["lower bound", "lower limit"],
  high: ["upper bound", "upper limit"],
  rSquared: ["r2", "r square", "coefficient of determination"],
  adjustedRSquared: ["adjusted r2"],
  rmse: ["root mean squared error"],
  mae: ["mean absolute error"],
  stddev: ["std dev", "standard deviation"],
  n: ["rows", "sample size"],
};

/** Each name once for each value that it may mean. */
export function statisticValues(result: StatisticsResult): NamedValue[] {
  return Object.entries(result).flatMap(([field, value]) => {
    if (field === "method" || field === "leftOut") return [];
    if (typeof value === "number" || field === "of") return [...named(field, value), ...computed(field, value)];
    if (!Array.isArray(value)) return [];
    if (field === "coefficients") return value.flatMap((term) => ofTerm(term, value.length));
    if (field === "groups") return value.flatMap(({ group, ...numbers }) => ofRow(String(group), numbers));
    if (field === "clusters") return value.flatMap(({ cluster, n }) => ofRow(`cluster ${cluster}`, { n }));
    return [];
  });
}

function named(field: string, value: string | number): NamedValue[] {
  return [field, ...(ALSO[field] ?? [])].map((name) => ({ name, value }));
}

/** The mean squared error, which is asked for as often as its root. */
function computed(field: string, value: string | number): NamedValue[] {
  if (field !== "rmse" || typeof value !== "number") return [];
  return ["mse", "mean squared error"].map((name) => ({ name, value: value ** 2 }));
}

function ofTerm({ term, coefficient, p }: { term: string; coefficient: number; p: number }, terms: number) {
  const own = [
    { name: `${term} coefficient`, value: coefficient },
    { name: `${term} p`, value: p },
  ];
  if (term === "intercept") return [{ name: "intercept", value: coefficient }, ...own];
  return terms === 2 ? [{ name: "slope", value: coefficient }, ...own] : own;
}

function ofRow(key: string, numbers: Readonly<Record<string, number>>): NamedValue[] {
  return Object.entries(numbers).map(([name, value]) => ({ name: `${key} ${name}`, value }));
}
