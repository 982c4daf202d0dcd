import { describe, expect, test } from "vitest";
import {
  chosenValues,
  filledForm,
  formSchema,
  hasForm,
  resultSays,
  said,
} from "../../../interpreter/agent/forms/fill-form.ts";
import { rewritten } from "../../../interpreter/agent/forms/rewrite-text.ts";
import { askedForm } from "../../../interpreter/agent/question/asked-form.ts";
import { type NamedValue, namedValues } from "../../../interpreter/agent/result-values.ts";
import { ENGLISH } from "../../../interpreter/languages/index.ts";
import type { SqlResult } from "../../../interpreter/sessions/session.ts";

const NOTHING = { shape: undefined, decimals: undefined, currency: undefined };

describe("the form that a question asks for", () => {
  test.each([
    ["Give the mean and the median as JSON with keys mean_fare and median_fare.", ["mean_fare", "median_fare"]],
    ['Answer in JSON like {"mean": ..., "n": ...}', ["mean", "n"]],
    ["Return JSON with the keys 'a', 'b' and 'c'", ["a", "b", "c"]],
    ["Antworte als JSON mit den Schlüsseln mittel und anzahl.", ["mittel", "anzahl"]],
    ["Donne la réponse en JSON avec les clés moyenne et nombre.", ["moyenne", "nombre"]],
    ["How many cars by origin, as JSON?", []],
    ["How many cars by origin? Answer in JSON.", []],
    ["Combien de voitures par origine ? Réponds en JSON.", []],
    ["Wie viele je Herkunft, als JSON. Sonst nichts.", []],
    ["Answer as JSON with keys a and b, rounded to 2 decimals.", ["a", "b"]],
    ["Answer as JSON with keys a and b only.", ["a", "b"]],
    ["As JSON with the keys city (the best one), `mean fare`, and n: nothing else.", ["city", "mean fare", "n"]],
    ["Give the keys total and count as JSON, please.", ["total", "count"]],
    ["Responde en formato JSON con los campos media y total.", ["media", "total"]],
    ["以JSON格式回答，键为城市和数量。", ["城市", "数量"]],
  ])("%s", (question, names) => {
    expect(askedForm(question).shape).toEqual({ kind: "json", names });
  });

  test.each([
    ["What are mean and sd? End with @mean[mean] @sd[sd]", { kind: "marks", names: ["mean", "sd"] }],
    [
      'Round to 2 decimals.\n@r[r_value] @p[p_value]\nwhere "p_value" is a number, rounded to four decimal places.',
      { kind: "marks", names: ["r", "p"], decimals: { p: 4 } },
    ],
    ["Which city? Answer in one word.", { kind: "word" }],
    ["How many? Only the number, please.", { kind: "number" }],
    ["List the origins as a bulleted list.", { kind: "list" }],
    ["Show mean price by city as a table.", { kind: "table" }],
    ["Zeige die Städte als Liste.", { kind: "list" }],
    ["Name the three cities in bullet points.", { kind: "list" }],
    ["Nenne sie in Stichpunkten.", { kind: "list" }],
    ["Which cities? One per line.", { kind: "lines" }],
    ["Nenne die Städte, eine pro Zeile.", { kind: "lines" }],
    ["Donne les villes, une par ligne.", { kind: "lines" }],
    ["列出城市，每行一个", { kind: "lines" }],
    ["Which cities? Comma-separated, on one line.", { kind: "separated", separator: ", " }],
    ["Nenne die Städte durch Kommas getrennt.", { kind: "separated", separator: ", " }],
    ["Las ciudades, separadas por comas.", { kind: "separated", separator: ", " }],
    ["都市をカンマ区切りで", { kind: "separated", separator: ", " }],
    ["Is the mean of A higher? Answer yes or no.", { kind: "yes-or-no", yes: "yes", no: "no" }],
    ["Ist der Mittelwert höher? Ja oder nein?", { kind: "yes-or-no", yes: "ja", no: "nein" }],
    ["Est-elle plus chère ? Réponds par oui ou non.", { kind: "yes-or-no", yes: "oui", no: "non" }],
    ["¿Es mayor? Responde sí o no.", { kind: "yes-or-no", yes: "sí", no: "no" }],
    ["A更高吗？请回答是或否。", { kind: "yes-or-no", yes: "是", no: "否" }],
    ["How many? Just a number.", { kind: "number" }],
    ["Wie viele? Antworte nur mit einer Zahl.", { kind: "number" }],
    ["Which city? A one-word answer.", { kind: "word" }],
    ["各城市的平均价格，以表格显示", { kind: "table" }],
    ["Fais une liste à puces des villes.", { kind: "list" }],
    ["Make a bulleted list of the cities.", { kind: "list" }],
    ["Erstelle eine Stichpunktliste der Städte.", { kind: "list" }],
    ["用项目符号列出各城市", { kind: "list" }],
    ["都市を箇条書きにして", { kind: "list" }],
    ["Which city is largest? Only the name, please.", { kind: "name" }],
    ["Which city? Just the city name.", { kind: "name" }],
    ["Welche Stadt? Nur den Namen der Stadt, bitte.", { kind: "name" }],
    ["¿Qué ciudad? Solo el nombre.", { kind: "name" }],
    ["Quelle ville ? Juste le nom de la ville.", { kind: "name" }],
    ["哪个城市最大？只回答城市名。", { kind: "name" }],
    ["一番大きい都市は? 都市名だけで答えて。", { kind: "name" }],
    ["Which cities? Just the names, comma-separated.", { kind: "separated", separator: ", " }],
  ])("%s", (question, shape) => {
    expect(askedForm(question).shape).toEqual(shape);
  });

  test.each([
    ["What is the mean, rounded to 1 decimal?", 1],
    ["Round it to two decimal places.", 2],
    ["What is the mean to the nearest integer?", 0],
    ["Runde auf zwei Nachkommastellen.", 2],
    ["Arrondis à 3 décimales.", 3],
    ["Redondea a 2 decimales.", 2],
    ["保留两位小数", 2],
    ["小数点以下2桁で", 2],
    ["Give it with exactly 3 decimals.", 3],
    ["Round to 2 d.p.", 2],
    ["Give the mean without decimals.", 0],
    ["Runde auf eine ganze Zahl.", 0],
    ["Ohne Nachkommastellen, bitte.", 0],
    ["Auf eine Stelle hinter dem Komma.", 1],
    ["Arrondis à l'unité.", 0],
    ["Sin decimales.", 0],
    ["四舍五入到整数", 0],
    ["整数で答えて", 0],
  ])("%s", (question, decimals) => {
    expect(askedForm(question).decimals).toBe(decimals);
  });

  test.each([
    ["What is the total revenue in EUR?", "EUR"],
    ["What is the total, in dollars?", "USD"],
    ["¿Cuál es el total en euros?", "EUR"],
  ])("%s", (question, code) => {
    expect(askedForm(question).currency?.code).toBe(code);
  });

  test.each([
    "How many rows has data.json?",
    "What does it return in data.json.gz?",
    "How many events in events.jsonl are errors?",
    "¿Cuántas líneas tiene registro.ndjson?",
    "Which rows give an error in JSON.parse?",
    "What is in the JSON column?",
    "Which films were made in France?",
    "How many list prices are over 5?",
    "How many tables have 4 seats?",
    "How many rows are in a table of the restaurant?",
    "Is there a comma-separated file?",
    "How many answered yes or no to question 3?",
    "How many numbers are whole?",
    "Wie viele Zeilen hat die Liste je Zeile?",
    "What is the mean of the prices in EUR of the cars from Japan?",
    "In which decade was the mean highest?",
    "How many rows have only the name filled in?",
    "名前だけの行は何件ですか?",
  ])("%s asks for none", (question) => {
    expect(askedForm(question)).toEqual(NOTHING);
  });
});

