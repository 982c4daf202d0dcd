import { expect, test } from "vitest";
import { sqlFunctions } from "../../../interpreter/agent/sql-functions.ts";

test.each([
  ["How strongly are fertility and life expectancy correlated?", "corr"],
  ["遅延(delay)と距離(distance)の相関係数はいくらですか?", "corr"],
  ["喙长和喙深的相关系数是多少?", "corr"],
  ["Quel est l'écart-type du poids ?", "stddev"],
  ["¿Cuál es la desviación estándar del precio de IBM?", "stddev"],
  ["What is the median distance?", "median"],
  ["What is the 90th percentile of the budget?", "quantile_cont"],
  ["On which day of the week are there the most commits?", "dayname"],
])("%s is answered with %s", (question, name) => {
  expect(sqlFunctions(question)).toBe(`(Use the function ${name}.)`);
});

test.each(["What is the mean weight by origin?", "Which city has the most people?"])("%s needs no hint", (question) => {
  expect(sqlFunctions(question)).toBe("");
});
