// Conditions that nobody asked for, sums of no row, and formulas of the question.
import { describe, expect, test } from "vitest";
import type { SqlResult } from "../../../interpreter/index.ts";
import { fakeSession, oneCell } from "../fake-session.ts";
import { run } from "./agent-run.ts";
import { block, said } from "./queried.ts";

describe("a filter that nobody asked for is told", () => {
  const doubtsOf = async (question: string, condition: string) => {
    const query = block(`SELECT count(*) AS n FROM 'cars.csv' WHERE ${condition}`);
    const { end, model } = await run([query, "It is 7."], {
      question,
      session: fakeSession({ sql: () => oneCell("n", 7) }),
    });
    expect(model.requests).toHaveLength(2); // it may be what the question says in another language
    return (end.doubts ?? []).filter((one) => one.includes("does not speak"));
  };

  test.each([
    ["How many have a sunroof?", "member = 'yes'", "member is yes"],
    ["Wie viele fuhren am Sonntag?", "cancelled = FALSE", "cancelled is FALSE"],
    ["Combien ont un balcon ?", "meublé = 'oui'", "meublé is oui"],
    ["¿Cuántos tienen balcón?", "horsepower > 3 AND agotado = 'Sí'", "agotado is Sí"],
    ["バルコニー付きは何件ですか?", "店内 IS TRUE", "店内 is TRUE"],
    ["有多少?", "incluido = 'true'", "incluido is true"],
  ])("%s %s", async (question, condition, filter) => {
    expect(await doubtsOf(question, condition)).toEqual([
      `only rows are taken where ${filter}, of which the question does not speak`,
    ]);
  });

  test.each([
    ["How many American cars?", "origin = 'USA'"],
    ["How many were cancelled?", "cancelled = TRUE"],
    ["How many members are there?", "member = 'yes'"],
    ["Combien de traversées annulées ?", "annulée IS TRUE"],
    ["店内の会計は何件ですか?", "店内 = true"],
  ])("none is in %s %s", async (question, condition) => {
    const query = block(`SELECT count(*) AS n FROM 'cars.csv' WHERE ${condition}`);
    const { end } = await run([query, "It is 7.", "It is 7.", "It is 7."], {
      question,
      session: fakeSession({ sql: () => oneCell("n", 7) }),
    });
    expect((end.doubts ?? []).filter((one) => one.includes("does not speak"))).toEqual([]);
  });
});

describe("a sum of no row at all", () => {
  const nothing: SqlResult = { columns: [{ name: "r", type: "DOUBLE" }], rows: [{ r: null }], rowCount: 1 };
  const session = () => fakeSession({ sql: () => nothing });
  const QUERY = "SELECT sum(weight) AS r FROM 'cars.csv'  WHERE origin = 'USA'\nAND cylinders = 1";

  test("is asked for again, and then doubted", async () => {
    const { model, end } = await run([block(QUERY), "It is NULL.", "It is NULL."], {
      question: "What do the cars of the USA weigh per cylinder?",
      session: session(),
    });
    const fact = "no row fulfils origin = 'USA' AND cylinders = 1 and has a value";
    expect(said(model, 2)).toContain(fact);
    expect(end.doubts).toContain(fact);
  });

  test("is none where the answer says that there is none", async () => {
    const { end } = await run([block(QUERY), "This cannot be answered: there is no such car."], {
      question: "What do the cars of the USA weigh per cylinder?",
      session: session(),
    });
    expect(end.doubts).toBeUndefined();
  });
});

describe("what the question says how to compute", () => {
  const notebook = "'sales.csv' (9 rows): drink VARCHAR, price BIGINT, units BIGINT, 単価 BIGINT, 個数 BIGINT";
  const REFUSAL = "This cannot be answered: the table has no column for the revenue.";
  const tried = (question: string, ...answers: string[]) =>
    run(answers, { question, notebook, session: fakeSession({ sql: () => oneCell("share", 57) }) });

  test.each([
    ["What share of the revenue (price × units) is tea?", "price × units"],
    ["Welchen Anteil am Umsatz (price * units) hat Tee?", "price * units"],
    ["売上金額(単価×個数)のうち、お茶は何%ですか?", "単価×個数"],
  ])("is no column that lacks: %s", async (question, formula) => {
    const { model, end } = await tried(question, REFUSAL, block("SELECT 57 AS share"), "57 %.");
    expect(said(model, 1)).toContain(`The question says how to compute it: ${formula}.`);
    expect(end.answer).toContain("57");
    const refused = await tried(question, REFUSAL, REFUSAL);
    expect(refused.end.doubts?.join()).toContain(formula);
  });

  test("may be of columns that nobody has", async () => {
    const { model, end } = await tried("What is the profit (price - cost)?", REFUSAL);
    expect(model.requests).toHaveLength(1);
    expect(end.doubts).toBeUndefined();
  });
});
