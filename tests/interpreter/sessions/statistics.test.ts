// Reference values: scipy, statsmodels and scikit-learn, by tests/fixtures/make-statistics.py.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { statisticsTool, type ToolContext } from "../../../interpreter/index.ts";
import {
  chiSquareP,
  fisherP,
  normalQuantile,
  normalTail,
  studentP,
  studentQuantile,
} from "../../../interpreter/sessions/statistics/distributions.ts";
import { RandomState } from "../../../interpreter/sessions/statistics/random.ts";
import type { StatisticsOptions } from "../../../interpreter/sessions/statistics/statistics-types.ts";
import { type NotebookSession, openNotebook } from "./notebook-session.ts";

interface Case {
  readonly options: StatisticsOptions;
  readonly expected: Readonly<Record<string, unknown>>;
}

const { files, cases } = JSON.parse(
  readFileSync(new URL("../../fixtures/statistics.json", import.meta.url), "utf8"),
) as { files: Record<string, string>; cases: Case[] };

let notebook: NotebookSession;
beforeAll(async () => {
  notebook = await openNotebook({ files: { ...files, "same.csv": "a,b,c\n1,2,x\n2,4,x\n3,6,x\n4,8,x\n5,10,x\n" } });
});
afterAll(() => notebook[Symbol.asyncDispose]());

const statistics = (options: object) => notebook.session.statistics(options as StatisticsOptions);

/** Numbers to seven digits, at any depth: the steps of statsmodels end there, and so do the quantiles in scipy's shapiro. */
function close(value: unknown): unknown {
  if (typeof value === "number") return Number.isInteger(value) ? value : expect.closeTo(value, digits(value));
  if (Array.isArray(value)) return value.map(close);
  if (typeof value !== "object" || value === null) return value;
  return expect.objectContaining(Object.fromEntries(Object.entries(value).map(([key, one]) => [key, close(one)])));
}

function digits(value: number): number {
  return value === 0 ? 9 : 7 - Math.ceil(Math.log10(Math.abs(value)));
}

test.each([
  [studentP(2, 3), 0.13932596855884305],
  [studentP(0.5, 30), 0.6207230048851272],
  [studentP(10, 5), 0.00017094757574296363],
  [chiSquareP(3.84, 1), 0.05004352124870519],
  [chiSquareP(10, 5), 0.07523524614651217],
  [chiSquareP(0.1, 2), 0.951229424500714],
  [chiSquareP(200, 150), 0.003973185970821635],
  [fisherP(4, 1, 10), 0.07338803477074037],
  [fisherP(2.5, 3, 40), 0.07325435201794983],
  [fisherP(0.3, 5, 5), 0.8937909013038197],
  [normalTail(1.5), 0.06680720126885807],
  [normalTail(-8), 0.9999999999999993],
  [normalTail(9), 1.1285884059538324e-19],
  [normalQuantile(0.975), 1.959963984540054],
  [normalQuantile(0.001), -3.090232306167813],
  [studentQuantile(0.05, 7), 2.3646242515927844],
])("a tail probability: %d is %d", (found, expected) => expect(found / expected).toBeCloseTo(1, 9));

test("chance is numpy's RandomState", () => {
  expect(new RandomState(42).permutation(10)).toEqual([8, 1, 5, 0, 7, 2, 9, 4, 3, 6]);
  expect(new RandomState(0).uniform()).toBe(0.5488135039273248);
});

const others = cases.filter(({ options }) => !/^(k-means|bootstrap)$/.test(options.test));
test.each(others)("$options.test of $options.x by $options.method", async ({ options, expected }) => {
  expect(await statistics(options)).toEqual(close(expected));
});

const clusterings = cases.filter(({ options }) => options.test === "k-means");
test.each(clusterings)("k-means of $options.x", async ({ options, expected }) => {
  const { clusters, inertia, silhouette, labels, n } = await notebook.session.statistics({
    ...options,
    test: "k-means",
  });
  expect(clusters.map((cluster) => cluster.n)).toEqual(expected.sizes);
  expect({ inertia, silhouette }).toEqual(close({ inertia: expected.inertia, silhouette: expected.silhouette }));
  expect(labels).toHaveLength(n);
  const own = labels.filter((label) => label === 0);
  expect(own).toHaveLength(clusters[0]!.n);
});

const bootstraps = cases.filter(({ options }) => options.test === "bootstrap");
test.each(bootstraps)("bootstrap of the $options.method, but for chance", async ({ options, expected }) => {
  const found = await notebook.session.statistics({ ...options, test: "bootstrap" });
  const wanted = expected as Readonly<Record<"estimate" | "low" | "high" | "standardError", number>>;
  expect(found.estimate).toBeCloseTo(wanted.estimate, 9);
  // 9,999 resamples tell an end of the interval to some hundredths of the standard error.
  for (const end of ["low", "high"] as const)
    expect(Math.abs(found[end] - wanted[end]) / wanted.standardError).toBeLessThan(0.08);
  expect(found.standardError / wanted.standardError).toBeCloseTo(1, 1);
  expect(await statistics(options)).toEqual(found);
  expect(await statistics({ ...options, seed: 1 })).not.toEqual(found);
});

