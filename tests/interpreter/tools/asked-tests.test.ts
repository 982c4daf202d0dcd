import { describe, expect, test } from "vitest";
import { methodAskedFor, settingsAskedFor, testsAskedFor } from "../../../interpreter/tools/asked-tests.ts";
import { statisticsSchema } from "../../../interpreter/tools/statistics.ts";

test.each([
  ["Is the correlation of weight and mpg significant?", ["correlation"]],
  ["Berechne die Rangkorrelation von Gewicht und Verbrauch", ["correlation"]],
  ["Fit a regression of mpg on weight and origin", ["regression"]],
  ["Fais une régression logistique de la survie", ["logistic-regression"]],
  ["Train and test a model of the price: what is the RMSE?", ["prediction"]],
  ["Run a t-test of fare by sex", ["t-test"]],
  ["年龄是否服从正态分布?", ["normality"]],
  ["Is fare normally distributed (Shapiro)?", ["normality"]],
  ["Wie groß ist die Schiefe des Preises?", ["moments"]],
  ["How many outliers has fare by z-score?", ["outliers"]],
  ["¿Cuántos valores atípicos tiene el precio?", ["outliers"]],
  ["価格の外れ値はいくつ?", ["outliers"]],
  ["Intervalle de confiance du prix moyen ?", ["bootstrap"]],
  ["Group the cars into 3 clusters", ["k-means"]],
  ["Is there a seasonal pattern in the sales?", ["seasonal"]],
  ["Is the difference significant?", ["t-test", "anova", "chi-square", "correlation"]],
  ["Ist der Unterschied signifikant?", ["t-test", "anova", "chi-square", "correlation"]],
  ["Run Welch's test of fare by sex", ["t-test"]],
  ["Welch-Test des Preises nach Stadt", ["t-test"]],
  ["Welche drei Autos haben die meiste Leistung?", []],
  ["Welcher Laden hat den höchsten Umsatz?", []],
  ["What is the mean weight by origin?", []],
  ["How many goals were scored in each season?", []],
  ["What was the total population of each cluster in 2005?", []],
  ["How strongly are weight and mpg correlated?", []],
])("%s asks for %j", (question, tests) => expect(testsAskedFor(question)).toEqual(tests));

test("the method that is named", () => {
  expect(methodAskedFor("Spearman's correlation", ["pearson", "spearman", "kendall"])).toBe("spearman");
  expect(methodAskedFor("outliers by more than 2 standard deviations", ["iqr", "z-score"])).toBe("z-score");
  expect(methodAskedFor("the median", ["iqr", "z-score"])).toBeUndefined();
});

test.each([
  ["outliers of income by z-score, threshold 3", { threshold: 3 }],
  ["points with a z-score above 2.5", { threshold: 2.5 }],
  ["more than 2 standard deviations from the mean", { threshold: 2 }],
  ["mehr als 2 Standardabweichungen", { threshold: 2 }],
  ["outside of 3 times the IQR", { threshold: 3 }],
  ["80/20 split with random seed 42", { testShare: 0.2, seed: 42 }],
  ["a 70:30 train/test split, random_state=7", { testShare: 0.3, seed: 7 }],
  ["keep 25 % of the rows for testing", { testShare: 0.25 }],
  ["test_size=0.2", { testShare: 0.2 }],
  ["k-means with 4 clusters", { clusters: 4 }],
  ["a 90 % confidence interval", { confidence: 0.9 }],
  ["from 12/31 on, over 100 of them", {}],
])("the settings of %s", (question, settings) => expect(settingsAskedFor(question)).toEqual(settings));

describe("the schema of a question", () => {
  const cars = {
    name: "'cars.csv'",
    kind: "file" as const,
    columns: [
      { name: "name", type: "VARCHAR" },
      { name: "mpg", type: "DOUBLE" },
      { name: "weight", type: "BIGINT" },
      { name: "built", type: "DATE" },
    ],
    rowCount: 3,
  };

  test("has the columns that fit the test", () => {
    expect(statisticsSchema([cars], "Are there outliers in mpg by z-score?")).toEqual({
      type: "object",
      properties: {
        table: { const: "cars.csv" },
        test: { const: "outliers" },
        x: { enum: ["mpg", "weight"] },
        method: { const: "z-score" },
      },
      required: ["table", "test", "x", "method"],
      additionalProperties: false,
    });
    expect(statisticsSchema([cars], "seasonal pattern of mpg")).toMatchObject({
      properties: { x: { enum: ["built"] } },
    });
  });

  test("is none where nothing is asked for, or no table has what the test needs", () => {
    expect(statisticsSchema([cars], "What is the mean mpg?")).toBeUndefined();
    const words = { ...cars, columns: [{ name: "name", type: "VARCHAR" }] };
    expect(statisticsSchema([words], "outliers?")).toBeUndefined();
  });
});
