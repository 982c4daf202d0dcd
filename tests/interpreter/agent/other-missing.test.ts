// Missing values of a column that the question does not speak of, and numbers divided by themselves.
import { expect, test } from "vitest";
import { contextOver } from "../sessions/notebook-session.ts";
import { readQuery } from "./read-queries.ts";

const context = contextOver({
  "reservas.csv": "ref,habitación,país,canal,personas\na,1,ES,web,2\nb,2,,web,4\nc,3,,tel,3\nd,,FR,tel,1\n",
});
const asked = (question: string, query: string) => readQuery(context, question, query);

test.each([
  "How many bookings have no country filled in?",
  "Bei wie vielen Buchungen fehlt das Land?",
  "¿Cuántas reservas no tienen país?",
  "Combien de réservations n'ont pas de pays ?",
  "有多少预订没有填国家?",
  "国が空の予約は何件?",
])("%s", async (question) => {
  const { rows, note } = await asked(question, "SELECT count(*) FROM reservas WHERE habitación IS NULL");
  expect(rows).toEqual([[2]]);
  expect(note).toContain("the question speaks of país");
});

test("the column that the question speaks of stays, and so does one of which it may speak", async () => {
  const query = "SELECT count(*) FROM reservas WHERE habitación IS NULL";
  expect((await asked("How many bookings have no room?", query)).rows).toEqual([[1]]);
  expect((await asked("How many bookings are missing something?", query)).rows).toEqual([[1]]);
});

test.each([
  ["¿y cuántas personas de media por reserva en cada canal?", "count(*) / count(*)"],
  ["Wie viele personas hat eine Buchung im Mittel, je canal?", "sum(personas) / sum(personas)"],
  ["What is the mean number of personas per booking?", "1.0 * count(*) / count(*)"],
])("%s: not 1 of any rows", async (question, expression) => {
  const { rows, note } = await asked(
    question,
    `SELECT canal, ${expression} AS n FROM reservas GROUP BY canal ORDER BY canal`,
  );
  expect(rows).toEqual([
    ["tel", 2],
    ["web", 3],
  ]);
  expect(note).toContain("is 1 of any rows");
});
