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

const SALES = table("'sales.csv'", { day: "DATE", region: "VARCHAR", units: "BIGINT", price: "DOUBLE" });

test.each([
  ["Draw the revenue by region", "units * price"],
  ["Zeichne den Umsatz je Region als Diagramm", "units * price"],
  ["画出各地区的销售额", "units * price"],
])("%s: revenue, which no column holds, is computed", (question, expression) => {
  expect(chartSchema([SALES], question)).toMatchObject({
    properties: { y: { const: expression }, aggregate: { const: "sum" } },
    required: ["table", "mark", "x", "y", "aggregate"],
  });
});

test("a column of that name goes before, and what is not clear is not guessed", () => {
  const own = table("'own.csv'", { revenue: "DOUBLE", units: "BIGINT", price: "DOUBLE" });
  const two = table("'two.csv'", { units: "BIGINT", price: "DOUBLE", unit_price: "DOUBLE" });
  for (const one of [own, two])
    expect(chartSchema([one], "Draw the revenue")).toMatchObject({ properties: { y: { enum: expect.anything() } } });
});

test.each([
  ["Draw a bar chart of units by region", []],
  ["Plot units by month with small multiples for each region", ["facet"]],
  ["Zeige die Top 5 Regionen", ["top"]],
  ["Trace la part de chaque région en pourcentage", ["share"]],
  ["Dibuja el precio en escala log", ["log"]],
  ["画出平均价格和置信区间", ["band"]],
  ["units と price を二軸で描いて", ["y2"]],
])("%s: offers %j beside what all charts have", (question, more) => {
  const { properties } = chartSchema([SALES], question) as { properties: Record<string, unknown> };
  const all = ["table", "mark", "x", "y", "color", "aggregate", "timeUnit", "bin"];
  expect(Object.keys(properties)).toEqual([...all, ...more]);
});

test.each([
  ["Draw a histogram of mpg", { mark: { const: "bar" }, x: { const: "mpg" }, bin: { const: true } }],
  ["画一个mpg的直方图。", { mark: { const: "bar" }, x: { const: "mpg" }, bin: { const: true } }],
  ["year と mpg の散布図を描いてください。", { mark: { const: "point" }, x: { enum: ["year", "mpg"] } }],
  ["Trace un nuage de points de mpg et year", { mark: { const: "point" }, y: { enum: ["year", "mpg"] } }],
])("%s: the chart that is named, of the columns that are named", (question, properties) => {
  expect(chartSchema([CARS], question)).toMatchObject({ properties });
});

const RIDES = table("'rides.csv'", { day: "DATE", line: "VARCHAR", passagers: "BIGINT" });

test.each([
  ["Draw a line chart of passagers by day", { mark: { const: "line" } }],
  ["Trace une courbe du nombre total de passagers par mois.", { mark: { const: "line" }, y: {}, timeUnit: {} }],
  ["Zeichne ein Balkendiagramm", { mark: { const: "bar" } }],
  ["Dibuja un gráfico de barras", { mark: { const: "bar" } }],
  ["画一个饼图", { mark: { const: "pie" } }],
  ["件数を月ごとに折れ線グラフで", { mark: { const: "line" }, aggregate: { const: "count" } }],
  ["Draw the number of rides by line as bars", { mark: { const: "bar" }, aggregate: { const: "count" } }],
  ["Plot passagers over time", { x: { enum: ["day"] } }],
])("%s: its mark, and what it counts", (question, properties) => {
  expect(chartSchema([RIDES], question)).toMatchObject({ properties });
});

test("a number that a column holds is no count of rows", () => {
  const schema = chartSchema([RIDES], "Draw the number of passagers by line") as { properties: object };
  expect(schema.properties).toMatchObject({ aggregate: { enum: expect.anything() }, y: expect.anything() });
});

test("a histogram of two columns is what people call bars", () => {
  expect(chartSchema([CARS], "Draw a histogram of the mean mpg by year")).toMatchObject({
    properties: { mark: { enum: expect.arrayContaining(["bar"]) }, bin: { type: "boolean" } },
  });
});

test("a map is offered to who asks for one", () => {
  const marks = (question: string) =>
    (chartSchema([SALES], question) as { properties: { mark: { enum: string[] } } }).properties.mark.enum;
  expect(marks("Draw a map of the shops")).toContain("map");
  expect(marks("Draw a chart of the shops")).not.toContain("map");
});
