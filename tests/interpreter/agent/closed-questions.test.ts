// Questions whose answers are to stand in marks, "@p_value[...]", as collections of closed questions ask them: the values
// come from results, and what is concluded from them by the level that the question names.
import { describe, expect, test } from "vitest";
import { choicesOf, concluded, withoutLevels } from "../../../interpreter/agent/question/asked-choices.ts";
import { fillNames } from "../../../interpreter/agent/result-values.ts";
import { statisticValues } from "../../../interpreter/agent/statistic-values.ts";
import { runSql, statisticsTool } from "../../../interpreter/index.ts";
import type { StatisticsResult, StatisticsTest } from "../../../interpreter/sessions/statistics/statistics-types.ts";
import { fakeSession, oneCell } from "../fake-session.ts";
import { run } from "./agent-run.ts";

const COUNTED = { n: 187, leftOut: 0 };
const CORRELATION = {
  ...COUNTED,
  method: "Pearson's r; p of no correlation, two-sided",
  coefficient: 0.6464,
  p: 2e-23,
};
const NORMALITY = { ...COUNTED, method: "Shapiro and Wilk's W", statistic: 0.95, p: 0.2 };
const fact = (test: StatisticsTest, result: StatisticsResult) => [{ kind: "statistics", test, result } as const];

describe("a test's numbers by the names that are asked for", () => {
  const moments = {
    mean: 3.24,
    stddev: 1.44,
    skewness: 0.89,
    kurtosis: 0.8,
    adjustedSkewness: 0.9,
    adjustedKurtosis: 0.81,
  };
  const outliers = {
    outliers: 4,
    share: 0.02,
    low: -1,
    high: 9,
    where: "",
    values: [],
    restMean: 5.5,
    restStddev: 1.2,
  };
  const ofGroups = { t: 2, df: 30, p: 0.05, groups: [{ group: "USA", n: 3, mean: 20.1, stddev: 1 }] };
  const term = { standardError: 1, statistic: 1, p: 0.01, low: 0, high: 1 };
  const line = {
    coefficients: [
      { ...term, term: "intercept", coefficient: 39 },
      { ...term, term: "weight", coefficient: -0.006 },
    ],
    ...{ rSquared: 0.69, adjustedRSquared: 0.68, f: 10, df: [1, 8] as const, p: 0.001, residualStandardError: 4 },
  };
  const split = { trainedOn: 80, testedOn: 20, rmse: 3, mae: 2, rSquared: 0.7 };

  test.each<[string, object, Record<string, number>]>([
    ["correlation", CORRELATION, { correlation_coefficient: 0.6464, p_value: 2e-23 }],
    ["correlation", CORRELATION, { r_value: 0.6464, "p-value": 2e-23, sample_size: 187 }],
    ["normality", NORMALITY, { shapiro_statistic: 0.95, p_value: 0.2 }],
    ["moments", moments, { skewness_value: 0.89, kurtosis_value: 0.8 }],
    ["moments", moments, { mean: 3.24, std_dev: 1.44 }],
    ["outliers", outliers, { outlier_count: 4 }],
    ["outliers", outliers, { number_of_outliers: 4, mean_after: 5.5, std_after: 1.2 }],
    ["t-test", ofGroups, { t_statistic: 2, p_value: 0.05, usa_mean: 20.1 }],
    ["regression", line, { slope: -0.006, intercept: 39, r_squared: 0.69 }],
    ["prediction", split, { rmse: 3, r2_score: 0.7 }],
    ["prediction", split, { mse: 9, mean_absolute_error: 2 }],
  ])("of %s", (_, result, wanted) => {
    const values = statisticValues({ ...COUNTED, method: "", ...result } as StatisticsResult);
    expect(Object.fromEntries(fillNames(Object.keys(wanted), values) ?? [])).toEqual(wanted);
  });
});

describe("the words to choose from", () => {
  const BOTH = 'Report "linear" if p < 0.05, else "nonlinear".\n@relationship_type[relationship_type]';
  test.each([
    ["relationship_type", BOTH, false, ["linear", "nonlinear"]],
    ["relationship_type", BOTH, true, []], // a result has it
    ["normality", '@normality[is_normal]\nwhere "is_normal" is "yes" or "no".', true, ["yes", "no"]],
    ["normal", "@normal[b]\nwhere b is a boolean value.", false, ["True", "False"]],
    ["mean", '@mean[m]\nwhere "m" is a number with two decimals.', false, []],
    ["p_value", 'Report "linear" or "none". @p_value[p]', true, []],
  ])("for %s of %j", (name, question, hasValue, words) => {
    expect(choicesOf(name, question, hasValue)).toEqual(words);
  });

  test.each<[string, readonly string[], string, StatisticsTest, StatisticsResult, string | undefined]>([
    ["p below the level", ["significant", "not significant"], "", "correlation", CORRELATION, "significant"],
    ["p above the level", ["yes", "no"], "alpha = 0.05", "correlation", { ...CORRELATION, p: 0.06 }, "no"],
    ["p below the level asked for", ["yes", "no"], "alpha = 0.1", "correlation", { ...CORRELATION, p: 0.06 }, "yes"],
    ["too weak", ["linear", "nonlinear"], "|r| >= 0.7", "correlation", CORRELATION, "nonlinear"],
    [
      "as strong as asked for",
      ["linear", "none"],
      "absolute value of r is at least 0.5",
      "correlation",
      CORRELATION,
      "linear",
    ],
    ["normal", ["normal", "not normal"], "", "normality", NORMALITY, "normal"],
    ["not normal", ["True", "False"], "significance level of 0.25", "normality", NORMALITY, "False"],
    ["of three words", ["weak", "strong", "none"], "", "correlation", CORRELATION, undefined],
    ["of words that deny nothing", ["weak", "strong"], "", "correlation", CORRELATION, undefined],
  ])("%s", (_, choices, question, name, result, word) => {
    expect(concluded(choices, question, fact(name, result))).toBe(word);
  });

  test("levels are no numbers that a query has to use", () => {
    expect(withoutLevels("Is it normal (alpha = 0.05)? And where |r| >= 0.5, above 20?")).toMatch(/^\D*20\?$/);
  });
});

