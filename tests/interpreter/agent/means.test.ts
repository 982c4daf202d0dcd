// A mean, or a share, that no query computes, and zeros that stand for missing values.
import { describe, expect, test } from "vitest";
import { fakeSession, oneCell } from "../fake-session.ts";
import { run } from "./agent-run.ts";
import { block, rowsOf, said } from "./queried.ts";

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
    expect(end.doubts).toEqual(["the question asks for a mean, and the query computes none, as avg(...) does"]);
    const isMean = await asked(question, HIGHEST.replace("max", "avg"));
    expect(isMean.end.doubts ?? []).not.toContain(
      "the question asks for a mean, and the query computes none, as avg(...) does",
    );
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
    expect(end.doubts ?? []).not.toContain(
      "the question asks for a mean, and the query computes none, as avg(...) does",
    );
  });

  test("under the name of a mean it is none", async () => {
    const { end } = await asked("What is the mean weight?", block("SELECT max(weight) AS mean_weight FROM 'cars.csv'"));
    expect(end.doubts).toContain("the question asks for a mean, and the query computes none, as avg(...) does");
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

describe("a share", () => {
  const query = block("SELECT origin, 100 * sum(weight) / count(*) AS percent FROM 'cars.csv' GROUP BY origin");
  const asked = (question: string, ...values: readonly [number, number]) => {
    const [usa, japan] = values;
    const told = `The USA has ${usa}, Japan ${japan}.`;
    const table = rowsOf({ origin: "USA", percent: usa }, { origin: "Japan", percent: japan });
    return run([query, told, told], { question, session: fakeSession({ sql: () => table }) });
  };

  test.each([
    "What percentage of the weight does each origin have?",
    "Welcher Anteil des Gewichts kommt von jeder Herkunft?",
    "¿Qué porcentaje del peso tiene cada origen?",
    "Quelle est la part du poids de chaque origine ?",
    "每个产地的重量占比是多少?",
    "各産地は重量の何%を占めますか?",
  ])("%s: is not above 100", async (question) => {
    const { model, end } = await asked(question, 4842.5, 7292);
    expect(said(model, 2)).toContain("4842.5 is no share of a whole");
    expect(end.doubts).toEqual([expect.stringContaining("between 0 and 100")]);
    expect((await asked(question, 60, 40)).end.doubts).toBeUndefined();
  });

  test("is doubted, too, where the model only runs its query again and again", async () => {
    const table = rowsOf({ origin: "USA", percent: 4842 }, { origin: "Japan", percent: 7292 });
    const question = "What percentage of the weight does each origin have?";
    const { end } = await run([query, query, query], { question, session: fakeSession({ sql: () => table }) });
    expect(end).toMatchObject({ reason: "answered", answer: "percent by origin: USA (4842), Japan (7292)." });
    expect(end.doubts).toEqual([expect.stringContaining("4842 is no share")]);
  });

  test("is what is called so: one above 100 is none", async () => {
    const { end } = await asked("What percentage of the weight does each origin have?", 108, 41);
    expect(end.doubts).toEqual(["108 is no share of a whole, which is between 0 and 100 %"]);
  });

  test("is something else than a change, or than what a column holds", async () => {
    const change = "By what percentage of the previous year did it change?";
    expect((await asked(change, 150, 250)).end.doubts).toBeUndefined();
    expect((await asked("What is the weight of each origin?", 4842.5, 7292)).end.doubts).toBeUndefined();
  });
});
