// Least squares with several regressors, as statsmodels' OLS.
import { inverse, Matrix, QrDecomposition } from "ml-matrix";
import type { Design } from "./design.ts";
import { fisherP, studentP, studentQuantile } from "./distributions.ts";
import { need } from "./statistics-error.ts";

const SAME = 1e-10; // a diagonal of R this much smaller than the largest: the column is a sum of others

export function linearRegression({ terms, rows }: Design, y: readonly number[], confidence: number) {
  const [n, k] = [rows.length, terms.length];
  need(n > k, `a regression of ${k - 1} regressors needs ${k + 1} rows, and there are ${n}`);
  const { coefficients, covariance } = leastSquares(rows, y, terms);
  const left = residuals(rows, y, coefficients);
  const squares = sumOfSquares(left);
  const center = y.reduce((sum, value) => sum + value, 0) / n;
  const total = sumOfSquares(y.map((value) => value - center));
  need(total > 0, "y has only one value: nothing explains it");
  const df = [k - 1, n - k] as const;
  const variance = squares / df[1];
  const rSquared = 1 - squares / total;
  const f = (total - squares) / df[0] / variance;
  const reach = studentQuantile(1 - confidence, df[1]);
  return {
    coefficients: terms.map((term, i) => {
      const standardError = Math.sqrt(covariance.get(i, i) * variance);
      const coefficient = coefficients[i]!;
      const statistic = coefficient / standardError;
      const [low, high] = [coefficient - reach * standardError, coefficient + reach * standardError];
      return { term, coefficient, standardError, statistic, p: studentP(statistic, df[1]), low, high };
    }),
    rSquared,
    adjustedRSquared: 1 - ((1 - rSquared) * (n - 1)) / df[1],
    f,
    df,
    p: fisherP(f, ...df),
    residualStandardError: Math.sqrt(variance),
  };
}

/** Coefficients, and (X'X)^-1. @throws StatisticsError where a column is a sum of others */
export function leastSquares(rows: readonly (readonly number[])[], y: readonly number[], terms: readonly string[]) {
  // Columns of like size: years beside shares would else look as if they were sums of each other.
  const sizes = terms.map((_, j) => Math.sqrt(sumOfSquares(rows.map((row) => row[j]!))) || 1);
  const decomposed = new QrDecomposition(new Matrix(rows.map((row) => row.map((value, j) => value / sizes[j]!))));
  const r = decomposed.upperTriangularMatrix;
  const same = terms.findIndex((_, i) => Math.abs(r.get(i, i)) < SAME);
  need(same < 0, `${terms[same]} is a constant or a sum of other regressors: leave one of them out`);
  const solved = decomposed.solve(Matrix.columnVector([...y])).to1DArray();
  const inverted = inverse(r);
  const scaled = inverted.mmul(inverted.transpose());
  const covariance = new Matrix(terms.map((_, i) => terms.map((__, j) => scaled.get(i, j) / (sizes[i]! * sizes[j]!))));
  return { coefficients: solved.map((value, i) => value / sizes[i]!), covariance };
}

export function residuals(
  rows: readonly (readonly number[])[],
  y: readonly number[],
  coefficients: readonly number[],
): number[] {
  return rows.map((row, i) => y[i]! - dot(row, coefficients));
}

export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

export function sumOfSquares(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}
