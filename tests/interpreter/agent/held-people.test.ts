// count(*) of a table whose rows stand for many each.
import { beforeAll, describe, expect, test } from "vitest";
import { codeThatRan } from "../../../interpreter/index.ts";
import { duckdbSession } from "../duckdb-session.ts";
import type { FakeSession } from "../fake-session.ts";
import { run } from "./agent-run.ts";

let session: FakeSession;

beforeAll(async () => {
  session = await duckdbSession(`
    CREATE TABLE "flats.csv" AS FROM (VALUES ('A1', 'North', 3), ('A2', 'North', 2), ('B1', 'South', 4)) AS t(flat, part, persons);
    CREATE TABLE "museums.csv" AS FROM (VALUES ('Jan', 'Old', 300), ('Jan', 'New', 250), ('Feb', 'Old', 410), ('Feb', 'New', 90)) AS t(month, museum, value);
    CREATE TABLE "weather.csv" AS FROM (VALUES ('Jan', 'Old', -3), ('Jan', 'New', 2), ('Feb', 'Old', 4), ('Feb', 'New', 9)) AS t(month, station, value)`);
});

async function counted(question: string, table: string) {
  const query = `\`\`\`sql\nSELECT count(*) AS n FROM '${table}'\n\`\`\``;
  const { end, results } = await run([query, ...Array(3).fill("It is told.")], { question, session });
  return {
    ran: codeThatRan(results[0]?.facts ?? []),
    doubts: (end.doubts ?? []).filter((one) => one.startsWith("count(*)")),
  };
}

describe("people are counted by the column that holds them", () => {
  test.each([
    "How many people live there?",
    "Wie viele Menschen wohnen dort?",
    "¿Cuántas personas viven allí?",
    "Combien de personnes y habitent ?",
    "那里住着多少人?",
    "何人が住んでいますか?",
  ])("%s", async (question) => {
    expect((await counted(question, "flats.csv")).ran).toBe(`SELECT sum("persons") AS n FROM 'flats.csv'`);
  });

  test("flats are rows", async () => {
    expect((await counted("How many flats are there?", "flats.csv")).ran).toContain("count(*)");
  });
});

describe("a column that says nothing by its name is a doubt", () => {
  test.each([
    "How many visitors came?",
    "Wie viele Besucher kamen?",
    "¿Cuántos visitantes vinieron?",
    "Combien de visiteurs sont venus ?",
    "有多少位游客?",
    "来館者は全部で何人ですか?",
  ])("%s", async (question) => {
    const { ran, doubts } = await counted(question, "museums.csv");
    expect(ran).toContain("count(*)");
    expect(doubts).toEqual([expect.stringContaining('sum("value") is the number')]);
  });

  test.each([
    ["How many rows are there?", "museums.csv"],
    ["How many days were cold?", "weather.csv"],
  ])("and none of %s", async (question, table) => {
    expect((await counted(question, table)).doubts).toEqual([]);
  });
});
