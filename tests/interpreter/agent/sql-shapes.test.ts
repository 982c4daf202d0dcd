import { afterAll, beforeAll, expect, test } from "vitest";
import { sqlShapes } from "../../../interpreter/agent/sql-shapes.ts";
import { type NotebookSession, openNotebook } from "../sessions/notebook-session.ts";

let notebook: NotebookSession;
beforeAll(async () => {
  notebook = await openNotebook({
    files: {
      "shops.csv": "name,city\nA,Oslo\nB,Oslo\nC,Lyon\n",
      "orders.csv":
        "shop,city,day,amount,quantity,price\nA,Oslo,2024-01-01,10,1,10\nB,Oslo,2024-01-02,70,7,10\nA,Oslo,2024-01-05,60,3,20\n",
    },
  });
});
afterAll(() => notebook[Symbol.asyncDispose]());

/** Each shape, and what it gives of these tables: a shape that does not run teaches nothing. */
const GIVES: readonly (readonly [word: string, rows: readonly object[]])[] = [
  ["NOT EXISTS", [{ name: "C" }]],
  ["running_total", [10, 80, 140].map((running_total) => expect.objectContaining({ running_total }))],
  ["moving_average", [10, 40, 140 / 3].map((moving_average) => expect.objectContaining({ moving_average }))],
  ["QUALIFY", [{ city: "Oslo", shop: "B", amount: 70 }]],
  ["lag(total)", [expect.objectContaining({ total: 140, change: null })]],
  ["FILTER", [{ percent_over_50: expect.closeTo(66.6667, 3) }]],
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
  ["How did sales change from the previous month?", "lag(total)"],
  ["各月销售额的环比变化是多少?", "lag(total)"],
  ["What percentage of orders was over 50?", "FILTER"],
  ["Wie hoch ist der Anteil der Bestellungen über 50?", "FILTER"],
  ["¿Qué porcentaje de los pedidos supera 50?", "FILTER"],
  ["On which dates are there gaps in the orders?", "generate_series"],
  ["An welchen fehlenden Tagen gab es nichts?", "generate_series"],
])("%s is answered in the shape of %s, which runs", async (question, word) => {
  const line = sqlShapes(question)
    .split("\n")
    .find((one) => one.includes(word));
  const query = /^\(A query of this shape: (.*)\)$/.exec(line ?? "")?.[1] ?? "";
  const { rows } = await notebook.session.sql(query, { locked: true, maxRows: 10 });
  expect(rows).toEqual(GIVES.find(([name]) => name === word)?.[1]);
});

test.each([
  "What is the mean weight by origin?",
  "How many cars have no value for mpg?",
  "¿Cuántos aeropuertos no tienen estado?",
  "How many rows of umsatz.csv are from the city München?",
  "Which city has the most people?",
])("%s needs none", (question) => expect(sqlShapes(question)).toBe(""));
