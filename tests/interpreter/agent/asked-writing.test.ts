// Forms and ways of writing that a question asks for, beside what a scripted model answers.
import { describe, expect, test } from "vitest";
import { askedForm } from "../../../interpreter/agent/question/asked-form.ts";
import { askedWriting } from "../../../interpreter/agent/question/asked-writing.ts";
import type { SqlResult } from "../../../interpreter/index.ts";
import { fakeSession, tableOf } from "../fake-session.ts";
import { run } from "./agent-run.ts";

const QUERY = "SELECT avg(x) AS v, sum(x) AS w FROM t";

const SALES = tableOf("city sales", ["Oslo", 1234.567], ["Lyon", 9800.5], ["Rome", 250]);
const GAPS = tableOf("city mean", ["Oslo", null], ["Lyon, Sud", 2.5]);
const NAMES = tableOf("name", ["Ann"], ["Bob"]);
const PRICES = tableOf("mean_price max_price", [45.567, 99]);
const MEAN = tableOf("mean", [2951.3456]);
const SHARE = tableOf("share", [0.3838]);
const SHARES = tableOf("city share", ["Oslo", 0.25], ["Lyon", 0.755]);
const DAYS = tableOf("day n", ["2024-03-02", 5], ["2024-03-01", 7]);
const CITY = tableOf("city n", ["oslo", 5]);
const TOLD = "Oslo 1234.567, Lyon 9800.5, Rome 250.";

async function answerTo(question: string, table: SqlResult, ...answers: readonly string[]) {
  const call = `\`\`\`sql\n${QUERY}\n\`\`\``;
  const session = fakeSession({ sql: () => table, tables: [] });
  return (await run([call, ...answers], { question, session })).end;
}

describe("the form", () => {
  const json = '[{"city":"Oslo","sales":1234.567},{"city":"Lyon","sales":9800.5},{"city":"Rome","sales":250}]';
  const csv = "city,sales\nOslo,1234.567\nLyon,9800.5\nRome,250";
  test.each([
    ["Sales by city as JSON with keys city and sales.", SALES, TOLD, json],
    ["Sales by city as a JSON array of objects with keys city and sales.", SALES, TOLD, json],
    [
      "Sales by city as a JSON object with the cities as keys.",
      SALES,
      TOLD,
      '{"Oslo":1234.567,"Lyon":9800.5,"Rome":250}',
    ],
    [
      'Sales by city, as JSON like {"cities": [{"name": "...", "amount": 0}]}',
      SALES,
      TOLD,
      '{"cities":[{"name":"Oslo","amount":1234.567},{"name":"Lyon","amount":9800.5},{"name":"Rome","amount":250}]}',
    ],
    [
      'What are they? As JSON: {"price": {"mean": 0, "max": 0}}',
      PRICES,
      "45.567 and 99.",
      '{"price":{"mean":45.567,"max":99}}',
    ],
    [
      "The prices as JSON with keys mean_price and max_price",
      PRICES,
      '{"mean_price":99,"max_price":45.567}',
      '{"mean_price":45.567,"max_price":99}',
    ],
    [
      "The prices: @mean_price[...], @max_price[...]",
      PRICES,
      "@mean_price[99], @max_price[45.567]",
      "@mean_price[45.567] @max_price[99]",
    ],
    ["Sales by city as CSV.", SALES, TOLD, csv],
    ["Umsatz je Stadt, als CSV.", SALES, TOLD, csv],
    ["Ventes par ville, au format CSV.", SALES, TOLD, csv],
    ["Ventas por ciudad en formato CSV.", SALES, TOLD, csv],
    ["各城市的销售额，用CSV格式。", SALES, TOLD, csv],
    ["都市ごとの売上をCSV形式で。", SALES, TOLD, csv],
    ["Sales by city as CSV, semicolon separated.", SALES, TOLD, csv.replaceAll(",", ";")],
    ["Sales by city as TSV.", SALES, TOLD, csv.replaceAll(",", "\t")],
    ["Mean by city as CSV", GAPS, "Oslo none, Lyon 2.5", 'city,mean\nOslo,\n"Lyon, Sud",2.5'],
    [
      "Mean by city as YAML",
      GAPS,
      "Oslo none, Lyon 2.5",
      '- city: "Oslo"\n  mean: null\n- city: "Lyon, Sud"\n  mean: 2.5',
    ],
    ["Mean by city as JSON lines", GAPS, "so", '{"city":"Oslo","mean":null}\n{"city":"Lyon, Sud","mean":2.5}'],
    ["Mean by city as JSON", GAPS, "so", '[{"city":"Oslo","mean":null},{"city":"Lyon, Sud","mean":2.5}]'],
    ["Sales by city as a numbered list.", SALES, TOLD, "1. Oslo: 1234.567\n2. Lyon: 9800.5\n3. Rome: 250"],
    ["Umsatz je Stadt als nummerierte Liste.", SALES, TOLD, "1. Oslo: 1234.567\n2. Lyon: 9800.5\n3. Rome: 250"],
    ["Sales as a bulleted list, rounded to whole numbers.", SALES, TOLD, "- Oslo: 1235\n- Lyon: 9801\n- Rome: 250"],
    ["Which names? Comma-separated.", NAMES, "Ann", "Ann, Bob"],
    ["Which names? One per line.", NAMES, "Ann", "Ann\nBob"],
    ["Which city has most? One word.", CITY, "Bergen", "oslo"],
    ["The mean? Just the number.", MEAN, "2591.3456", "2951.3456"],
  ])("%s", async (question, table, told, answer) => {
    expect(await answerTo(question, table, told)).toMatchObject({ reason: "answered", answer });
  });

  test.each(["XML", "HTML", "LaTeX"])(
    "as %s, which only a model writes, is told where it is not kept",
    async (format) => {
      const { doubts } = await answerTo(`Sales by city as ${format}.`, SALES, TOLD, TOLD);
      expect(doubts).toContain("the answer is not in the form that was asked for");
    },
  );

  test.each(["How many rows has sales.csv?", "Export which rows as CSV file?", "What is in the CSV column?"])(
    "%s asks for none",
    (question) => {
      expect(askedForm(question).shape).toBeUndefined();
    },
  );
});

