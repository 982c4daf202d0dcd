// Queries that run and answer another question, by what the question says and by what the tables hold.
import { describe, expect, test } from "vitest";
import type { SqlResult, TableInfo } from "../../../interpreter/index.ts";
import { fakeSession, oneCell } from "../fake-session.ts";
import { run } from "./agent-run.ts";

const block = (query: string) => `\`\`\`sql\n${query}\n\`\`\``;
const said = (model: Awaited<ReturnType<typeof run>>["model"], request: number) =>
  String(model.requests[request]?.messages.at(-1)?.content);

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
  ])("%s is asked for without them", async (question) => {
    const plain = block("SELECT avg(horsepower) AS mean FROM 'cars.csv'");
    const { model, end } = await run([block(GROUPED), ANSWER, plain, "It is 105.1."], { question, session: session() });
    expect(said(model, 2)).toContain("the question asks for one value, and the query gives one for each origin");
    expect(end.answer).toContain("105.1");
    expect(end.doubts).toBeUndefined();
  });

  test("unless they were added up", async () => {
    const answers = [block(GROUPED), "All of them are 199.7 together."];
    const { end } = await run(answers, { question: "How much horsepower is there?", session: session() });
    expect(end.doubts).toBeUndefined();
  });

  test("and are told where the model insists", async () => {
    const question = "What is the mean horsepower?";
    const { end } = await run([block(GROUPED), ANSWER, ANSWER], { question, session: session() });
    expect(end.doubts).toEqual([expect.stringContaining("one for each origin")]);
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

describe("a mean that no query computes", () => {
  const HIGHEST = block("SELECT origin, max(weight) AS max_weight FROM 'cars.csv' GROUP BY origin");
  const asked = (question: string, query = HIGHEST) =>
    run([query, "It is 5140.", "It is 5140."], {
      question,
      session: fakeSession({ sql: () => oneCell("weight", 5140) }),
    });

  test.each([
    "What is the mean weight by origin?",
    "Show the average horsepower of each origin",
    "Wie schwer sind die Autos im Durchschnitt je Herkunft?",
    "¿Cuál es el peso medio por origen?",
    "Quel est le poids moyen par origine ?",
    "各产地的平均重量是多少?",
    "各国の平均馬力は?",
  ])("%s", async (question) => {
    const { model, end } = await asked(question);
    expect(said(model, 2)).toContain("asks for a mean, and the query computes none");
    expect(end.doubts).toEqual(["the question asks for a mean, and the query computes none"]);
    const isMean = await asked(question, HIGHEST.replace("max", "avg"));
    expect(isMean.end.doubts ?? []).not.toContain("the question asks for a mean, and the query computes none");
  });

  test.each([
    ["What is the mean weight?", "SELECT sum(weight) / count(*) AS w FROM 'cars.csv'"],
    ["What is the average price in Oslo?", "SELECT avg_price FROM 'prices.csv' WHERE city = 'Oslo'"],
    [
      "Which cars are heavier than average?",
      "SELECT name FROM 'cars.csv' WHERE weight > (SELECT avg(weight) FROM 'cars.csv')",
    ],
    ["What does the heaviest car mean for us? Its weight, please.", "SELECT max(weight) AS w FROM 'cars.csv'"],
    ["I mean the highest weight.", "SELECT max(weight) AS w FROM 'cars.csv'"],
  ])("%s is computed by %s", async (question, query) => {
    const { end } = await asked(question, block(query));
    expect(end.doubts ?? []).not.toContain("the question asks for a mean, and the query computes none");
  });

  test("under the name of a mean it is none", async () => {
    const { end } = await asked("What is the mean weight?", block("SELECT max(weight) AS mean_weight FROM 'cars.csv'"));
    expect(end.doubts).toContain("the question asks for a mean, and the query computes none");
  });
});

describe("zeros that are taken for missing values", () => {
  const ZEROS = block("SELECT count(*) AS n FROM 'cars.csv' WHERE horsepower = 0");
  const session = (missing: number) =>
    fakeSession({ sql: (query) => oneCell("n", query.includes('"horsepower" IS NULL') ? missing : 19) });
  const asked = (question: string, missing: number, query = ZEROS) =>
    run([query, "There are 19.", "There are 19."], { question, session: session(missing) });

  test.each([
    "How many cars have no horsepower?",
    "Wie viele Autos sind ohne Leistung?",
    "¿Cuántos coches no tienen potencia?",
    "Combien de voitures n'ont pas de puissance ?",
    "有多少汽车没有马力数据?",
    "馬力が不明の車は何台?",
  ])("%s", async (question) => {
    const { model, end } = await asked(question, 6);
    expect(said(model, 2)).toContain('6 rows have no horsepower: "horsepower" IS NULL finds them');
    expect(end.doubts).toEqual([expect.stringContaining("6 rows have no horsepower")]);
  });

  test("are nothing to tell of where no value is missing, none is asked for, or the query looks for NULL", async () => {
    const both = block("SELECT count(*) AS n FROM 'cars.csv' WHERE horsepower = 0 OR horsepower IS NULL");
    expect((await asked("How many cars have no horsepower?", 0)).end.doubts).toBeUndefined();
    expect((await asked("How many cars have zero horsepower?", 6)).end.doubts).toBeUndefined();
    expect((await asked("How many cars have no horsepower?", 6, both)).end.doubts).toBeUndefined();
  });
});

test("the values of a file's columns are looked up once, until it is described anew", async () => {
  let tables: readonly TableInfo[] = [describedCars()];
  const session = { ...fakeSession(), tables: async () => tables };
  const ask = () => run([block("SELECT 1 AS n FROM 'cars.csv'"), "It is 1."], { session });
  const lookups = () => session.quietQueries.filter(({ query }) => query.includes("DISTINCT")).length;
  await ask();
  await ask();
  expect(lookups()).toBe(1);
  tables = [describedCars()];
  await ask();
  expect(lookups()).toBe(2);
});

function describedCars(): TableInfo {
  return { name: "'cars.csv'", kind: "file", rowCount: 2, columns: [{ name: "origin", type: "VARCHAR" }] };
}
