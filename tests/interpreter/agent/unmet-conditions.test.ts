// A query that finds nothing because no row fulfils one of its conditions is told of, and what the column has instead.
import { beforeAll, describe, expect, test } from "vitest";
import { factsOf } from "../../../interpreter/tools/facts.ts";
import { duckdbSession } from "../duckdb-session.ts";
import type { FakeSession } from "../fake-session.ts";
import { run } from "./agent-run.ts";

const block = (query: string) => `\`\`\`sql\n${query}\n\`\`\``;
let own: FakeSession;

beforeAll(async () => {
  own = await duckdbSession(`
    CREATE TABLE "staff.csv" AS FROM (VALUES
      ('F', 'Research and Development', 52000), ('M', 'Sales', 41000), ('F', 'Sales', 39500), ('M', 'Support', 30000)
    ) AS t(sex, team, pay);
    CREATE TABLE "flights.csv" AS SELECT 'A' || chr((65 + i)::INTEGER) || 'X' AS airport, DATE '2024-01-01' + i::INTEGER AS day
      FROM range(20) AS t(i)`);
});

async function asked(
  question: string,
  query: string,
  answers = ["The number is 0.", "The number is 0."],
  session = own,
) {
  const { model, end, results } = await run([block(query), ...answers], { question, session });
  const request = (i: number) => String(model.requests[i]?.messages.at(-1)?.content);
  const notes = factsOf(results[0]?.facts ?? [], "noted").map(({ note }) => note);
  return { read: request(1), said: request(2), doubts: end.doubts, notes };
}

const SEX = "no row has sex = 'female'; sex has 'F', 'M'";

describe("what a column of few values says otherwise", () => {
  test.each([
    "How many women work here?",
    "Wie viele Frauen arbeiten hier?",
    "¿Cuántas mujeres trabajan aquí?",
    "Combien de femmes travaillent ici ?",
    "这里有多少女性员工?",
    "女性の社員は何人いますか?",
  ])("%s", async (question) => {
    const { read, said, doubts } = await asked(question, "SELECT count(*) AS n FROM 'staff.csv' WHERE sex = 'female'");
    expect(read).toContain(`(${SEX})`);
    expect(said).toContain(SEX);
    expect(doubts).toEqual([SEX]);
  });

  test.each([
    "SELECT count(*) AS n FROM 'staff.csv' WHERE lower(sex) IN ('female') AND team LIKE '%Development'",
    "SELECT count(*) AS n FROM 'staff.csv' WHERE team LIKE '%Development' AND (lower(sex) IN ('female'))",
    "SELECT count(*) FILTER (WHERE lower(sex) IN ('female')) AS n FROM 'staff.csv'",
    "SELECT sum(CASE WHEN lower(sex) IN ('female') THEN 1 ELSE 0 END) AS n FROM 'staff.csv'",
    "SELECT count(*) AS all_staff, count(*) FILTER (WHERE lower(sex) IN ('female')) AS n FROM 'staff.csv'",
    "SELECT team, count_if(lower(sex) IN ('female')) AS n FROM 'staff.csv' GROUP BY team",
    "SELECT avg(pay) AS n FROM 'staff.csv' WHERE lower(sex) IN ('female')",
    "SELECT team FROM 'staff.csv' WHERE lower(sex) IN ('female')",
  ])("in %s", async (query) => {
    const { doubts } = await asked("How many women are there?", query, Array(4).fill("There are none."));
    expect(doubts).toEqual(["no row has lower(sex) IN ('female'); sex has 'F', 'M'"]);
  });

  test("is told though the question says it, too", async () => {
    const { doubts } = await asked(
      "How many are female?",
      "SELECT count(*) AS n FROM 'staff.csv' WHERE sex = 'female'",
    );
    expect(doubts).toEqual([SEX]);
  });

  test("is none where the query is put right", async () => {
    const right = block("SELECT count(*) AS n FROM 'staff.csv' WHERE sex = 'F'");
    const query = "SELECT count(*) AS n FROM 'staff.csv' WHERE sex = 'female'";
    const { doubts } = await asked("How many women are there?", query, ["There are 0.", right, "There are 2."]);
    expect(doubts).toBeUndefined();
  });

  test("is none where the answer says that there is no telling", async () => {
    const query = "SELECT count(*) AS n FROM 'staff.csv' WHERE sex = 'female'";
    expect((await asked("How many women?", query, ["This cannot be answered."])).doubts).toBeUndefined();
  });
});

describe("what the question names itself stands beside the result, and is no doubt", () => {
  test("a text of a column of names", async () => {
    const query = "SELECT count(*) AS n FROM 'flights.csv' WHERE airport = 'Berlin'";
    const { notes, doubts } = await asked("How many flights went to Berlin?", query);
    expect(doubts).toBeUndefined();
    expect(notes[0]).toMatch(/^\(no row has airport = 'Berlin'; airport has values such as '/);
    const other = await asked("How many flights went to the capital?", query);
    expect(other.notes).toEqual([]);
    expect(other.doubts?.[0]).toContain("no row has airport = 'Berlin'");
  });

  test("a number", async () => {
    const query = "SELECT count(*) AS n FROM 'staff.csv' WHERE pay > 90000";
    const told = "no row has pay > 90000; pay goes from 30000 to 52000";
    expect(await asked("How many earn more than 90,000?", query)).toMatchObject({
      doubts: undefined,
      notes: [`(${told})`],
    });
    expect(await asked("How many earn a lot?", query)).toMatchObject({ doubts: [told], notes: [] });
  });

  test("a year", async () => {
    const query = "SELECT count(*) AS n FROM 'flights.csv' WHERE day BETWEEN '2031-01-01' AND '2031-12-31'";
    const { doubts, notes } = await asked("How many flights were there in 2031?", query);
    expect(doubts).toBeUndefined();
    expect(notes).toEqual([
      "(no row has day BETWEEN '2031-01-01' AND '2031-12-31'; day goes from 2024-01-01 to 2024-01-20)",
    ]);
  });
});

test("a kind that a column of many kinds calls otherwise is a doubt, though the question names it", async () => {
  const posts = await duckdbSession(
    `CREATE TABLE "posts.csv" AS SELECT 'Team ' || (i % 9) AS team FROM range(90) AS t(i)`,
  );
  const { doubts } = await asked(
    "How many are in R&D?",
    "SELECT count(*) AS n FROM 'posts.csv' WHERE team = 'R&D'",
    undefined,
    posts,
  );
  expect(doubts?.[0]).toContain("no row has team = 'R&D'; team has values such as 'Team 0'");
});

test.each([
  ["How many women are in support?", "SELECT count(*) AS n FROM 'staff.csv' WHERE sex = 'F' AND team = 'Support'"],
  [
    "How many are in support and earn over 50000?",
    "SELECT count(*) AS n FROM 'staff.csv' WHERE team = 'Support' AND pay > 50000",
  ],
])("a 0 whose conditions have rows, each by itself, is right: %s", async (question, query) => {
  const { doubts, notes } = await asked(question, query);
  expect({ doubts, notes }).toEqual({ doubts: undefined, notes: [] });
});