function valuesOf(...tables: readonly SqlResult[]) {
  return namedValues(
    tables.map((table) => ({ content: "", failed: false, facts: [{ kind: "rows", table }], milliseconds: 1 })),
  );
}
function toDecimals(text: string, values: readonly NamedValue[], decimals: number): string {
  return rewritten(text, values, { decimals, query: "", language: ENGLISH });
}
function oneRow(row: Record<string, unknown>): SqlResult {
  return { columns: Object.keys(row).map((name) => ({ name, type: "DOUBLE" })), rows: [row], rowCount: 1 };
}
const ORIGINS: SqlResult = {
  columns: [
    { name: "origin", type: "VARCHAR" },
    { name: "mean", type: "DOUBLE" },
  ],
  rows: [
    { origin: "USA", mean: 20.0836 },
    { origin: "Japan", mean: 30.4506 },
  ],
  rowCount: 2,
};

describe("a form is filled from results", () => {
  const marks = { kind: "marks", names: ["mean_fare", "sd_fare"] } as const;

  test("by the names of columns, in any order and any spelling", () => {
    const row = oneRow({ "stddev(Fare)": 49.693, "avg(Fare)": 32.2042 });
    const shape = { kind: "json", names: ["meanFare", "std_fare"] } as const;
    expect(filledForm(shape, valuesOf(row), row, 2)).toBe('{"meanFare":32.2,"std_fare":49.69}');
  });

  test("by several results", () => {
    const one = oneRow({ mean_fare: 32.2042 });
    const two = oneRow({ sd_fare: 49.693 });
    expect(filledForm(marks, valuesOf(one, two), two, 1)).toBe("@mean_fare[32.2] @sd_fare[49.7]");
    const ownDecimals = { ...marks, decimals: { sd_fare: 2 } };
    expect(filledForm(ownDecimals, valuesOf(one, two), two, 1)).toBe("@mean_fare[32.2] @sd_fare[49.69]");
  });

  test("by the keys of its rows", () => {
    const shape = { kind: "json", names: ["japan", "usa"] } as const;
    expect(filledForm(shape, valuesOf(ORIGINS), ORIGINS, 1)).toBe('{"japan":30.5,"usa":20.1}');
  });

  test("as a list, a table, a word, a number", () => {
    expect(filledForm({ kind: "list" }, valuesOf(ORIGINS), ORIGINS, undefined)).toBe(
      "- USA: 20.0836\n- Japan: 30.4506",
    );
    expect(filledForm({ kind: "table" }, valuesOf(ORIGINS), ORIGINS, undefined)).toBe(
      "| origin | mean |\n| --- | --- |\n| USA | 20.0836 |\n| Japan | 30.4506 |",
    );
    expect(filledForm({ kind: "word" }, valuesOf(oneRow({ city: "Oslo" })), oneRow({ city: "Oslo" }), undefined)).toBe(
      "Oslo",
    );
    expect(filledForm({ kind: "number" }, valuesOf(oneRow({ city: "Oslo", n: 3 })), undefined, undefined)).toBe("3");
    const york = valuesOf(oneRow({ city: "New York", n: 3 }));
    expect(filledForm({ kind: "name" }, york, undefined, undefined)).toBe("New York");
    expect(hasForm("New York", { kind: "name" }, york)).toBe(true);
    expect(hasForm("It is New York.", { kind: "name" }, york)).toBe(false);
    expect(filledForm({ kind: "name" }, valuesOf(ORIGINS), ORIGINS, undefined)).toBeUndefined();
  });

  test("line by line, with commas, yes or no", () => {
    expect(filledForm({ kind: "lines" }, valuesOf(ORIGINS), ORIGINS, undefined)).toBe("USA: 20.0836\nJapan: 30.4506");
    const cities: SqlResult = {
      ...{ columns: [{ name: "city", type: "VARCHAR" }], rows: [{ city: "Oslo" }, { city: "Lyon" }], rowCount: 2 },
    };
    expect(filledForm({ kind: "separated", separator: ", " }, valuesOf(cities), cities, undefined)).toBe("Oslo, Lyon");
    expect(hasForm("Oslo, Lyon", { kind: "separated", separator: ", " }, valuesOf(cities))).toBe(true);
    expect(hasForm("Oslo, and Paris", { kind: "separated", separator: ", " }, valuesOf(cities))).toBe(false);
    const shape = { kind: "yes-or-no", yes: "oui", no: "non" } as const;
    const row = oneRow({ higher: false });
    expect(resultSays(shape, row)).toBe("non");
    expect(resultSays(shape, oneRow({ difference: 3 }))).toBeUndefined();
    expect(resultSays(shape, oneRow({ higher: true, difference: 3 }))).toBeUndefined();
    expect(said(shape, "Oui, elle est plus chère.")).toBe("oui");
    expect(said(shape, "Elle n'est pas plus chère.")).toBeUndefined();
  });

  test("or not at all, where the names do not say it: then each value has to be one of the results'", () => {
    const row = oneRow({ a: 1.5, b: 2.25 });
    const values = valuesOf(row);
    expect(filledForm(marks, values, row, undefined)).toBeUndefined();
    expect(filledForm({ kind: "word" }, values, row, undefined)).toBeUndefined();
    expect(formSchema(marks.names, values)).toMatchObject({
      properties: { mean_fare: { enum: [1.5, 2.25] }, sd_fare: { enum: [1.5, 2.25] } },
      required: ["mean_fare", "sd_fare"],
    });
    expect(chosenValues('{"mean_fare": 2.25, "sd_fare": 1.5}', marks.names, values)).toEqual(
      new Map([
        ["mean_fare", 2.25],
        ["sd_fare", 1.5],
      ]),
    );
    expect(chosenValues('{"mean_fare": 7, "sd_fare": 1.5}', marks.names, values)).toBeUndefined();
  });

  test("a JSON result's values have its names", () => {
    const content = '{"test":"t-test","statistic":-2.5,"p":{"value":0.0123}}';
    const values = namedValues([{ content, failed: false, facts: [], milliseconds: 1 }]);
    const shape = { kind: "json", names: ["statistic", "value"] } as const;
    expect(filledForm(shape, values, undefined, 3)).toBe('{"statistic":-2.5,"value":0.012}');
  });
});

