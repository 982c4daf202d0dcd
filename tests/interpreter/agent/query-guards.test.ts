// A query of another table than the one that the question is about.
import { describe, expect, test } from "vitest";
import type { TableInfo } from "../../../interpreter/index.ts";
import { fakeSession, oneCell } from "../fake-session.ts";
import { run } from "./agent-run.ts";
import { block, said } from "./queried.ts";

describe("which of several tables", () => {
  const table = (name: string, ...columns: string[]): TableInfo => ({
    name: `'${name}'`,
    kind: "file",
    columns: columns.map((column) => ({ name: column, type: "BIGINT" })),
    rowCount: 9,
  });
  const tables = [
    table("barley.csv", "year", "crop"),
    table("birdstrikes.csv", "year", "cost"),
    table("cars.csv", "year", "mpg"),
  ];
  const notebook = "'barley.csv' (9 rows): year BIGINT\n(2 tables left out)";
  const session = () => fakeSession({ tables, sql: () => oneCell("n", 7) });
  const tried = (question: string, query: string, ...more: string[]) =>
    run([block(query), ...more], { question, notebook, session: session() });

  test.each([
    "How many bird strikes were there in all?",
    "Wie viele birdstrikes gab es insgesamt?",
    "¿Cuántos birdstrikes hubo en total?",
    "Combien de birdstrikes y a-t-il eu en tout ?",
    "birdstrikes一共有多少次?",
    "birdstrikesは全部で何件ですか?",
  ])("has what the question speaks of: %s", async (question) => {
    const query = "SELECT count(*) AS n FROM 'barley.csv'";
    const { model, end } = await tried(question, query, "7", "7");
    const fact = "the question has words of birdstrikes.csv, and none of barley.csv, which the query reads";
    expect(said(model, 2)).toContain(fact);
    expect(end.doubts).toContain(fact);
  });

  test("has a value that the question names, where the query reads one that has not", async () => {
    const lands = [
      table("lands.csv", "people"),
      { ...table("world.csv"), columns: [{ name: "country", type: "VARCHAR" }] },
    ];
    const countries = ["Brazil", "Chad", ...Array.from({ length: 9 }, (_, i) => `Land ${i}`)];
    const session = fakeSession({
      tables: lands,
      sql: (query) =>
        query.includes("c0") ? { columns: [], rows: [{ c0: countries }], rowCount: 1 } : oneCell("n", 7),
    });
    const query = "SELECT min(people) AS n FROM 'lands.csv'";
    const asked = (question: string) => run([block(query), "7", "7", "7"], { question, notebook, session });
    expect((await asked("2005年のブラジル(Brazil)のpeopleはいくらですか?")).end.doubts).toContain(
      "the question names Brazil, a value of country in world.csv, which the query does not read",
    );
    expect((await asked("What is the least people of all?")).end.doubts).toBeUndefined();
  });

  test("is meant, where several have it, is told", async () => {
    const { model, end } = await tried(
      "What is the earliest year in the table?",
      "SELECT min(year) AS n FROM 'cars.csv'",
      "7",
    );
    expect(model.requests).toHaveLength(2);
    expect(end.doubts).toEqual(["only cars.csv was read, and barley.csv, birdstrikes.csv may be meant as well"]);
  });

  test.each([
    ["How many rows has barley.csv?", "SELECT count(*) AS n FROM 'barley.csv'"],
    ["What is the mean mpg?", "SELECT avg(mpg) AS n FROM 'cars.csv'"],
    ["What is the latest year of the cars?", "SELECT max(year) AS n FROM 'cars.csv'"],
  ])("is no question: %s", async (question, query) => {
    const { end } = await tried(question, query, "7");
    expect(end.doubts).toBeUndefined();
  });
});