const statistics = (result: object) => ({
  session: fakeSession({ statistics: { ...COUNTED, ...result } as StatisticsResult }),
  options: { tools: [runSql, statisticsTool] },
});
const CALL = '{"name": "statistics", "arguments": {"table": "cars.csv", "test": "correlation", "x": "a", "y": "b"}}';

describe("an answer beside a test's result", () => {
  test("has its marks filled from it, and with what follows by the question's own level", async () => {
    const question =
      'Is there a relation of a and b? Report "linear" if the p-value is below 0.05, else "none".\n@r[r_value] @p_value[p] @type[type]';
    const { end, model } = await run([CALL, "No relation."], { ...statistics(CORRELATION), question });
    expect(end).toMatchObject({ reason: "answered", answer: "@r[0.6464] @p_value[2e-23] @type[linear]" });
    expect(end).not.toHaveProperty("doubts");
    expect(JSON.stringify(model.requests[0]?.messages)).not.toContain("[r_value]"); // small models write it into queries
  });

  test("with none of its numbers is the result instead", async () => {
    const question = "Is there a significant correlation of a and b?";
    const { end } = await run([CALL, "There is no correlation."], { ...statistics(CORRELATION), question });
    expect(end.answer).toBe("coefficient 0.6464, p 2e-23, n 187 (Pearson's r; p of no correlation, two-sided)");
  });

  test("with one of them stays", async () => {
    const question = "Is there a significant correlation of a and b?";
    const { end } = await run([CALL, "Yes: r is 0.65."], { ...statistics(CORRELATION), question });
    expect(end.answer).toBe("Yes: r is 0.65.");
  });
});

test("where a result lacks what is asked for, a query for all of it is asked for, and not another value put there", async () => {
  const query = (code: string) => `\`\`\`sql\n${code}\n\`\`\``;
  const row = (values: Record<string, number>) => ({
    columns: Object.keys(values).map((name) => ({ name, type: "DOUBLE" })),
    rows: [values],
    rowCount: 1,
  });
  const session = fakeSession({
    sql: (code) => (code.includes("avg") ? row({ mean: 16.44, std_dev: 7.35 }) : row({ std_dev: 7.35 })),
  });
  const answers = [
    query("SELECT stddev(horsepower) AS std_dev FROM 'cars.csv'"),
    "It is 7.35.",
    query("SELECT avg(horsepower) AS mean, stddev(horsepower) AS std_dev FROM 'cars.csv'"),
    "They are 16.44 and 7.35.",
  ];
  const question = "What are mean and standard deviation of horsepower? @mean[mean_value] @std_dev[std]";
  const { end, conversation } = await run(answers, { session, question });
  expect(JSON.stringify(conversation)).toContain(
    "No result has mean. Write one query for all: SELECT avg(...) AS mean, stddev(...) AS std_dev FROM ...",
  );
  expect(end.answer).toContain("@mean[16.44] @std_dev[7.35]");
});

test("of rows of which the question wants the highest, that one is told", async () => {
  const table = {
    columns: [
      { name: "weather", type: "VARCHAR" },
      { name: "average", type: "DOUBLE" },
    ],
    rows: [
      { weather: "rain", average: 3.67 },
      { weather: "snow", average: 4.41 },
    ],
    rowCount: 2,
  };
  const query = "```sql\nSELECT weather, avg(wind) AS average FROM 'cars.csv' GROUP BY weather\n```";
  const question = "Which weather has the highest average wind? @highest_weather[weather] @average_wind[average]";
  const { end } = await run([query, "Rain."], { question, session: fakeSession({ sql: () => table }) });
  expect(end).toMatchObject({ answer: "@highest_weather[snow] @average_wind[4.41]" });
  expect(end).not.toHaveProperty("doubts");
});

test("without any result the model is held to a query", async () => {
  const question = "Calculate the mean horsepower. @mean[mean_value]";
  const call = '{"name": "run_sql", "arguments": {"query": "SELECT avg(horsepower) AS mean FROM \'cars.csv\'"}}';
  const session = fakeSession({ sql: () => ({ ...oneCell("mean", 105.5) }) });
  const { end, model } = await run(["It is the sum by the count.", call, "It is so."], { question, session });
  expect(model.requests[1]?.responseSchema).toMatchObject({ properties: { name: { const: "run_sql" } } });
  expect(end.answer).toBe("@mean[105.5]");
});