test("what is left out is counted, and the result says what was computed", async () => {
  expect(await statistics({ table: "people.csv", test: "correlation", x: "age", y: "income" })).toMatchObject({
    method: "Pearson's r; p of no correlation, two-sided",
    n: 88,
    leftOut: 2,
  });
  const labels = await notebook.session.statistics({ table: "people.csv", test: "k-means", x: ["income"] });
  expect(labels).toMatchObject({ n: 88, leftOut: 2 });
  expect(labels.labels.flatMap((label, i) => (label === null ? [i] : []))).toEqual([4, 40]);
});

test("the condition of outliers selects them", async () => {
  const found = await notebook.session.statistics({ table: "people.csv", test: "outliers", x: "spent" });
  expect(found.outliers).toBeGreaterThan(0);
  const query = `SELECT spent FROM 'people.csv' WHERE ${found.where} ORDER BY spent DESC`;
  const { rows } = await notebook.session.sql(query, { locked: true, maxRows: 50 });
  expect(rows.map(({ spent }) => spent).sort()).toEqual([...found.values].sort());
  const rest = `SELECT avg(spent) AS mean, stddev(spent) AS stddev FROM 'people.csv' WHERE NOT (${found.where})`;
  const [numbers] = (await notebook.session.sql(rest, { locked: true, maxRows: 1 })).rows;
  expect(found.restMean).toBeCloseTo(Number(numbers?.["mean"]), 9);
  expect(found.restStddev).toBeCloseTo(Number(numbers?.["stddev"]), 9);
});

const people = { table: "people.csv", x: "age", y: "income" };
test.each([
  [{ ...people, test: "t-test", x: "city" }, /city has 3 groups \(Kyoto, Lyon, Oslo\); a t-test has two/],
  [{ ...people, test: "correlation", y: undefined }, /correlation needs a column y/],
  [{ ...people, test: "normality" }, /normality takes no y/],
  [{ ...people, test: "regression", x: ["age", "income"] }, /income would be explained by itself: leave it out of x/],
  [{ ...people, test: "correlation", x: "city" }, /city is VARCHAR, and numbers are needed/],
  [{ ...people, test: "correlation", x: ["age", "visits"] }, /one column x, and there are 2/],
  [{ ...people, test: "correlation", method: "iqr" }, /no method iqr; it has pearson, spearman, kendall/],
  [{ ...people, test: "anova", x: "city", method: "pearson" }, /anova has one method/],
  [{ ...people, test: "correlation", clusters: 3 }, /correlation takes no clusters/],
  [
    { ...people, test: "logistic-regression", y: "city" },
    /city has 3 values \(Kyoto, Lyon, Oslo\), and two are needed/,
  ],
  [{ ...people, test: "seasonal" }, /age is BIGINT, and dates are needed/],
  [{ ...people, test: "regression", x: ["age", "agee"] }, /no column "agee"; did you mean age\?/],
  [
    { table: "SELECT *, a * a AS d FROM 'same.csv'", test: "regression", x: ["a", "b"], y: "d" },
    /b is a constant or a sum of other regressors/,
  ],
  [{ table: "same.csv", test: "regression", x: ["c"], y: "a" }, /c has only one value/],
  [{ table: "same.csv", test: "logistic-regression", x: ["a"], y: "a > 3" }, /no column "a > 3"/],
  [
    { table: "SELECT a, a > 3 AS high FROM 'same.csv'", test: "logistic-regression", x: ["a"], y: "high" },
    /tell the two values apart without an error/,
  ],
  [{ table: "same.csv", test: "normality", x: "a" }, /needs 20 numbers, and there are 5; method "shapiro-wilk"/],
  [{ table: "same.csv", test: "k-means", x: ["a"], clusters: 5 }, /5 clusters need more rows/],
  [
    { table: "SELECT * FROM 'months.csv' WHERE month(month) <> 3", test: "seasonal", x: "month", y: "value" },
    /month has a gap between 2019-02-01 and 2019-04-01: a season needs a value for each month/,
  ],
  [
    { table: "SELECT * FROM 'months.csv' UNION ALL FROM 'months.csv'", test: "seasonal", x: "month", y: "value" },
    /month has 2019-01-01 more than once/,
  ],
  [{ ...people, test: "magic" }, /test/],
  [{ ...people, test: "correlation", colour: "age" }, /colour/],
])("%j is refused with the reason", async (options, reason) => {
  await expect(statistics(options)).rejects.toThrow(reason);
});

test("the types of a cell know what a test gives", async () => {
  const call = 'await statistics({ table: "people.csv", test: "regression", x: ["age"], y: "income" })';
  expect(await notebook.session.check(`(${call}).rSquared.toFixed(2)`)).toEqual([]);
  const [wrong] = await notebook.session.check(`(${call}).chi2`);
  expect(wrong?.message).toContain("chi2");
});

test("a cell, and the model's tool, which leaves that cell", async () => {
  const context: ToolContext = {
    session: notebook.session,
    cellId: "c",
    signal: undefined,
    display() {},
    onSessionEvent: () => () => {},
  };
  const options = { table: "people.csv", test: "correlation", x: "age", y: "income" };
  const { content, cell } = await statisticsTool.call(JSON.stringify(options), context);
  expect(content).toContain("coefficient: 0.8235526");
  expect(JSON.stringify(await notebook.result(cell ?? ""))).toContain("0.82355");
});
