// A year that nobody named, and a month or a day of the week that the query does not look for.
import { describe, expect, test } from "vitest";
import { codeThatRan, type TableInfo } from "../../../interpreter/index.ts";
import { fakeSession, oneCell } from "../fake-session.ts";
import { run } from "./agent-run.ts";
import { block, describedCars, rowsOf, said } from "./queried.ts";

describe("a year that nobody named", () => {
  const TRIPS: TableInfo = { ...describedCars(), name: "'trips.csv'", columns: [{ name: "day", type: "DATE" }] };
  const JULY = "SELECT count(*) AS n FROM 'trips.csv' WHERE day >= '2020-07-01' AND day < '2020-08-01'";
  const session = (first: string, last: string) =>
    fakeSession({
      sql: (query) => (query.includes("min(") ? rowsOf({ a: first, b: last }) : oneCell("n", 14)),
      tables: [TRIPS],
    });
  const asked = (question: string, query = JULY, [first, last] = ["2023-05-01", "2024-10-31"]) =>
    run([block(query), "There are 14.", "There are 14."], { question, session: session(first ?? "", last ?? "") });

  test.each([
    "How many trips were there in July?",
    "Wie viele Fahrten gab es im Juli?",
    "¿Cuántos viajes hubo en julio?",
    "Combien de trajets en juillet ?",
    "7月有多少次行程?",
    "7月の件数は何件ですか?",
  ])("gives way to the month of all: %s", async (question) => {
    const { results, end } = await asked(question);
    expect(codeThatRan(results[0]?.facts ?? [])).toContain('WHERE month("day") = 7');
    expect(end.doubts).toBeUndefined();
  });

  test.each(["How many trips were there?", "Wie viele Fahrten gab es?", "行程有多少次?"])("%s", async (question) => {
    const { model, end } = await asked(question);
    const fact = "the query looks for 2020, which nobody named; day goes from 2023-05-01 to 2024-10-31";
    expect(said(model, 2)).toContain(
      `${fact}. Write the corrected query, in this shape: SELECT count(*) AS n FROM 'trips.csv'`,
    );
    expect(end.doubts).toEqual([fact]);
  });

  test.each([
    ["How many trips were there in July 2020?", JULY],
    ["How many trips were there last July?", JULY],
    ["How many trips were there in the 20s?", JULY],
    [
      "How many trips are longer than two thousand metres?",
      "SELECT count(*) AS n FROM 'trips.csv' WHERE length > 2000",
    ],
    ["How many trips were there in July?", "SELECT count(*) AS n FROM 'trips.csv' WHERE month(day) = 7"],
  ])("is none in %s", async (question, query) => {
    expect((await asked(question, query)).end.doubts).toBeUndefined();
  });

  test("may be the only one that the table has", async () => {
    const only = await asked("How many trips were there in July?", JULY, ["2020-05-01", "2020-10-31"]);
    expect(only.end.doubts).toBeUndefined();
  });
});

describe("a month or a day of the week that the question names", () => {
  const trips: TableInfo = {
    name: "'trips.csv'",
    kind: "file",
    rowCount: 9,
    columns: [
      { name: "starts at", type: "TIMESTAMP" },
      { name: "line", type: "VARCHAR" },
    ],
  };
  const asked = (question: string, query: string) =>
    run([block(query), "It is 7.", "It is 7.", "It is 7."], {
      question,
      session: fakeSession({ tables: [trips], sql: () => oneCell("n", 7) }),
    });
  const ALL = "SELECT count(*) AS n FROM 'trips.csv'";

  test.each([
    ["How many trips were there in July?", `month("starts at") = 7`],
    ["Wie viele Fahrten gab es im März 2024?", `year("starts at") = 2024 AND month("starts at") = 3`],
    ["combien de trajets le dimanche", `dayname("starts at") = 'Sunday'`],
    ["2024年8月は何件ですか?", `year("starts at") = 2024 AND month("starts at") = 8`],
  ])("%s is told as a condition, and asked for where the query lacks it", async (question, condition) => {
    const { model, end } = await asked(question, ALL);
    expect(said(model, 0)).toContain(condition);
    expect(said(model, 2)).toContain(`in this shape: ${ALL} WHERE ${condition}`);
    expect(end.doubts).toContainEqual(expect.stringContaining("and the query does not look for it"));
    expect((await asked(question, `${ALL} WHERE ${condition}`)).end.doubts).toBeUndefined();
  });

  test.each([
    ["How many trips in July?", `${ALL} WHERE "starts at" BETWEEN '2024-07-01' AND '2024-07-31'`],
    ["How many trips on Sundays?", `${ALL} WHERE isodow("starts at") = 7`],
    ["How many trips by month?", ALL],
  ])("%s: %s", async (question, query) => {
    expect((await asked(question, query)).end.doubts ?? []).not.toContainEqual(expect.stringContaining("look for it"));
  });
});