describe("how values are written", () => {
  test.each([
    ["What is the share, in percent?", SHARE, "The share is 0.3838.", "The share is 38.38 %."],
    ["What is the share, in percent?", SHARE, "It is 38.38 %.", "It is 38.38 %."],
    ["What is the share, in percent?", SHARE, "Two fifths: 0.3838.", "Two fifths: 38.38 %."],
    ["The share as a percentage with 1 decimal?", SHARE, "The share is 0.3838.", "The share is 38.4 %."],
    ["Wie hoch ist der Anteil in Prozent?", SHARE, "Der Anteil ist 0,3838.", "Der Anteil ist 38,38 %."],
    ["Quelle est la part, en pourcentage ?", SHARE, "La part est 0,3838.", "La part est 38,38 %."],
    ["¿Qué parte es, en porcentaje?", SHARE, "La parte es 0,3838.", "La parte es 38,38 %."],
    ["比例是多少？用百分比表示。", SHARE, "比例为0.3838。", "比例为38.38 %。"],
    ["割合をパーセントで答えて。", SHARE, "割合は0.3838です。", "割合は38.38 %です。"],
    ["The share by city in percent, as a list.", SHARES, "so", "- Oslo: 25\n- Lyon: 75.5"],
    ["The mean in thousands?", MEAN, "The mean is 2951.3456.", "The mean is 2.9513456 thousand."],
    ["The mean in thousands, rounded to 1 decimal?", MEAN, "It is 2951.3456.", "It is 3.0 thousand."],
    ["The mean in thousands?", MEAN, "It is 2.95 thousand.", "It is 2.95 thousand."],
    ["Der Mittelwert in Tausend?", MEAN, "Es ist 2951,3456.", "Es ist 2,9513456 Tausend."],
    ["The mean to 3 significant digits?", MEAN, "The mean is 2951.3456.", "The mean is 2950."],
    ["The mean, rounded to the nearest hundred?", MEAN, "The mean is 2951.3456.", "The mean is 3000."],
    [
      "Which days? Format the dates YYYY-MM-DD.",
      DAYS,
      "2 March 2024 (5) and March 1st, 2024 (7).",
      "2024-03-02 (5) and 2024-03-01 (7).",
    ],
    ["Which days? As DD.MM.YYYY.", DAYS, "2024-03-02, 2024-03-01", "02.03.2024, 01.03.2024"],
    ["Welche Tage? Im Format TT.MM.JJJJ.", DAYS, "2. März 2024 und 1. März 2024", "02.03.2024 und 01.03.2024"],
    ["Which city has most? In upper case.", CITY, "It is oslo.", "IT IS OSLO."],
    ["Welche Stadt? Antworte in Großbuchstaben.", CITY, "Es ist oslo.", "ES IST OSLO."],
    ["Which city? In one word, upper case.", CITY, "It is oslo.", "OSLO"],
    ["Sales by city as a list, sorted descending.", SALES, TOLD, "- Lyon: 9800.5\n- Oslo: 1234.567\n- Rome: 250"],
    ["Umsatz je Stadt als Liste, aufsteigend sortiert.", SALES, TOLD, "- Rome: 250\n- Oslo: 1234.567\n- Lyon: 9800.5"],
    ["The cities in alphabetical order, comma-separated.", SALES, "Oslo, Lyon, Rome", "Lyon, Oslo, Rome"],
  ])("%s %#", async (question, table, told, answer) => {
    expect(await answerTo(question, table, told)).toMatchObject({ reason: "answered", answer });
  });

  test("one sentence is asked for again, and is ours where there are more", async () => {
    const long = "The mean is 2951.3456. It is high.";
    const { answer } = await answerTo("What is the mean, in one sentence?", MEAN, long, "It is 2951.3456.");
    expect(answer).toBe("It is 2951.3456.");
    const again = await answerTo("What is the mean, in one sentence?", MEAN, long, long);
    expect(again.answer).toBe("mean is 2951.3456.");
    const { doubts } = await answerTo("What are they, in one sentence?", PRICES, long, long, long);
    expect(doubts).toContain("the answer is longer than asked: 1 sentence");
  });

  test.each([
    "How many percent of the cars are red?",
    "Which cities are in upper Bavaria?",
    "How many thousands of people live there?",
    "What is in the upper case of the shelf?",
    "Which days have the highest sales?",
  ])("%s says nothing of it", (question) => {
    expect(askedWriting(question)).toBeUndefined();
  });
});
