// A model of some rows, judged by the others: split as by scikit-learn's train_test_split.
import type { Design } from "./design.ts";
import { dot, leastSquares, residuals, sumOfSquares } from "./linear-model.ts";
import { fitLogistic } from "./logistic-model.ts";
import { RandomState } from "./random.ts";
import { need } from "./statistics-error.ts";

interface Split {
  readonly train: readonly number[];
  readonly test: readonly number[];
}

/** The first of the permutation are the test, as ShuffleSplit has it. */
function split(n: number, share: number, seed: number): Split {
  const tested = Math.ceil(n * share);
  const order = new RandomState(seed).permutation(n);
  return { test: order.slice(0, tested), train: order.slice(tested) };
}

export function predictNumbers({ terms, rows }: Design, y: readonly number[], share: number, seed: number) {
  const { train, test } = split(rows.length, share, seed);
  need(train.length > terms.length && test.length >= 2, `${rows.length} rows are too few to be split`);
  const of = <T>(values: readonly T[], picked: readonly number[]) => picked.map((i) => values[i]!);
  const { coefficients } = leastSquares(of(rows, train), of(y, train), terms);
  const actual = of(y, test);
  const errors = residuals(of(rows, test), actual, coefficients);
  const center = actual.reduce((sum, value) => sum + value, 0) / actual.length;
  return {
    trainedOn: train.length,
    testedOn: test.length,
    rmse: Math.sqrt(sumOfSquares(errors) / test.length),
    mae: errors.reduce((sum, error) => sum + Math.abs(error), 0) / test.length,
    rSquared: 1 - sumOfSquares(errors) / sumOfSquares(actual.map((value) => value - center)),
  };
}

/** @param y of 0 and 1 */
export function predictKind({ terms, rows }: Design, y: readonly number[], share: number, seed: number) {
  const { train, test } = split(rows.length, share, seed);
  need(train.length > terms.length && test.length >= 2, `${rows.length} rows are too few to be split`);
  const trained = train.map((i) => y[i]!);
  need(new Set(trained).size === 2, "the rows that the model is made from have only one value of y: take another seed");
  const coefficients = fitLogistic(
    train.map((i) => rows[i]!),
    trained,
    1,
  );
  const pairs = test.map((i) => ({ said: dot(rows[i]!, coefficients) > 0, is: y[i] === 1 }));
  const count = (of: (pair: { said: boolean; is: boolean }) => boolean) => pairs.filter(of).length;
  const hits = count(({ said, is }) => said && is);
  const [said, are] = [count((pair) => pair.said), count((pair) => pair.is)];
  return {
    trainedOn: train.length,
    testedOn: test.length,
    accuracy: count((pair) => pair.said === pair.is) / test.length,
    precision: said === 0 ? 0 : hits / said,
    recall: are === 0 ? 0 : hits / are,
    baseline: Math.max(are, test.length - are) / test.length,
  };
}
