import { describe, expect, test } from "vitest";
import { resultSentence } from "../../../interpreter/agent/forms/result-sentence.ts";
import { answerLanguage, LANGUAGES } from "../../../interpreter/languages/index.ts";
import { fakeSession, oneCell } from "../fake-session.ts";
import { run } from "./agent-run.ts";

const languageOf = (code: string) => LANGUAGES.find((one) => one.code === code)!;
const told = (name: string, code = "en") => resultSentence(oneCell(name, 25), languageOf(code));

describe("a column that nobody gave a name is told as what it is", () => {
  test.each([
    ["en", "The number of rows is 25.", "The mean of price is 25."],
    ["de", "Die Anzahl der Zeilen ist 25.", "Der Mittelwert von price ist 25."],
    ["es", "El número de filas es 25.", "La media de price es 25."],
    ["fr", "Le nombre de lignes est 25.", "La moyenne de price est 25."],
    ["zh", "行数为25。", "price的平均值为25。"],
    ["ja", "行数は25です。", "priceの平均は25です。"],
  ])("in %s", (code, count, mean) => {
    expect(told("count_star()", code)).toBe(count);
    expect(told("avg(price)", code)).toBe(mean);
  });

  test.each([
    ["count(*)", "The number of rows is 25."],
    ["count(id)", "The number of values of id is 25."],
    ["count(DISTINCT city)", "The number of different values of city is 25."],
    ['sum("unit price")', "The sum of unit price is 25."],
    ["round(avg(price), 2)", "The mean of price is 25."],
    ["CAST(sum(price) AS DECIMAL(18,2))", "The sum of price is 25."],
    ["min(day)", "The smallest value of day is 25."],
    ["max(t.pay)", "The largest value of t.pay is 25."],
    ["median(pay)", "The median of pay is 25."],
  ])("%s", (name, sentence) => {
    expect(told(name)).toBe(sentence);
  });

  test.each(["n", "price", "sum((a * b))", "(sum(a) / count(b))", "sum(DISTINCT pay)", "year(day)", "arg_max(a, b)"])(
    "%s stays as it is",
    (name) => {
      expect(told(name)).toBe(`${name} is 25.`);
    },
  );

  test.each([
    ["How many cars are there?", "The count_star() function returns 25.", "The number of rows is 25."],
    ["何台ありますか?", "count_star()は25です。", "行数は25です。"],
    ["How many cars are there?", "There are 25 cars.", "There are 25 cars."],
  ])("also where the model calls it so: %s %s", async (question, words, answer) => {
    const query = "```sql\nSELECT count(*) FROM 'cars.csv'\n```";
    const session = fakeSession({ sql: () => oneCell("count_star()", 25) });
    const { end } = await run([query, words], { question, session });
    expect(end.answer).toBe(answer);
    expect(end.doubts ?? []).toEqual([]);
  });

  test("of each group, too", () => {
    const rows = [
      { ward: "North", "count_star()": 3 },
      { ward: "South", "count_star()": 2 },
    ];
    const columns = [
      { name: "ward", type: "VARCHAR" },
      { name: "count_star()", type: "BIGINT" },
    ];
    const sentence = resultSentence(
      { columns, rows, rowCount: 2 },
      answerLanguage("Wie viele Fälle hat jede Station?"),
    );
    expect(sentence).toBe("Die Anzahl der Zeilen nach ward: North (3), South (2).");
  });
});

describe("a model that only runs its query again", () => {
  const CALL = "```sql\nSELECT origin, avg(horsepower) FROM 'cars.csv' GROUP BY origin\n```";
  const rows = (count: number) => ({
    columns: [
      { name: "origin", type: "VARCHAR" },
      { name: "avg(horsepower)", type: "DOUBLE" },
    ],
    rows: Array.from({ length: count }, (_, i) => ({ origin: `land ${i}`, "avg(horsepower)": i })),
    rowCount: count,
  });
  const asked = (count: number) =>
    run([CALL, CALL, CALL], {
      question: "What is the mean horsepower by origin?",
      session: fakeSession({ sql: () => rows(count) }),
    });

  test("has answered by its result, where a sentence holds it", async () => {
    const { end } = await asked(2);
    expect(end).toMatchObject({
      reason: "answered",
      answer: "The mean of horsepower by origin: land 0 (0), land 1 (1).",
    });
  });

  test.each([0, 20])("has not, where it has %s rows", async (count) => {
    expect((await asked(count)).end.reason).toBe("repeated");
  });
});
