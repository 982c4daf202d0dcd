// The other end of an order, or another column, than the one that the question names.
import { describe, expect, test } from "vitest";
import { codeThatRan, type TableInfo } from "../../../interpreter/index.ts";
import { fakeSession, oneCell } from "../fake-session.ts";
import { run } from "./agent-run.ts";
import { block, describedCars, rowsOf, said } from "./queried.ts";

describe("the wrong end of an order", () => {
  const table = { ...describedCars(), columns: [...describedCars().columns, { name: "price", type: "DOUBLE" }] };
  const ROWS = rowsOf({ origin: "USA", price: 10 }, { origin: "Japan", price: 20 });
  const TOLD = "USA has 10, Japan 20.";
  const asked = (question: string, order: string, tables: readonly TableInfo[] = [table]) =>
    run([block(`SELECT origin, price FROM 'cars.csv' ORDER BY ${order} LIMIT 2`), "yes", TOLD, TOLD], {
      question,
      session: fakeSession({ sql: () => ROWS, tables }),
    });

  test.each([
    "Which 2 cars are the most expensive?",
    "Welche 2 Autos sind am teuersten?",
    "¿Cuáles son los 2 coches más caros?",
    "Quelles sont les 2 voitures les plus chères ?",
    "最贵的2辆车是哪些?",
    "価格が最も高い車2台は?",
  ])("%s", async (question) => {
    const fact = "the question asks for the highest, and ORDER BY price takes the lowest";
    const { model, end } = await asked(question, "price ASC");
    expect(said(model, 3)).toContain(fact);
    expect(said(model, 3)).toContain("in this shape: SELECT origin, price FROM 'cars.csv' ORDER BY price DESC LIMIT 2");
    expect(end.doubts).toEqual([fact]);
    expect((await asked(question, "price DESC")).end.doubts).toBeUndefined();
  });

  test("of what is counted", async () => {
    const { model } = await asked("Which 2 are the most expensive?", "count(DISTINCT price) ASC NULLS LAST");
    expect(said(model, 3)).toContain("ORDER BY count(DISTINCT price) DESC LIMIT 2");
  });

  test("the other end", async () => {
    const { end } = await asked("Which 2 cars are the cheapest?", "price DESC");
    expect(end.doubts).toEqual(["the question asks for the lowest, and ORDER BY price takes the highest"]);
    expect((await asked("Which 2 cars are the cheapest?", "price")).end.doubts).toBeUndefined();
  });

  test("is none where both are spoken of, or where ranks or texts are ordered by", async () => {
    expect((await asked("Are the cheapest the largest?", "price")).end.doubts).toBeUndefined();
    expect((await asked("Which are the largest?", "origin")).end.doubts).toBeUndefined();
    const ranked = { ...table, columns: [...table.columns, { name: "price_rank", type: "BIGINT" }] };
    expect((await asked("Which are the most expensive?", "price_rank", [ranked])).end.doubts).toBeUndefined();
  });
});

describe("another column than the one that the question names", () => {
  const air: TableInfo = {
    name: "'air.csv'",
    kind: "file",
    rowCount: 9,
    columns: [
      { name: "place", type: "VARCHAR" },
      { name: "CO2", type: "DOUBLE" },
      { name: "adjusted CO2", type: "DOUBLE" },
      { name: "騒音", type: "BIGINT" },
      { name: "height", type: "BIGINT" },
    ],
  };
  const session = () => fakeSession({ tables: [air], sql: () => oneCell("mean", 400) });
  const asked = (question: string, query: string) =>
    run([block(query), "It is 400.", "It is 400."], {
      question,
      session: session(),
    });

  test.each([
    ["What is the mean CO2?", "SELECT avg(\"adjusted CO2\") AS mean FROM 'air.csv'", "CO2", "adjusted CO2"],
    ["Wie hoch ist CO2 im Mittel?", "SELECT avg(height) AS mean FROM 'air.csv'", "CO2", "height"],
    ["¿Cuál es la media de CO2 en Oslo?", "SELECT avg(height) AS mean FROM 'air.csv'", "CO2", "height"],
    ["Quel est le CO2 moyen ?", "SELECT avg(height) AS mean FROM 'air.csv'", "CO2", "height"],
    ["平均的CO2是多少?", "SELECT avg(height) AS mean FROM 'air.csv'", "CO2", "height"],
    ["騒音の平均は?", "SELECT avg(height) AS mean FROM 'air.csv'", "騒音", "height"],
  ])("%s", async (question, query, named, other) => {
    const { results, end } = await asked(question, query);
    expect(codeThatRan(results[0]?.facts ?? [])).toBe(`SELECT avg("${named}") AS mean FROM 'air.csv'`);
    expect(results[0]?.content).toContain(`the question names ${named}: it is taken instead of ${other}`);
    expect(end.doubts ?? []).toEqual([]);
  });

  test.each([
    ["What is the mean CO2?", "SELECT avg(CO2) AS mean FROM 'air.csv'"],
    ["What is the mean adjusted CO2?", "SELECT avg(\"adjusted CO2\") AS mean FROM 'air.csv'"],
    ["How many places have a CO2 over 400?", "SELECT count(*) AS n FROM 'air.csv' WHERE CO2 > 400 AND height > 0"],
    ["What is the height of the place with the most CO2?", "SELECT height FROM 'air.csv' ORDER BY CO2 DESC LIMIT 1"],
    ["Which place is at the greatest height?", "SELECT place FROM 'air.csv' ORDER BY height DESC LIMIT 1"],
  ])("%s is answered by %s", async (question, query) => {
    const { results } = await asked(question, query);
    expect(codeThatRan(results[0]?.facts ?? [])).toBe(query);
  });
});
