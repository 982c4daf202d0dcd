// Joins with a table of which nothing is asked, that repeat rows or lose some.
import { expect, test } from "vitest";
import { contextOver } from "../sessions/notebook-session.ts";
import { readQuery } from "./read-queries.ts";

const context = contextOver({
  "rooms.csv": "number,kind\n101,twin\n102,twin\n103,suite\n104,suite\n105,suite\n",
  "bookings.csv":
    "ref,room,channel,amount\nR-1,Hab. 101,web,10\nR-2,Hab. 103,web,20\nR-3,Hab. 102,tel,40\nR-4,Hab. 104,tel,80\nR-5,Hab. 109,web,160\n",
  "extras.csv": "booking,item,cost\nR-1,bar,1\nR-1,spa,2\nR-3,spa,4\n",
});
const asked = (question: string, query: string) => readQuery(context, question, query);
const BY_CHANNEL =
  "SELECT b.channel, sum(b.amount) AS total FROM bookings b JOIN rooms r ON b.room = r.number GROUP BY b.channel ORDER BY 1";

test.each([
  "How much did bookings bring in by channel?",
  "Wie viel brachten die bookings je channel?",
  "¿Cuánto ingresaron los bookings por channel?",
])("rows without a partner are not lost for nothing: %s", async (question) => {
  const { rows, note } = await asked(question, BY_CHANNEL);
  expect(rows).toEqual([
    ["tel", 120],
    ["web", 190],
  ]);
  expect(note).toContain(
    "'rooms.csv' is left out: nothing of it was asked, and 1 rows of 'bookings.csv' have no row in it",
  );
});

test("of three tables the one that is not needed goes, and the others stay joined", async () => {
  const query =
    "SELECT r.kind, sum(b.amount) AS total FROM bookings b JOIN rooms r ON b.room = r.number JOIN extras e ON b.ref = e.booking GROUP BY r.kind ORDER BY 1";
  const { rows, note } = await asked("Which kind of room brought in the most by bookings?", query);
  expect(rows).toEqual([
    ["suite", 100],
    ["twin", 50],
  ]);
  expect(note).toContain("'extras.csv' is left out");
});

test.each([
  [
    "what is asked of the table",
    "How much did bookings of each kind of room bring in?",
    BY_CHANNEL.replace("b.channel,", "r.kind, b.channel,").replace("BY b.channel", "BY r.kind, b.channel"),
  ],
  ["the table's own name", "How much did bookings in the rooms on our list bring in by channel?", BY_CHANNEL],
  [
    "a join that keeps all rows once",
    "How much did bookings bring in by channel?",
    BY_CHANNEL.replace("JOIN rooms", "LEFT JOIN rooms"),
  ],
])("%s keeps the join", async (_case, question, query) => {
  expect((await asked(question, query)).note ?? "").not.toContain("is left out");
});