test("a placeholder, or a value from nowhere, does not keep the form", () => {
  const values = valuesOf(oneRow({ mean: 32.2042 }));
  const shape = { kind: "marks", names: ["mean"] } as const;
  expect(hasForm("It is so. @mean[32.20]", shape, values)).toBe(true);
  expect(hasForm("@mean[mean]", shape, values)).toBe(false);
  expect(hasForm("@mean[31]", shape, values)).toBe(false);
  expect(hasForm('```json\n{"mean": 32.2}\n```', { kind: "json", names: ["mean"] }, values)).toBe(true);
  expect(hasForm('{"mean": "mean"}', { kind: "json", names: ["mean"] }, values)).toBe(false);
});

test.each([
  ["It is 32.2042.", 1, "It is 32.2."],
  ["Es sind 32,2042.", 2, "Es sind 32,20."],
  ["It is 32.2 of 406.", 2, "It is 32.20 of 406."],
  ["1. It is 32.2042 in 2013.", 0, "1. It is 32 in 2013."],
  ["It fell by 0.004.", 2, "It fell by 0.00."],
  ["It is 7.123.", 1, "It is 7.123."],
])("%s to %i decimals: %s", (text, decimals, rounded) => {
  expect(toDecimals(text, valuesOf(oneRow({ mean: 32.2042, n: 406, change: -0.004 })), decimals)).toBe(rounded);
});

test("a number that is rounded already is not taken for another one, cut", () => {
  const values = valuesOf(oneRow({ skewness: 0.8907518, kurtosis: 0.797108 }));
  expect(toDecimals("They are 0.89 and 0.80.", values, 2)).toBe("They are 0.89 and 0.80.");
  expect(toDecimals("They are 0.8907518 and 0.8.", values, 2)).toBe("They are 0.89 and 0.80.");
});
