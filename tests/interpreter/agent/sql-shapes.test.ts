import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sqlShapes } from "../../../interpreter/agent/sql-shapes.ts";
import type { TableInfo } from "../../../interpreter/sessions/session.ts";
import { type NotebookSession, openNotebook } from "../sessions/notebook-session.ts";

let notebook: NotebookSession;
beforeAll(async () => {
  notebook = await openNotebook({
    files: {
      "shops.csv": "name,city\nA,Oslo\nB,Oslo\nC,Lyon\n",
      "orders.csv":
        "shop,city,day,amount,quantity,price\nA,Oslo,2024-01-01,10,1,10\nB,Oslo,2024-01-02,70,7,10\nA,Oslo,2024-01-05,60,3,20\n",
      "trips.csv": "departed on,Kilometres run,vehicle\n2024-01-01,10,bus\n2024-01-02,70,bus\n2024-01-05,60,tram\n",
    },
  });
});
afterAll(() => notebook[Symbol.asyncDispose]());

/** Each shape, and what it gives of these tables: a shape that does not run teaches nothing. */
const GIVES: readonly (readonly [word: string, rows: readonly object[]])[] = [
  ["NOT EXISTS", [{ name: "C" }]],
  ["running_total", [10, 80, 140].map((running_total) => expect.objectContaining({ running_total }))],
  ["moving_average", [10, 40, 140 / 3].map((moving_average) => expect.objectContaining({ moving_average }))],
  ["QUALIFY", [expect.objectContaining({ city: "Oslo", shop: "B", amount: 70 })]],
  ["lag(total)", [expect.objectContaining({ total: 140, change: null })]],
  [
    "generate_series",
    [
      expect.objectContaining({ missing_day: expect.stringContaining("2024-01-03") }),
      expect.objectContaining({ missing_day: expect.stringContaining("2024-01-04") }),
    ],
  ],
];

test.each([
  ["Which shops never had an order?", "NOT EXISTS"],
  ["Welche Läden haben noch nie etwas verkauft?", "NOT EXISTS"],
  ["Quels clients n'ont pas commandé ?", "NOT EXISTS"],
  ["¿Qué clientes nunca han comprado?", "NOT EXISTS"],
  ["哪些客户从未下单?", "NOT EXISTS"],
  ["一度も注文していない顧客は?", "NOT EXISTS"],
  ["Show the running total of sales by day.", "running_total"],
  ["Zeige die kumulierten Umsätze", "running_total"],
  ["Montre le total cumulé par jour", "running_total"],
  ["What is the 7-day moving average?", "moving_average"],
  ["Gleitender Durchschnitt der Preise?", "moving_average"],
  ["What is the best shop in each city? The highest amount in each city.", "QUALIFY"],
  ["Which shop sold the most recent, last order per city?", "QUALIFY"],
  ["Pour chaque ville, le plus gros montant ?", "QUALIFY"],
  ["Der größte Betrag pro Stadt?", "QUALIFY"],
  ["Für jeden Ort die höchste Bestellung", "QUALIFY"],
  ["La mayor venta de cada ciudad", "QUALIFY"],
  ["各都市で最も大きい注文は?", "QUALIFY"],
  ["How did sales change from the previous month?", "lag(total)"],
  ["各月销售额的环比变化是多少?", "lag(total)"],
  ["Umsatz je Monat gegenüber dem vorigen?", "lag(total)"],
  ["Les ventes par mois et l'écart avec le mois précédent", "lag(total)"],
  ["¿Cuánto cambió frente al mes anterior?", "lag(total)"],
  ["前月から売上はどう変わった?", "lag(total)"],
  ["On which dates are there gaps in the orders?", "generate_series"],
  ["An welchen fehlenden Tagen gab es nichts?", "generate_series"],
])("%s is answered in the shape of %s, which runs", async (question, word) => {
  const rows = await rowsOf(await shapeOf(question, word, []));
  expect(rows).toEqual(GIVES.find(([name]) => name === word)?.[1]);
});

test.each([
  "What percentage of orders was over 50?",
  "Wie hoch ist der Anteil der Bestellungen über 50?",
  "¿Qué porcentaje de los pedidos supera 50?",
])("%s is answered by a condition that is left open: a copy of it does not run", async (question) => {
  const query = await shapeOf(question, "FILTER", []);
  await expect(rowsOf(query)).rejects.toThrow(/syntax error/);
  expect(await rowsOf(query.replace("...", "amount > 50"))).toEqual([{ percent: expect.closeTo(66.6667, 3) }]);
});

