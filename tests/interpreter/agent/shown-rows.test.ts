// Rows, JSON and values in forms that a question shows by an example or names, on tables and languages of all kinds.
import { describe, expect, test } from "vitest";
import { askedForm } from "../../../interpreter/agent/question/asked-form.ts";
import { rowPattern } from "../../../interpreter/agent/question/row-pattern.ts";
import { forModel } from "../../../interpreter/agent/question/without-form.ts";
import { newTurn, type SqlResult } from "../../../interpreter/index.ts";
import { fakeSession, tableOf } from "../fake-session.ts";
import { run } from "./agent-run.ts";

const HIVES = tableOf("hive n", ["Elm", 12], ["Oak Row", 7]);
const HONEY = tableOf("hive kilos", ["Elm", 1234.567], ["Oak Row", 98.4]);
const SHARES = tableOf("hive share", ["Elm", 0.123], ["Oak Row", 0.0456]);
const MONTHS = tableOf("month n", ["2024-03", 15], ["2024-04", 9]);
const BOTH = tableOf("hive total n", ["Elm", 40.5, 3], ["Oak Row", 9.25, 2]);
const WIDE = tableOf("mean median", [6.617, 5.5]);
const OF = tableOf("electric trips", [9, 26]);
const TOP = tableOf("hive n", ["Elm", 12]);
const NONE: SqlResult = {
  columns: [
    { name: "hive", type: "VARCHAR" },
    { name: "n", type: "BIGINT" },
  ],
  rows: [],
  rowCount: 0,
};

async function answerTo(question: string, table: SqlResult, told = "So it is.", query = "SELECT x FROM t") {
  const session = fakeSession({ sql: () => table, tables: [] });
  return (await run([`\`\`\`sql\n${query}\n\`\`\``, told, told, told], { question, session })).end;
}

