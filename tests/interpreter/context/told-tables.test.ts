// What the model is told of files of one kind.
import { describe, expect, test } from "vitest";
import { columnValues, describeNotebook, newTurn, relevantTables, toldTables } from "../../../interpreter/index.ts";
import { contextOver } from "../sessions/notebook-session.ts";

const rows = (shop: string, count: number) => `item,city\n${`pen,${shop}\n`.repeat(count)}`;
const context = contextOver({
  "sales_oslo.csv": rows("Oslo", 5_000),
  "sales_lyon.csv": rows("Lyon", 2),
  "sales_a_very_long_name_of_a_shop.csv": "item,city\npen,Bonn\n",
  "rooms.csv": "room,beds\n1,2\n",
});
const told = async (question: string, before = "") => {
  const { session } = context();
  const turn = newTurn("How many units?", "");
  turn.messages.push({ role: "assistant", content: before });
  const tables = toldTables(await session.tables(), question, before === "" ? [] : [turn]);
  const values = await columnValues(session, tables);
  const about = relevantTables(tables, { question }, { values });
  const state = { tables, values, about, variables: [], cells: [] };
  return describeNotebook(state, { question, budgetTokens: 1000 });
};

describe("of files of one kind", () => {
  test("one table, with the files as values, and values of all of them", async () => {
    const text = await told("How many items were sold?");
    expect(text).toContain("'sales_*.csv' (5003 rows): item VARCHAR ('pen'), city VARCHAR ('Bonn', 'Lyon', 'Oslo')");
    expect(text).toContain(
      "filename VARCHAR ('sales_a_very_long_name_of_a_shop.csv', 'sales_lyon.csv', 'sales_oslo.csv')",
    );
    expect(text).not.toMatch(/^'sales_oslo/m);
  });

  test("the file that the question names, or the query of the question before", async () => {
    const ofOne = /^'sales_lyon\.csv' \(2 rows\): item VARCHAR \('pen'\), city VARCHAR \('Lyon'\)$/m;
    expect(await told("How many items are in sales_lyon.csv?")).toMatch(ofOne);
    expect(await told("And how many pens?", "```sql\nSELECT count(*) FROM 'sales_lyon.csv'\n```")).toMatch(ofOne);
    expect(await told("And how many pens?", "```sql\nSELECT count(*) FROM 'sales_*.csv'\n```")).toContain(
      "'sales_*.csv' (",
    );
    expect(await told("How many items were sold by all shops together?", "FROM 'sales_lyon.csv'")).toContain(
      "'sales_*.csv' (",
    );
  });

  test("is what the cells worked with that read one of them", async () => {
    const tables = toldTables(await context().session.tables(), "What is the mean?", []);
    const recent = [["await sql`FROM 'sales_lyon.csv'`"]];
    const about = relevantTables(tables, { question: "What is the mean?", recent }, {});
    expect(about.map(({ name }) => name)).toEqual(["'sales_*.csv'"]);
  });
});
