import { describe, expect, test } from "vitest";
import { leavesOpen } from "../../../interpreter/context/relevant-tables.ts";
import { describeNotebook, relevantTables, type TableInfo } from "../../../interpreter/index.ts";

const table = (name: string, ...columns: string[]): TableInfo => ({
  name,
  kind: "file",
  columns: columns.map((column) => ({ name: column, type: "VARCHAR" })),
  rowCount: 1,
});
const CARS = table("'cars.csv'", "name", "mpg", "origin", "year");
const WEATHER = table("'seattle-weather.csv'", "date", "precipitation", "temp_max", "weather");
const FLIGHTS = table("'flights-2k.json'", "date", "delay", "origin", "destination");
const AIRPORTS = table("'airports.csv'", "iata", "city", "state");
const ALL = [CARS, WEATHER, FLIGHTS, AIRPORTS];
const values = new Map([[WEATHER.name, new Map([["weather", ["rain", "snow"]]])]]);
const joins = [
  { from: { table: "'flights-2k.json'", column: "origin" }, to: { table: "'airports.csv'", column: "iata" } },
];

const namesFor = (question: string, recent: readonly (readonly string[])[] = []) =>
  relevantTables(ALL, { question, recent }, { values, joins }).map(({ name }) => name);

describe("a question is about", () => {
  test.each([
    ["How many rows has cars.csv?", [CARS]],
    ["What is the mean temp_max by weather?", [WEATHER]],
    ["How many days had snow?", [WEATHER]],
    ["What was the total precipitation in each year?", [WEATHER]], // "year" is a column of cars, but a common word
    ["Durchschnitt von mpg?", [CARS]],
    ["What is the mean delay?", [FLIGHTS, AIRPORTS]], // which are joined
    ["How many airports does each state have?", [AIRPORTS, FLIGHTS]],
  ])("%s", (question, expected) => {
    expect(namesFor(question)).toEqual(expected.map(({ name }) => name));
  });

  const BIRDS = table("'birdstrikes.csv'", "Airport", "Species", "Flight Phase");
  const LANDS = table("'gapminder.json'", "country", "pop", "year");
  const TOWNS = table("'villes.csv'", "nom", "habitants");
  const SALES = table("'売上.csv'", "日付", "支店");
  const MANY = [...ALL, BIRDS, LANDS, TOWNS, SALES];
  const lands = new Map([
    ...values,
    [SALES.name, new Map([["支店", ["大阪支店", "東京支店"]]])],
    [LANDS.name, new Map([["country", ["Brazil", "New Zealand", ...Array(9).keys()].map(String)]])],
  ]);
  test.each([
    ["How many bird strikes were there in each year?", BIRDS], // as names join words
    ["How many rainy days were there?", WEATHER],
    ["¿Cuántos coches hay?", CARS],
    ["一番風の強かった日はいつですか?雪?", WEATHER],
    ["2005年のブラジル(Brazil)は?", LANDS], // one of many values
    ["What about New Zealand in 2005?", LANDS],
    ["Wie viele Einwohner gibt es?", TOWNS],
    ["哪个城市的飞行最多?", FLIGHTS],
    ["東京の売上の合計はいくらですか?", SALES],
    ["大阪支店はいくらですか?", SALES], // one of few values
  ])("%s", (question, expected) => {
    expect(relevantTables(MANY, { question }, { values: lands })[0]?.name).toBe(expected.name);
  });

  test("what was worked with, where it leans on that, whatever another table has", () => {
    const recent = [["FROM 'cars.csv'"]];
    const about = relevantTables(MANY, { question: "And in New Zealand?", recent }, { values: lands });
    expect(about.map(({ name }) => name)).toEqual([CARS.name, LANDS.name]);
  });

  test("not what has only words that the best has, too", () => {
    expect(namesFor("Mean mpg by origin")).toEqual([CARS.name]); // flights have an origin
    expect(namesFor("Mean mpg of the flights by origin")).toContain(FLIGHTS.name);
    expect(namesFor("By origin")).toEqual(expect.arrayContaining([CARS.name, FLIGHTS.name]));
  });

  test("no airport that is called as a word of another language, but one whose code is written", () => {
    const codes = new Map([
      [AIRPORTS.name, new Map([["iata", ["LAS", "DES", "SFO", ...Array(9).keys()].map(String)]])],
    ]);
    const first = (question: string) => relevantTables(ALL, { question }, { values: codes }).map(({ name }) => name);
    expect(first("¿Cuántas de las películas hay?")).toHaveLength(ALL.length);
    expect(first("Combien des films ?")).toHaveLength(ALL.length);
    expect(first("Where is LAS?")).toEqual([AIRPORTS.name]);
  });

  test("the picked table first, then those of which it has words", () => {
    const picked = WEATHER.name;
    const names = (question: string) => relevantTables(ALL, { question, picked }, { joins }).map(({ name }) => name);
    expect(names("Durchschnitt von mpg?")).toEqual([WEATHER.name, CARS.name]);
    expect(names("有多少天下雪?")).toEqual([WEATHER.name]);
  });

  test.each([
    ["有多少天下雪?", true],
    ["What about the snow?", true], // a value alone: another table may have it, too
    ["How many rows has cars.csv?", false],
    ["Mean mpg by origin", false],
  ])("%s leaves it open: %s", (question, isOpen) => {
    expect(leavesOpen(ALL, { question }, values)).toBe(isOpen);
    expect(leavesOpen([CARS], { question }, values)).toBe(false); // there is no other
  });

  test("not open is what follows up a question about a table", () => {
    const recent = [["FROM 'cars.csv'"]];
    expect(leavesOpen(ALL, { question: "And in 1990?", recent }, values)).toBe(false);
  });

  test("all tables, where nothing tells", () => {
    expect(namesFor("Which one was the hottest?")).toHaveLength(ALL.length);
  });

  test("what the newest cell and the newest text that name a table are about, where the question does not tell", () => {
    const cells = ["const n = 1", "FROM 'seattle-weather.csv' LIMIT 5", "FROM cars.csv"];
    expect(namesFor("Which one was the hottest?", [cells, []])).toEqual([WEATHER.name]);
    const said = ["SELECT max(mpg) FROM 'cars.csv'"];
    expect(namesFor("And the lowest?", [cells, said])).toEqual([WEATHER.name, CARS.name]);
  });

  test("not a file whose name another one ends with", () => {
    const other = table("'old-cars.csv'", "a");
    const about = { question: "Rows of old-cars.csv?" };
    expect(relevantTables([CARS, other], about).map(({ name }) => name)).toEqual([other.name]);
  });
});

test("of the other tables the model is told the names", () => {
  const state = { tables: ALL, variables: [], cells: [], values, joins };
  expect(describeNotebook(state, { question: "How many days had snow?", budgetTokens: 300 })).toBe(
    "'seattle-weather.csv' (1 rows): date VARCHAR, precipitation VARCHAR, temp_max VARCHAR, weather VARCHAR ('rain', 'snow')\n" +
      "Other tables: 'cars.csv', 'flights-2k.json', 'airports.csv'",
  );
});
