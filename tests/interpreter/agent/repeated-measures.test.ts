// What a join repeats is not what is summed, where the other table has the amounts.
import { expect, test } from "vitest";
import { contextOver } from "../sessions/notebook-session.ts";
import { readQuery } from "./read-queries.ts";

const context = contextOver({
  "rooms.csv": "room,kind,base_price\n1,twin,50\n2,twin,60\n3,suite,90\n",
  "bookings.csv": "ref,room,guests,amount\na,1,2,100\nb,1,1,200\nc,2,2,300\nd,3,2,90\n",
  "visits.csv": "visit,room,guests\na,1,2\nb,1,1\nc,3,2\n",
});
const asked = (question: string, query: string) => readQuery(context, question, query);
const QUERY =
  "SELECT r.kind, sum(r.base_price) AS total FROM rooms AS r JOIN bookings AS b ON r.room = b.room GROUP BY r.kind ORDER BY total DESC LIMIT 1";

test.each([
  "Which kind of room brought in the most money?",
  "Welche Art Zimmer hat am meisten eingebracht?",
  "¿Qué tipo de habitación ha dejado más dinero?",
  "Quel type de chambre a rapporté le plus ?",
  "哪种房间带来的钱最多?",
  "どの種類の部屋が一番稼ぎましたか?",
])("%s", async (question) => {
  const { rows, note } = await asked(question, QUERY);
  expect(rows).toEqual([["twin", 600]]);
  expect(note).toContain("(the sum is of amount: each base_price comes as often as its row has partners)");
});

test.each([
  ["which names what is repeated", "What is the sum of the base price of all bookings by kind?", QUERY],
  ["of the table with the amounts", "Which kind brought in the most?", QUERY.replace("r.base_price", "b.guests")],
  ["whose other table has no amount", "Which kind brought in the most?", QUERY.replace("bookings", "visits")],
  ["of one table", "Which kind is worth the most?", "SELECT kind, sum(base_price) FROM rooms GROUP BY kind"],
])("a sum %s stays", async (_case, question, query) => {
  expect((await asked(question, query)).note ?? "").not.toContain("the sum is of amount");
});