describe("with the names of the table that is meant", () => {
  const orders: TableInfo = {
    ...{ name: "'orders.csv'", kind: "file", rowCount: 3 },
    columns: Object.entries({
      shop: "VARCHAR",
      city: "VARCHAR",
      day: "DATE",
      amount: "BIGINT",
      quantity: "BIGINT",
    }).map(([name, type]) => ({ name, type })),
  };
  const trips: TableInfo = {
    ...{ name: "'trips.csv'", kind: "file", rowCount: 3 },
    columns: Object.entries({ "departed on": "DATE", "Kilometres run": "BIGINT", vehicle: "VARCHAR" }).map(
      ([name, type]) => ({ name, type }),
    ),
  };

  test.each([
    ["What is the running total of Kilometres run?", "running_total", [10, 80, 140]],
    ["Show the cumulative distance in trips", "running_total", [10, 80, 140]],
    ["Moyenne mobile des trips ?", "moving_average", [10, 40, 140 / 3]],
    ["Kumulierte quantity nach day?", "running_total", [1, 8, 11]],
    ["The two day moving average of the trips", "moving_average", [10, 40, 65]],
    ["Kilometres run: la media móvil de dos días de trips", "moving_average", [10, 40, 65]],
    ["tripsの2日間の移動平均", "moving_average", [10, 40, 65]],
  ])("%s", async (question, word, values) => {
    const rows = await rowsOf(await shapeOf(question, word, [orders, trips]));
    expect(rows.map((row) => row[word])).toEqual(values);
  });

  test.each([
    ["What is the longest trip of each vehicle, the highest Kilometres run?", ["tram", "bus"]],
    ["Für jeden vehicle die größte Strecke der trips", ["tram", "bus"]],
  ])("%s", async (question, vehicles) => {
    const rows = await rowsOf(await shapeOf(question, "QUALIFY", [orders, trips]));
    expect(rows.map(({ vehicle }) => vehicle)).toEqual(expect.arrayContaining(vehicles));
    expect(rows).toHaveLength(vehicles.length);
  });

  test.each([
    "By how much did the mean amount rise from 2023 to 2024?",
    "Um wie viel ist amount von 2023 bis 2024 im Mittel gestiegen?",
    "De combien la moyenne de amount a-t-elle augmenté entre 2023 et 2024 ?",
    "¿Cuánto subió la media de amount de 2023 a 2024?",
    "amount从2023年到2024年平均上升了多少?",
    "2023年から2024年までにamountの平均はどれだけ上がった?",
  ])("%s", async (question) => {
    const query = await shapeOf(question, "AS change", [orders]);
    expect(query.replaceAll('"', "")).toContain(
      "avg(amount) FILTER (WHERE year(day) = 2024) - avg(amount) FILTER (WHERE year(day) = 2023)",
    );
    expect(await rowsOf(query)).toEqual([{ change: null }]);
  });

  test.each(["On which dates are there gaps in the trips?", "Gaps in departed on?"])("%s", async (question) => {
    const rows = await rowsOf(await shapeOf(question, "generate_series", [orders, trips]));
    expect(rows).toHaveLength(2);
  });

  test.each(["Is the mean quantity of Oslo higher? Answer yes or no.", "Ist quantity in Oslo höher? Ja oder nein?"])(
    "%s",
    async (question) => {
      const query = await shapeOf(question, "AS answer", [orders, trips]);
      await expect(rowsOf(query)).rejects.toThrow(/syntax error/);
      const filled = query.replace("...", "shop = 'A'").replace("...", "shop = 'B'");
      expect(await rowsOf(filled)).toEqual([{ answer: false }]);
    },
  );

  test.each([
    ["What is the running total of amount by month?", "running_total", [140]],
    ["Kumulierte amount je Monat?", "running_total", [140]],
    ["Le total cumulé de amount, chaque mois", "running_total", [140]],
    ["Die Summe von amount, Monat für Monat aufaddiert", "running_total", [140]],
    ["The three month moving average of amount", "moving_average", [140]],
    ["amount acumulado mes a mes", "running_total", [140]],
    ["amount按月累计", "running_total", [140]],
    ["amountの累計を月ごとに", "running_total", [140]],
    ["How did amount change by week, compared to the previous week?", "change", [null]],
  ])("%s: by the unit that is asked for", async (question, column, values) => {
    const rows = await rowsOf(await shapeOf(question, `AS ${column}`, [orders, trips]));
    expect(rows.map((row) => row[column])).toEqual(values);
    expect(Object.keys(rows[0] ?? {})[0]).toBe(/week/.test(question) ? "week" : "month");
  });

  test.each([
    ["What share of the total amount is from Oslo?", 50],
    ["Welcher Anteil der Summe von amount ist aus Oslo?", 50],
    ["amountの合計のうち、Osloは何%を占めますか?", 50],
    ["What percentage of all orders is from Oslo?", 100 / 3],
  ])("%s: of what is asked for", async (question, percent) => {
    const query = await shapeOf(question, "FILTER", [orders]);
    const rows = await rowsOf(query.replace("...", "amount = 70"));
    expect(rows).toEqual([{ percent: expect.closeTo(percent, 3) }]);
  });

  test.each([
    ["Which shop has the largest total amount?", "shop", ["A", "B"], [70, 70]],
    ["Welche 2 shop haben insgesamt die kleinste quantity?", "shop", ["A", "B"], [4, 7]],
    ["Top 1 shop by total quantity?", "shop", ["B"], [7]],
    ["quantityの合計が多いshopを上位1つ", "shop", ["B"], [7]],
    ["Which shop has the highest average quantity?", "shop", ["B", "A"], [7, 2]],
  ])("%s: adds up before it orders", async (question, key, keys, values) => {
    const rows = await rowsOf(await shapeOf(question, "GROUP BY", [orders]));
    expect(rows.map((row) => row[key]).sort()).toEqual([...keys].sort());
    expect(rows.map(({ total, mean }) => total ?? mean)).toEqual(values);
  });

  test.each([
    "Which shop has the most orders?",
    "What is the total of amount by shop?",
    "Which has the largest total?",
  ])("%s: no groups, or none that are named", async (question) => {
    expect(await shapeOf(question, "GROUP BY", [orders])).toBe("");
  });

  test("a column that could be several is not guessed", async () => {
    const query = await shapeOf("Show the running total of orders over time", "running_total", [
      {
        ...orders,
        columns: orders.columns.filter(({ name }) => name !== "amount").concat({ name: "rebate", type: "DOUBLE" }),
      },
      trips,
    ]);
    expect(query).toContain("'orders.csv'");
    await expect(rowsOf(query.replaceAll("'orders.csv'", "(SELECT day, quantity FROM 'orders.csv')"))).rejects.toThrow(
      /amount/,
    );
  });

  test("nor is a table that could be any", async () => {
    expect(await shapeOf("Show the running total", "running_total", [orders, trips])).not.toContain(".csv");
  });
});