describe("a row as the question shows it", () => {
  test.each([
    ["Share per hive. Write each like 'Elm: 12.5 %'.", SHARES, "Elm: 12.3 %\nOak Row: 4.6 %"],
    ["Bees per month, formatted like 2024-03 → 15.", MONTHS, "2024-03 → 15\n2024-04 → 9"],
    ["Bees per hive. Format: <hive> | <bees>", HIVES, "Elm | 12\nOak Row | 7"],
    ["Bees per hive as 'hive=bees; hive=bees'", HIVES, "Elm=12; Oak Row=7"],
    ["Bees per hive as 'Elm: 3, Oak: 4, ...'", HIVES, "Elm: 12, Oak Row: 7"],
    ["Bees per hive as tuples, e.g. ('Elm', 3)", HIVES, "('Elm', 12)\n('Oak Row', 7)"],
    ["Honey per hive, format 'NAME - $x.xx'", HONEY, "Elm - $1234.57\nOak Row - $98.40"],
    ["Honey per hive like 'Elm: 1,234.5 kg'", HONEY, "Elm: 1,234.6 kg\nOak Row: 98.4 kg"],
    ["Honig je Stock, im Format Stock: Menge kg", HONEY, "Elm: 1234.567 kg\nOak Row: 98.4 kg"],
    ["Honig je Stock. Schreib es wie „Elm: 1.234,50 €“.", HONEY, "Elm: 1.234,57 €\nOak Row: 98,40 €"],
    ["Miel por colmena. Escríbelo como 'Elm: 12,5 €'.", HONEY, "Elm: 1234,6 €\nOak Row: 98,4 €"],
    ["Le miel par ruche, sous la forme « Elm : 12 », une par ligne.", HIVES, "Elm : 12\nOak Row : 7"],
    ["Ruches par mois, sous la forme « janvier : 12 »", tableOf("mois n", [3, 15], [4, 9]), "mars : 15\navril : 9"],
    ["Stöcke je Monat, wie „Januar: 12“, eine Zeile je Monat", MONTHS, "März: 15\nApril: 9"],
    ["每个蜂箱的数量，按照“蜂箱：数量”的格式。", HIVES, "Elm：12\nOak Row：7"],
    ["巣箱ごとの数を「Elm: 3匹」のように1行ずつ書いて。", HIVES, "Elm: 12匹\nOak Row: 7匹"],
    ["mean and median, key: value per line, one decimal", WIDE, "mean: 6.6\nmedian: 5.5"],
    ["Bees per hive as key=value pairs separated by semicolons", HIVES, "Elm=12; Oak Row=7"],
    ["Electric trips in the format X of Y.", OF, "9 of 26"],
    ["Both, in the pattern: electric = X, all = Y.", OF, "electric = 9, all = 26"],
    ["Bees per hive. Please format your output as: Hive: N", HIVES, "Elm: 12\nOak Row: 7"],
    ["Abeilles par ruche. Formate la sortie ainsi : ruche -> total", HIVES, "Elm -> 12\nOak Row -> 7"],
    ["Formato de salida: colmena | total", HIVES, "Elm | 12\nOak Row | 7"],
    ['Bees per hive — as "1. name (n)".', HIVES, "1. Elm (12)\n2. Oak Row (7)"],
    ["Bienen je Stock. Format: Name – Anzahl", HIVES, "Elm – 12\nOak Row – 7"],
    ["Abejas por colmena. Formato: nombre (número)", HIVES, "Elm (12)\nOak Row (7)"],
    ["每个蜂箱的数量。格式：名称（数量）", HIVES, "Elm（12）\nOak Row（7）"],
    ["mean and median, separated by commas, nothing else", WIDE, "6.617, 5.5"],
    ["Output format: hive;bees", HIVES, "Elm;12\nOak Row;7"],
    ["每个蜂箱的数量，按“蜂箱-数量”的格式输出", HIVES, "Elm-12\nOak Row-7"],
    ["The mean and the median on two lines", WIDE, "mean: 6.617\nmedian: 5.5"],
  ])("%s", async (question, table, answer) => {
    expect((await answerTo(question, table)).answer).toBe(answer);
  });

  test("more columns than the row shows, of which none is named, are told", async () => {
    const { doubts } = await answerTo("Per hive like 'Elm: 3'.", BOTH);
    expect(doubts).toContain("the answer is not in the form that was asked for");
  });

  test("the third month is no 2024-03", async () => {
    const { doubts } = await answerTo("Bees per month, like 2024-03 → 15.", tableOf("month n", [3, 15], [4, 9]));
    expect(doubts).toContain("the answer is not in the form that was asked for");
  });

  test("a number stands where the question shows one", async () => {
    const names = tableOf("hive keeper", ["Elm", "Ann"], ["Oak Row", "Bo"]);
    const { answer, doubts } = await answerTo("Per hive, like 'Elm: 3'.", names, "Ann and Bo.");
    expect(answer).toBe("Ann and Bo.");
    expect(doubts).toContain("the answer is not in the form that was asked for");
  });

  test.each([
    "March 2021",
    "DD/MM/YYYY",
    "hh:mm",
    "12.5 %",
    "Rosa",
    "a very long name that nobody gives: 3",
    "herd (n",
  ])("%s is no row", (shown) => {
    const own = askedForm(`How much is it? Write it as '${shown}'.`).shape;
    expect(own !== undefined && "pattern" in own).toBe(false);
  });

  test("knows a second row from more values", () => {
    expect(rowPattern("a=b; a=b")).toMatchObject({ between: "; ", texts: ["", "=", ""] });
    expect(rowPattern("a: b, c")?.between).toBeUndefined();
  });
});

