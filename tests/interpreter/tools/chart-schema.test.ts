import { expect, test } from "vitest";
import { chartSchema } from "../../../interpreter/tools/chart.ts";

const table = (name: string, columns: Readonly<Record<string, string>>) => ({
  name,
  kind: "file" as const,
  columns: Object.entries(columns).map(([column, type]) => ({ name: column, type })),
  rowCount: 1,
});
const WEATHER = table("'weather.csv'", { date: "DATE", temp_max: "DOUBLE" });
const CARS = table("'cars.csv'", { year: "BIGINT", mpg: "DOUBLE" });

test.each([
  ["Plot the mean temp_max by month as a line.", "month"],
  ["Trace la température par an", "year"],
  ["画出每月的平均气温", "month"],
])("%s: dates are cut", (question, unit) => {
  expect(chartSchema([WEATHER], question)).toMatchObject({
    properties: { x: { enum: ["date"] }, timeUnit: { const: unit } },
    required: ["table", "mark", "x", "timeUnit"],
  });
});

test("a table with a column of that name, or without dates, is left as it is", () => {
  expect(chartSchema([CARS], "Plot mpg by year")).toMatchObject({
    properties: { x: { enum: ["year", "mpg"] } },
    required: ["table", "mark", "x"],
  });
});

test("without a unit any column goes", () => {
  expect(chartSchema([WEATHER], "Plot temp_max")).toMatchObject({ properties: { x: { enum: ["date", "temp_max"] } } });
});