test("what was never there is asked of the tables' own key, of the table that the question speaks of first", async () => {
  const keys = [
    { from: { table: "'jobs.csv'", column: "Reg" }, to: { table: "'owners.csv'", column: "reg" } },
    { from: { table: "'jobs.csv'", column: "Reg" }, to: { table: "'cars.csv'", column: "Plate no" } },
  ];
  const shown = (question: string) =>
    sqlShapes(
      question,
      async () => [],
      async () => keys,
    );
  expect(await shown("How many cars have never been in for a job?")).toContain(
    `SELECT s."Plate no" FROM 'cars.csv' AS s WHERE NOT EXISTS (SELECT 1 FROM 'jobs.csv' AS o WHERE o."Reg" = s."Plate no")`,
  );
  expect(await shown("Which have never been in?")).toContain("FROM 'owners.csv' AS s");
  const chain = [
    { from: { table: "'parts.csv'", column: "job" }, to: { table: "'jobs.csv'", column: "no" } },
    { from: { table: "'jobs.csv'", column: "reg" }, to: { table: "'list.csv'", column: "plate" } },
  ];
  const ofChain = (question: string) =>
    sqlShapes(
      question,
      async () => [],
      async () => chain,
    );
  expect(await ofChain("How many vehicles have never been in for a job?")).toContain("FROM 'list.csv' AS s");
  expect(await ofChain("Which jobs were done without any parts?")).toContain("FROM 'jobs.csv' AS s");
  expect(await sqlShapes("Which have never been in?", async () => [])).toContain("FROM shops AS s");
});

/** The query that is shown for a question, of those that hold a word. */
async function shapeOf(question: string, word: string, tables: readonly TableInfo[]): Promise<string> {
  const lines = (await sqlShapes(question, async () => tables)).split("\n");
  return /^\(A query of this shape: (.*)\)$/.exec(lines.find((one) => one.includes(word)) ?? "")?.[1] ?? "";
}

async function rowsOf(query: string) {
  return (await notebook.session.sql(query, { locked: true, maxRows: 10 })).rows;
}

test.each([
  "What is the mean weight by origin?",
  "How many cars have no value for mpg?",
  "¿Cuántos aeropuertos no tienen estado?",
  "How many rows of umsatz.csv are from the city München?",
  "Which city has the most people?",
  "Calcule le prix de chaque annonce, puis la médiane par ville : quelle ville est la plus chère ?",
])("%s needs none", async (question) => {
  const tables = () => expect.unreachable("the folder is read for nothing");
  expect(await sqlShapes(question, tables)).toBe("");
});