describe("JSON and what Python writes", () => {
  test.each([
    ['The hives, e.g. ["a", "b"].', HIVES, '["Elm","Oak Row"]'],
    ["Die Stöcke als JSON-Liste mit den Namen.", HIVES, '["Elm","Oak Row"]'],
    ["Les ruches, format : une liste JSON de chaînes.", HIVES, '["Elm","Oak Row"]'],
    ["Las colmenas como lista JSON de nombres.", HIVES, '["Elm","Oak Row"]'],
    ["用JSON字符串数组列出蜂箱。", HIVES, '["Elm","Oak Row"]'],
    ["巣箱の名前を文字列のリストとしてJSONで。", HIVES, '["Elm","Oak Row"]'],
    ['Per hive like {"Elm": {"sum": 0, "n": 0}}.', BOTH, '{"Elm":{"sum":40.5,"n":3},"Oak Row":{"sum":9.25,"n":2}}'],
    ['Bees per hive as pairs, [["hive", count], ...]', HIVES, '[["Elm",12],["Oak Row",7]]'],
    ["JSON only please: bees per hive", HIVES, '[{"hive":"Elm","n":12},{"hive":"Oak Row","n":7}]'],
    [
      "JSON with keys hive and bees for each hive, rounded",
      HIVES,
      '[{"hive":"Elm","bees":12},{"hive":"Oak Row","bees":7}]',
    ],
    [
      "Antworte mit einem JSON-Objekt, Schlüssel auf Englisch: hive und bees.",
      HIVES,
      '[{"hive":"Elm","bees":12},{"hive":"Oak Row","bees":7}]',
    ],
    ["Bees per hive as a Python dictionary.", HIVES, "{'Elm': 12, 'Oak Row': 7}"],
    ["Bienen je Stock als Python-Dictionary.", HIVES, "{'Elm': 12, 'Oak Row': 7}"],
    ["Bees per hive as a Python list of tuples", HIVES, "[('Elm', 12), ('Oak Row', 7)]"],
    ["用Python字典给出每个蜂箱的数量。", HIVES, "{'Elm': 12, 'Oak Row': 7}"],
  ])("%s", async (question, table, answer) => {
    expect((await answerTo(question, table)).answer).toBe(answer);
  });

  test.each([
    "How many rows does the JSON have?",
    "Which trips are missing from the JSON?",
    "How many keys has trips.json?",
  ])("%s asks for none", (question) => {
    expect(askedForm(question).shape).toBeUndefined();
  });
});

describe("only the value", () => {
  test.each([
    ["Which hive is largest? No explanation.", TOP, "Elm"],
    ["How many bees has it? Without any text.", tableOf("n", [12]), "12"],
    ["Wie viele Bienen? Ohne Erklärung.", tableOf("n", [12]), "12"],
    ["¿Cuántas abejas? Sin explicaciones.", tableOf("n", [12]), "12"],
    ["Combien d'abeilles ? Sans texte.", tableOf("n", [12]), "12"],
    ["What percentage has it? Without any text.", tableOf("percent", [25]), "25"],
    ["Wie viele Bienen? Nur den Wert.", tableOf("n", [12]), "12"],
    ["有多少只蜜蜂？不要解释。", tableOf("n", [12]), "12"],
    ["何匹ですか？説明は不要。", tableOf("n", [12]), "12"],
    ["Which hives are there, nothing else.", HIVES, "Elm: 12\nOak Row: 7"],
    ["I only want the hive: which is largest?", TOP, "Elm"],
  ])("%s", async (question, table, answer) => {
    expect(await answerTo(question, table, "It is Elm, 12.")).toMatchObject({ reason: "answered", answer });
  });
});

