// Logistic regression by Newton's method: by maximum likelihood as statsmodels' Logit, or with scikit-learn's penalty.
import { inverse, Matrix, solve } from "ml-matrix";
import type { Design } from "./design.ts";
import { chiSquareP, normalP, normalQuantile } from "./distributions.ts";
import { dot, leastSquares } from "./linear-model.ts";
import { need } from "./statistics-error.ts";

const MAX_STEPS = 100;
const PRECISE = 1e-10; // of the step, where it ends
const SEPARATED = 30; // log odds of all rows: they are certain, and the coefficients grow without end

export function logisticRegression(design: Design, y: readonly number[], confidence: number) {
  const { terms, rows } = design;
  const n = rows.length;
  need(
    n > terms.length,
    `a regression of ${terms.length - 1} regressors needs ${terms.length + 1} rows, and there are ${n}`,
  );
  leastSquares(rows, y, terms); // refuses regressors that are sums of others
  const coefficients = fitLogistic(rows, y, 0);
  const odds = rows.map((row) => dot(row, coefficients));
  const covariance = inverse(hessian(rows, odds, 0));
  const logLikelihood = odds.reduce((sum, z, i) => sum - Math.log1p(Math.exp(y[i] === 1 ? -z : z)), 0);
  const ones = y.reduce((sum, value) => sum + value, 0);
  const nothing = ones * Math.log(ones / n) + (n - ones) * Math.log(1 - ones / n); // of the intercept alone
  const reach = normalQuantile((1 + confidence) / 2);
  return {
    coefficients: terms.map((term, i) => {
      const coefficient = coefficients[i]!;
      const standardError = Math.sqrt(covariance.get(i, i));
      const statistic = coefficient / standardError;
      const [low, high] = [coefficient - reach * standardError, coefficient + reach * standardError];
      const p = normalP(statistic);
      return { term, coefficient, standardError, statistic, p, low, high, oddsRatio: Math.exp(coefficient) };
    }),
    logLikelihood,
    pseudoRSquared: 1 - logLikelihood / nothing,
    p: chiSquareP(2 * (logLikelihood - nothing), terms.length - 1),
    accuracy: odds.filter((z, i) => z > 0 === (y[i] === 1)).length / n,
  };
}

/** @param penalty of the squares of all coefficients but the intercept, halved; scikit-learn's C = 1 is 1 */
export function fitLogistic(rows: readonly (readonly number[])[], y: readonly number[], penalty: number): number[] {
  let coefficients = (rows[0] ?? []).map(() => 0);
  for (let step = 0; step < MAX_STEPS; step++) {
    const odds = rows.map((row) => dot(row, coefficients));
    need(
      penalty > 0 || odds.some((z) => Math.abs(z) < SEPARATED),
      "the regressors tell the two values apart without an error: there are no finite coefficients",
    );
    const slope = coefficients.map((coefficient, j) => {
      const data = rows.reduce((sum, row, i) => sum + row[j]! * (y[i]! - share(odds[i]!)), 0);
      return j === 0 ? data : data - penalty * coefficient;
    });
    const change = solve(hessian(rows, odds, penalty), Matrix.columnVector(slope), true).to1DArray();
    coefficients = coefficients.map((coefficient, j) => coefficient + change[j]!);
    if (Math.max(...change.map((value, j) => Math.abs(value / (1 + Math.abs(coefficients[j]!))))) < PRECISE) break;
  }
  return coefficients;
}

function hessian(rows: readonly (readonly number[])[], odds: readonly number[], penalty: number): Matrix {
  const size = rows[0]?.length ?? 0;
  const sums = Matrix.zeros(size, size);
  for (const [i, row] of rows.entries()) {
    const weight = share(odds[i]!) * (1 - share(odds[i]!));
    for (let a = 0; a < size; a++) {
      for (let b = a; b < size; b++) sums.set(a, b, sums.get(a, b) + weight * row[a]! * row[b]!);
    }
  }
  for (let a = 0; a < size; a++) {
    if (a > 0) sums.set(a, a, sums.get(a, a) + penalty);
    for (let b = 0; b < a; b++) sums.set(a, b, sums.get(b, a));
  }
  return sums;
}

function share(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}
