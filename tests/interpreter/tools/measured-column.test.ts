import { expect, test } from "vitest";
import type { TableInfo } from "../../../interpreter/sessions/session.ts";
import { measuredColumn } from "../../../interpreter/tools/measured-column.ts";

const TABLES: TableInfo[] = [
  {
    ...{ name: "'cars.csv'", kind: "file", rowCount: 3 },
    columns: [
      { name: "Name", type: "VARCHAR" },
      { name: "Miles per Gallon", type: "DOUBLE" },
      { name: "Horsepower", type: "BIGINT" },
      { name: "Year", type: "DATE" },
    ],
  },
];

test.each([
  ["SELECT avg(horsepower) AS mean FROM cars GROUP BY Name", "Horsepower"],
  ['SELECT Name FROM cars ORDER BY "miles per gallon" DESC LIMIT 1', "Miles per Gallon"],
  ["SELECT Horsepower FROM cars WHERE Name = 'fiat'", "Horsepower"],
  ['SELECT Name, max(Horsepower) FROM cars WHERE "Miles per Gallon" > 5 GROUP BY Name', "Horsepower"],
  ["SELECT sum(coalesce(Horsepower, 0)) FROM cars", "Horsepower"],
  ["SELECT avg(Horsepower) AS horsepower FROM cars ORDER BY horsepower", "Horsepower"],
])("%s is of %s", (query, column) => {
  expect(measuredColumn(query, TABLES)).toBe(column);
});

test("a function is no column of its name", () => {
  const columns = [{ name: "count", type: "BIGINT" }];
  const tables = [{ name: "'commits.csv'", kind: "file" as const, rowCount: 1, columns }];
  expect(measuredColumn("SELECT count(*) AS n FROM 'commits.csv'", tables)).toBeUndefined();
  expect(measuredColumn("SELECT sum(count) AS n FROM 'commits.csv'", tables)).toBe("count");
});

test.each([
  "SELECT count(*) FROM cars WHERE Horsepower > 5",
  "SELECT Name, count(*) AS horsepower FROM cars GROUP BY Name ORDER BY horsepower",
  "SELECT Name FROM cars WHERE Horsepower IS NULL",
  'SELECT avg(Horsepower) / avg("Miles per Gallon") FROM cars',
  "SELECT * FROM cars",
  "SELECT max(Year) FROM cars",
  "SELECT avg(price) FROM others",
])("%s is of no column, or of several", (query) => {
  expect(measuredColumn(query, TABLES)).toBeUndefined();
});