describe("numbers in another unit or kind", () => {
  const metres = tableOf("total", [12514921]);
  const seconds = tableOf("mean", [3171.83]);
  const ofMetres = 'SELECT sum("distance m") AS total FROM t';
  const ofSeconds = "SELECT avg(duration_seconds) AS mean FROM t";
  test.each([
    ["The total, in km", metres, "It is 12514921.", ofMetres, "It is 12514.921 km."],
    ["Die Summe in Kilometern?", metres, "Es ist 12514921 m.", ofMetres, "Es ist 12514.921 Kilometern."],
    ["总距离是多少？以公里为单位，保留一位小数。", metres, "是12514921。", ofMetres, "是12514.9 公里。"],
    ["合計をキロメートルで教えて。", metres, "12514921です。", ofMetres, "12514.921 キロメートルです。"],
    [
      "How long on average, in minutes and seconds?",
      seconds,
      "It is 3171.83.",
      ofSeconds,
      "It is 52 minutes 52 seconds.",
    ],
    ["Durée moyenne en heures, une décimale", seconds, "C'est 3171.83.", ofSeconds, "C'est 0.9 heures."],
    ["The total, in km", tableOf("km", [12.5]), "It is 12.5.", "SELECT sum(d) / 1000 AS km FROM t", "It is 12.5 km."],
    [
      "What part? Show it as a percentage (e.g. 45.3%)",
      tableOf("share", [0.1234]),
      "It is 0.1234.",
      "SELECT x",
      "It is 12.3 %.",
    ],
    ["The price, like $12.50", tableOf("price", [7.5]), "It is 7.5.", "SELECT x", "It is $7.50."],
    [
      'Which day? Write it like "3 March 2024".',
      tableOf("day", ["2024-01-09"]),
      "It is 2024-01-09.",
      "SELECT x",
      "It is 9 January 2024.",
    ],
    ["What part? As a fraction like 1/3.", tableOf("part", [0.02]), "It is 2 %.", "SELECT x", "It is 1/50."],
    ["Welcher Anteil, als gekürzter Bruch?", tableOf("a", [253 / 691]), "0.36613603.", "SELECT x", "253/691."],
    ["The total in scientific notation with two decimals", metres, "It is 12514921.", "SELECT x", "It is 1.25e+7."],
    ["Der Mittelwert mit Dezimalkomma, auf zwei Stellen", seconds, "Es ist 3171.83.", "SELECT x", "Es ist 3171,83."],
  ])("%s", async (question, table, told, query, answer) => {
    expect((await answerTo(question, table, told, query)).answer).toBe(answer);
  });

  test("a fraction that no result gives is told, were it the question's own example", async () => {
    const question = "What part? As a fraction like 1/50.";
    expect((await answerTo(question, tableOf("part", [0.025]), "It is 1/50.")).answer).toBe("part is 1/40.");
    const { doubts } = await answerTo(question, tableOf("part n least", [0.025, 50, 1]), "It is 1/50.");
    expect(doubts).toContain("the answer is not in the form that was asked for");
  });

  test("where no column says the unit, that is told", async () => {
    const { answer, doubts } = await answerTo("The mean altitude, in metres", tableOf("a", [240]), "It is 240.");
    expect(answer).toBe("It is 240 metres.");
    expect(doubts).toContain("no column says that its values are in metres");
  });

  test.each(["El total, en miles", "The total in M.", "The total, in pounds", "What was sold in days of rain?"])(
    "%s asks for no unit",
    (question) => {
      expect(askedForm(question).writing?.units).toBeUndefined();
    },
  );

  test("of several numbers those without it stay", async () => {
    const two = tableOf("a b", [7425.2, 86.7]);
    const { answer } = await answerTo("Total distance and longest trip in minutes", two, "They are 7425.2 and 86.7.");
    expect(answer).toBe("They are 7425.2 and 86.7.");
  });

  test.each([
    ["The total, in hours", 'SELECT sum("duration s") / 60 AS total FROM t', "It is 12514921 hours."], // minutes
    ["How long, in minutes and seconds?", 'SELECT sum("duration s") / 60 AS total FROM t', "It is 12514921."],
  ])("what the query has changed itself is told: %s", async (question, query, answer) => {
    const end = await answerTo(question, metres, "It is 12514921.", query);
    expect(end.answer).toBe(answer);
    expect(end.doubts?.join()).toMatch(/no column says that its values are in hours|not in the form/);
  });

  test("a query that gives the asked unit already is not changed again", async () => {
    const { answer } = await answerTo(
      "The total, in km",
      metres,
      "It is 12514921.",
      'SELECT sum("distance m") / 1000 AS d FROM t',
    );
    expect(answer).toBe("It is 12514921 km.");
  });

  test("counts beside distances stay", async () => {
    const trips = tableOf("route trips distance_m", ["A", 1200, 52000], ["B", 900, 3500]);
    const { answer } = await answerTo("Trips and distance per route as a list, in km", trips);
    expect(answer).toBe("- A: 1200, 52 km\n- B: 900, 3.5 km");
  });

  test.each([
    "How many hives as a Roman numeral?",
    "Which hive is largest? Answer with an emoji.",
    "蜂は何匹？絵文字で。",
  ])("%s is told not to be kept", async (question) => {
    expect((await answerTo(question, TOP, "Elm, 12")).doubts).toContain(
      "the answer is not in the form that was asked for",
    );
  });

  test("no more characters than asked", async () => {
    expect(askedForm("Sum it up in a tweet of at most 140 characters.").lengths).toEqual([
      { unit: "characters", most: 140 },
    ]);
    const long = `The hive that has the most bees of all the hives is Elm with 12 of them${" indeed".repeat(12)}.`;
    expect((await answerTo("Which hive? At most 40 characters.", TOP, long)).answer).toBe("hive is Elm. n is 12.");
  });
});

