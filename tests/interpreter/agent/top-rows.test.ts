// The first rows of an order: others that are their equals are told, and groups without a name are none.
import { beforeAll, describe, expect, test } from "vitest";
import { codeThatRan } from "../../../interpreter/index.ts";
import { rowsOf } from "../../../interpreter/tools/facts.ts";
import { duckdbSession } from "../duckdb-session.ts";
import type { FakeSession } from "../fake-session.ts";
import { run } from "./agent-run.ts";

const block = (query: string) => `\`\`\`sql\n${query}\n\`\`\``;
let session: FakeSession;

beforeAll(async () => {
  session = await duckdbSession(`
    CREATE TABLE "cases.csv" AS FROM (VALUES
      ('North', DATE '2024-01-05', 3), ('North', DATE '2024-01-06', 4), ('South', DATE '2024-01-07', 9),
      ('South', DATE '2024-01-07', 1), ('East', DATE '2024-01-07', 2), ('n/a', DATE '2024-01-02', 2),
      (NULL, DATE '2024-01-01', 1), (NULL, DATE '2024-01-01', 1), (NULL, DATE '2024-01-03', 1), ('West', DATE '2024-01-04', 9)
    ) AS t(ward, day, days);
    CREATE TABLE "grants.csv" AS FROM (VALUES ('Ada', 5, 'x'), ('Bo', 5, 'y'), ('Cy', 4, 'z'), ('Di', 4, 'x'), ('Ed', 4, 'x'), ('Flo', 4, 'y'))
      AS t(person, points, kind)`);
});

async function asked(question: string, query: string, answer = "It is told.") {
  const { end, results } = await run([block(query), ...Array(4).fill(answer)], { question, session });
  const { facts = [], content = "" } = results[0] ?? {};
  return { doubts: end.doubts, content, ran: codeThatRan(facts), rows: rowsOf(facts)?.rows };
}

const MOST = "SELECT person, points FROM 'grants.csv' ORDER BY points DESC LIMIT 1";

describe("a tie", () => {
  test.each([
    "Which person has the most points?",
    "Welche Person hat die meisten Punkte?",
    "¿Qué persona tiene más puntos?",
    "Quelle personne a le plus de points ?",
    "哪个人的分数最多?",
    "点数が最も多い人は誰ですか?",
  ])("%s", async (question) => {
    const { doubts, content } = await asked(question, MOST, "Ada has 5 points.");
    expect(content).toContain("(Bo has the same points, 5)");
    expect(doubts).toContain("Bo has the same points, 5");
  });

  test.each([
    [
      "by a number that is not shown",
      "SELECT person FROM 'grants.csv' ORDER BY points DESC LIMIT 1",
      "Bo has the same points, 5",
    ],
    [
      "that a name puts in an order",
      "SELECT person, points FROM 'grants.csv' ORDER BY points DESC, person LIMIT 1",
      "Bo has the same points, 5",
    ],
    [
      "at the end of the first three",
      "SELECT person, points FROM 'grants.csv' ORDER BY 2 DESC LIMIT 3",
      "Di, Ed, Flo have the same points, 4",
    ],
    [
      "at the other end",
      "SELECT person FROM 'grants.csv' ORDER BY points LIMIT 1",
      "Di, Ed, Flo have the same points, 4",
    ],
    [
      "of counts",
      "SELECT ward, count(*) AS n FROM 'cases.csv' WHERE ward IN ('North', 'South') GROUP BY ward ORDER BY n DESC, ward LIMIT 1",
      "South has the same n, 2",
    ],
    [
      "of what is computed",
      "SELECT ward FROM 'cases.csv' WHERE ward IN ('North', 'South') GROUP BY ALL ORDER BY count(*) DESC, ward LIMIT 1",
      "South has the same count(*), 2",
    ],
    [
      "of days",
      "SELECT ward FROM 'cases.csv' WHERE ward IN ('South', 'East') ORDER BY day DESC, ward DESC LIMIT 1",
      "East has the same day, 2024-01-07",
    ],
    [
      "that one name is taken of",
      "SELECT arg_max(person, points) AS person FROM 'grants.csv' WHERE kind <> 'q'",
      "Bo has the same points, 5",
    ],
  ])("%s", async (_, query, fact) => {
    const { content } = await asked("Which one?", query);
    expect(content).toContain(`(${fact})`);
  });

  test.each([
    ["the next one has less", "SELECT person FROM 'grants.csv' ORDER BY points DESC LIMIT 2"],
    ["only the value is shown", "SELECT points FROM 'grants.csv' ORDER BY points DESC LIMIT 1"],
    ["all rows are shown", "SELECT person FROM 'grants.csv' ORDER BY points DESC LIMIT 6"],
    ["nothing is ordered", "SELECT person FROM 'grants.csv' LIMIT 1"],
    ["another number puts them in an order", "SELECT ward, days FROM 'cases.csv' ORDER BY day DESC, days DESC LIMIT 1"],
    ["one has the most", "SELECT arg_min(ward, day) AS ward FROM 'cases.csv' WHERE ward IS NOT NULL"],
  ])("is none where %s", async (_, query) => {
    const { content } = await asked("Which one?", query);
    expect(content).not.toContain("the same");
  });
});

describe("a group without a name", () => {
  const TOP = "SELECT ward, count(*) AS n FROM 'cases.csv' GROUP BY ward ORDER BY n DESC, ward LIMIT 3";

  test.each([
    "Which 3 wards have the most cases?",
    "Welche 3 Stationen (ward) haben die meisten Fälle?",
    "¿Qué 3 salas (ward) tienen más casos?",
    "Quels sont les 3 services (ward) avec le plus de cas ?",
    "哪3个病房(ward)的病例最多?",
    "症例が最も多い病棟(ward)の上位3つは?",
  ])("is left out, and that is told: %s", async (question) => {
    const { rows, content } = await asked(question, TOP);
    expect(rows?.map(({ ward }) => ward)).toEqual(["North", "South", "East"]);
    expect(content).toContain("(rows where ward has no value are of no ward: left out)");
  });

  test("as a word, too", async () => {
    const query = "SELECT ward AS w, sum(days) AS s FROM 'cases.csv' WHERE days < 9 GROUP BY 1 ORDER BY s LIMIT 4";
    const { rows, ran } = await asked("Which wards have the fewest days?", query);
    expect(rows?.map(({ w }) => w)).toEqual(["South", "East", "North"]);
    expect(ran).toContain("ward IS NOT NULL AND ward NOT IN ('n/a')");
  });

  test.each([
    ["How many cases have no ward?", TOP],
    ["Which wards have cases?", TOP.replace(" LIMIT 3", "")],
    ["Which 2 wards have the most cases?", TOP.replace("'cases.csv'", "'cases.csv' WHERE ward <> 'n/a'")],
  ])("stays, or there is none: %s", async (question, query) => {
    expect((await asked(question, query)).content).not.toContain("left out");
  });
});
