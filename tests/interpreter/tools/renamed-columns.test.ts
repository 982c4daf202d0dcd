import { expect, test } from "vitest";
import { renamedColumns } from "../../../interpreter/tools/renamed-columns.ts";

test.each([
  ["SELECT avg(Flipper_Length) AS average_age FROM 'penguins.json'", "average_age", "avg(Flipper_Length)"],
  ["SELECT s.shop, sum(s.price) AS trading_volume FROM s GROUP BY 1", "trading_volume", "sum(s.price)"],
  ['SELECT max("Beak Length (mm)") AS "Wing Span" FROM p', "Wing Span", 'max("Beak Length (mm)")'],
  [
    "SELECT avg(CAST(Displacement AS DOUBLE) * 0.45) AS meanPrice FROM cars",
    "meanPrice",
    "avg(CAST(Displacement AS DOUBLE) * 0.45)",
  ],
])("%s", (query, alias, expression) => {
  expect(renamedColumns(query)).toMatchObject([{ alias, expression }]);
});

test.each([
  "SELECT avg(Miles_per_Gallon) AS average_mpg FROM cars",
  "SELECT sum(pop) AS total_population FROM gapminder",
  "SELECT avg(Weight_in_lbs) AS mean_weight, count(*) AS number_of_cars FROM cars",
  "SELECT quantile_cont(price, 0.9) AS percentile_90 FROM stocks",
  "SELECT year(date) AS year, sum(goals) AS goals_scored FROM games GROUP BY year",
  "SELECT avg(height) AS 身高 FROM people",
  "SELECT count(*) AS rainy_days FROM weather WHERE weather = 'rain'",
  "SELECT CAST(count(price) AS REAL) * 100 / count(*) FROM cars",
  "SELECT * FROM cars",
  "not a query",
])("%s is as it is named", (query) => {
  expect(renamedColumns(query)).toEqual([]);
});

test("what was asked for: the words of the name that say it", () => {
  const query = 'SELECT sum(price * "Units sold") AS total_trading_volume FROM stocks';
  expect(renamedColumns(query)).toMatchObject([{ asked: "trading volume" }]);
});
