// Groups that a question does not ask for, and rows where it asks for one value.
import { describe, expect, test } from "vitest";
import { codeThatRan, type SqlResult, type TableInfo } from "../../../interpreter/index.ts";
import { fakeSession, oneCell } from "../fake-session.ts";
import { run } from "./agent-run.ts";
import { block, describedCars, rowsOf, said } from "./queried.ts";

describe("groups that nobody asked for", () => {
  const GROUPED = "SELECT origin, avg(horsepower) AS mean FROM 'cars.csv' GROUP BY origin";
  const table: SqlResult = {
    columns: [
      { name: "origin", type: "VARCHAR" },
      { name: "mean", type: "DOUBLE" },
    ],
    rows: [
      { origin: "USA", mean: 119.9 },
      { origin: "Japan", mean: 79.8 },
    ],
    rowCount: 2,
  };
  const session = () => fakeSession({ sql: (query) => (query.includes("GROUP BY") ? table : oneCell("mean", 105.1)) });
  const ANSWER = "The mean of USA is 119.9, and of Japan 79.8.";

  test.each([
    "What is the mean horsepower?",
    "Wie hoch ist die mittlere Leistung (horsepower)?",
    "¿Cuál es la potencia media (horsepower)?",
    "Quelle est la puissance moyenne (horsepower) ?",
    "平均马力(horsepower)是多少?",
    "平均馬力(horsepower)はいくらですか?",
  ])("%s is answered without them", async (question) => {
    const { results, end } = await run([block(GROUPED), "It is 105.1."], { question, session: session() });
    expect(results[0]?.content).toContain("one value was asked for, and not one of each origin");
    expect(codeThatRan(results[0]?.facts ?? [])).toBe("SELECT avg(horsepower) AS mean FROM 'cars.csv'");
    expect(results[0]?.cell).toContain("SELECT avg(horsepower) AS mean FROM 'cars.csv'");
    expect(end.answer).toContain("105.1");
    expect(end.doubts).toBeUndefined();
  });

  test("whatever they are computed from", async () => {
    const query =
      "SELECT year(day) AS y, avg(horsepower) AS mean, max(day) FROM 'cars.csv' WHERE a > 1 GROUP BY 1 LIMIT 9";
    const rows: SqlResult = {
      columns: [
        { name: "y", type: "BIGINT" },
        { name: "mean", type: "DOUBLE" },
        { name: "max(day)", type: "DATE" },
      ],
      rows: [
        { y: 1970, mean: 119.9, "max(day)": "1970-01-02" },
        { y: 1971, mean: 79.8, "max(day)": "1971-01-02" },
      ],
      rowCount: 2,
    };
    const session = fakeSession({ sql: (text) => (text.includes("GROUP BY") ? rows : oneCell("mean", 100)) });
    await run([block(query), "It is 100."], { question: "What is the mean horsepower?", session });
    expect(session.queries.map((one) => one.query)).toContain(
      "SELECT avg(horsepower) AS mean FROM 'cars.csv' WHERE a > 1",
    );
  });

  describe("where they cannot be left out", () => {
    const OVER = `${GROUPED} HAVING count(*) > 1`;

    test("are told, and the model is asked for another query", async () => {
      const question = "What is the mean horsepower?";
      const { model, end } = await run([block(OVER), ANSWER, ANSWER], { question, session: session() });
      expect(said(model, 2)).toContain("the question asks for one value, and the query gives one for each origin");
      expect(end.doubts).toEqual([expect.stringContaining("one for each origin")]);
    });

    test("are no fault once they are added up", async () => {
      const answers = [block(OVER), "All of them are 199.7 together."];
      const { end } = await run(answers, { question: "How much horsepower is there?", session: session() });
      expect(end.doubts).toBeUndefined();
    });
  });

  test.each([
    "What is the mean horsepower by origin?",
    "What is the mean horsepower in each region?",
    "What is the mean horsepower of the origins?",
    "How much horsepower do Japanese cars have?",
    "What is the highest mean horsepower?",
    "Show the mean horsepower.",
  ])("%s may mean them", async (question) => {
    const { end } = await run([block(GROUPED), ANSWER, ANSWER], { question, session: session() });
    expect(end.doubts).toBeUndefined();
  });
});

test("the row of the highest value is not taken for that of each group", async () => {
  const session = fakeSession({
    sql(query) {
      if (query.includes("arg_max")) return oneCell("origin", "USA");
      throw new Error('Binder Error: column "origin" must appear in the GROUP BY clause');
    },
  });
  const query = block("SELECT origin, max(horsepower) FROM 'cars.csv'");
  const asked = (question: string) => run([query, "USA.", "USA."], { question, session });
  expect((await asked("What is the highest horsepower of each origin?")).end.doubts).toEqual([
    "the question asks for a value of each, and the query has no GROUP BY",
  ]);
  expect((await asked("Which origin has the highest horsepower?")).end.doubts).toBeUndefined();
});

describe("rows that are told where a total is asked for", () => {
  const LISTED = block("SELECT origin, weight FROM 'cars.csv' ORDER BY weight DESC LIMIT 2");
  const SUMMED = block("SELECT origin, sum(weight) AS weight FROM 'cars.csv' GROUP BY origin");
  const ROWS = rowsOf({ origin: "USA", weight: 5140 }, { origin: "Japan", weight: 4997 });
  const TOLD = "The USA has 5140, Japan 4997.";
  const asked = (question: string, query = LISTED, tables: readonly TableInfo[] = [describedCars()]) =>
    run([query, TOLD, TOLD], { question, session: fakeSession({ sql: () => ROWS, tables }) });

  test.each([
    "Which origins have the largest total weight?",
    "Welche Herkunft hat insgesamt das größte Gewicht?",
    "¿Qué origen tiene el mayor peso en total?",
    "Quelle origine a le plus grand poids total ?",
    "哪个产地的总重量合计最大?",
    "重量の合計が一番大きい産地は?",
  ])("%s", async (question) => {
    const { model, end } = await asked(question);
    expect(said(model, 2)).toContain("the query adds nothing up");
    expect(end.doubts).toEqual([expect.stringContaining("the query adds nothing up")]);
  });

  test.each([
    "Which origin has the largest average weight?",
    "Welche Herkunft ist im Durchschnitt, mit dem mittleren Gewicht, schwerer?",
    "¿Qué origen tiene el mayor peso promedio?",
    "Quelle origine a le poids moyen le plus élevé ?",
    "哪个产地的平均重量最大?",
    "平均重量が一番大きい産地は?",
  ])("%s", async (question) => {
    expect((await asked(question)).end.doubts).toEqual([expect.stringContaining("the query computes none")]);
  });

  test("the query that answers is run where the names tell it", async () => {
    const table = { ...describedCars(), columns: [...describedCars().columns, { name: "weight", type: "DOUBLE" }] };
    const { results, end } = await asked("Which origin has the largest total weight?", LISTED, [table]);
    expect(codeThatRan(results[0]?.facts ?? [])).toContain('SELECT "origin", sum("weight") AS total');
    expect(end.doubts).toBeUndefined();
  });

  test("are no fault where they are added up, or where a column holds the totals", async () => {
    expect((await asked("Which origins have the largest total weight?", SUMMED)).end.doubts).toBeUndefined();
    expect((await asked("Which origins have the largest weight?")).end.doubts).toBeUndefined();
    const totals = { ...describedCars(), columns: [{ name: "total_weight", type: "DOUBLE" }] };
    expect((await asked("Which has the largest total weight?", LISTED, [totals])).end.doubts).toBeUndefined();
  });
});