describe("the form alone, of the answer before", () => {
  const before = "How many bees per hive?";
  const query = "SELECT hive, count(*) AS n FROM t GROUP BY hive";
  const earlier = () => [
    {
      ...newTurn(before, ""),
      messages: [
        { role: "user" as const, content: before },
        { role: "assistant" as const, content: `\`\`\`sql\n${query}\n\`\`\`` },
        { role: "user" as const, content: "Result:\nhive | n\nElm | 12\nOak Row | 7" },
        { role: "assistant" as const, content: "Elm has 12, Oak Row 7." },
      ],
    },
  ];
  async function then(question: string, told = "Elm has 12, Oak Row 7.", table = HIVES) {
    const queries: string[] = [];
    const session = fakeSession({
      sql: (text: string) => {
        queries.push(text);
        return table;
      },
      tables: [],
    });
    const { end } = await run([told, told, told], { question, session, earlier: earlier() });
    return { ...end, queries };
  }

  test.each([
    ["and now as a table", "| hive | n |\n| --- | --- |\n| Elm | 12 |\n| Oak Row | 7 |"],
    ["Das Gleiche bitte als Liste", "- Elm: 12\n- Oak Row: 7"],
    ["ahora como lista", "- Elm: 12\n- Oak Row: 7"],
    ["la même chose en CSV", "hive,n\nElm,12\nOak Row,7"],
    ["用表格显示", "| hive | n |\n| --- | --- |\n| Elm | 12 |\n| Oak Row | 7 |"],
    ["CSVで出して", "hive,n\nElm,12\nOak Row,7"],
    ["Give me that as JSON", '[{"hive":"Elm","n":12},{"hive":"Oak Row","n":7}]'],
    ["en français svp", "n par hive : Elm (12), Oak Row (7)."],
  ])("%s: the query before runs again", async (question, answer) => {
    const { queries, doubts, ...end } = await then(question);
    expect(end).toMatchObject({ reason: "answered", answer });
    expect(queries).toContain(query);
    expect(doubts ?? []).toEqual([]);
  });

  test("the numbers of the answer are written as asked", async () => {
    const { answer } = await then("same but rounded to whole kilos", "Elm 1234.567, Oak Row 98.4.", HONEY);
    expect(answer).toBe("Elm 1235, Oak Row 98.");
  });

  test.each(["and only for Elm, as a table", "by month as a list", "as a line chart", "ahora en porcentaje"])(
    "%s asks for more",
    async (question) => {
      const { queries } = await then(question);
      expect(queries).not.toContain(query);
    },
  );
});

describe("of no rows", () => {
  const note = "no row fits the question: nothing stands in the form that was asked for";
  test.each([
    ["Bees per hive in 1999? Answer as JSON.", "[]"],
    ["Bees per hive in 1999 as CSV", "hive,n"],
    ["Bienen je Stock 1999 als Tabelle", "| hive | n |\n| --- | --- |"],
    ["Abejas por colmena en 1999, una por línea", "Ninguna fila cumple eso."],
  ])("%s", async (question, answer) => {
    const end = await answerTo(question, NONE, "There are 12.");
    expect(end.doubts).toContain(note);
    if (answer.startsWith("Ninguna")) expect(end.answer).not.toMatch(/\d/);
    else expect(end.answer).toBe(answer);
  });

  test("a value that is missing fills no form", async () => {
    const { doubts } = await answerTo("The mean as JSON with key mean", tableOf("mean", [null]), "It is unknown.");
    expect(doubts).toContain("the answer is not in the form that was asked for");
  });
});

test.each([
  ['For each hive give the sum as nested JSON, like {"Elm": {"sum": 0}}.', "For each hive give the sum."],
  ["The heaviest five as a Python list.", "The heaviest five."],
  ['Bees per hive as a list of pairs, [["hive", count], ...].', "Bees per hive."],
  ["Gib mir als JSON-Array die fünf schwersten.", "Gib mir die fünf schwersten."],
  ['The full hives, e.g. ["a", "b"].', "The full hives"],
  ["Quelles ruches sont pleines ? Format : une liste JSON de chaînes.", "Quelles ruches sont pleines ?"],
  ["Bees per hive. Format: <hive> | <bees>", "Bees per hive."],
  ["Which hive is largest? no prose, just the answer", "Which hive is largest?"],
])("JSON without keys, and rows as they are shown, the model does not read: %s", (question, read) => {
  expect(forModel(question)).toBe(read);
});

test("pieces that tell the form leave no words joined", () => {
  expect(forModel("Mean and median, key: value per line, two decimals")).toBe("Mean and median, two decimals");
  expect(forModel("In one line, comma-separated: which hives are full?")).toBe("In one line, which hives are full?");
});
