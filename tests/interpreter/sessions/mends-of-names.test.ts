// Names that a query has and its table has not: of the file itself, of a table yet to be joined, and two for one column.
import { describe, expect, test } from "vitest";
import { rowsOf, runSql } from "../../../interpreter/index.ts";
import { contextOver } from "./notebook-session.ts";

const context = contextOver({
  "oslo-weather.csv": "day,temp\n2024-01-01,3\n2024-01-02,5\n",
  "sales_2023.csv": "shop,sum\nA,1\nB,2\n",
  "notes.csv": "pupil,subject,note\n1,Art,\n2,Art,3\n3,Music,\n4,Music,1\n",
  "groups.csv": "group,person\n1,Ann\n2,Bob\n2,Cid\n",
  "people.csv": "name,age\nAnn,30\nBob,40\nCid,50\n",
});
const read = async (query: string) => {
  const { facts = [], content } = await runSql.call(JSON.stringify({ query }), context());
  return { rows: rowsOf(facts)?.rows.map((row) => Object.values(row)), content };
};

describe("a condition by what the file's name says", () => {
  test.each([
    ["SELECT max(temp) FROM 'oslo-weather.csv' WHERE city = 'Oslo'", 5, "city = 'Oslo' is left out"],
    ["SELECT max(temp) FROM 'oslo-weather.csv' WHERE place ILIKE '%Oslo%' AND temp < 5", 3, "place ILIKE '%Oslo%'"],
    ["SELECT sum(sum) FROM sales_2023 WHERE year = 2023", 3, "year = 2023 is left out"],
  ])("%s is left out, and it is said", async (query, expected, note) => {
    const { rows, content } = await read(query);
    expect(rows).toEqual([[expected]]);
    expect(content).toContain(note);
  });

  test.each([
    "SELECT max(temp) FROM 'oslo-weather.csv' WHERE city = 'Bergen'",
    "SELECT max(temp) FROM 'oslo-weather.csv' WHERE city <> 'Oslo'",
    "SELECT sum(sum) FROM sales_2023 WHERE year = 2022",
    "SELECT sum(sum) FROM sales_2023 WHERE year = 2023 OR shop = 'A'",
  ])("%s stays an error: it is another one", async (query) => {
    await expect(read(query)).rejects.toThrow(/not found/);
  });
});

test("a reserved word is quoted where another table has it as a column, and that one is then joined", async () => {
  const { rows, content } = await read("SELECT avg(age) FROM people.csv WHERE group = 2");
  expect(rows).toEqual([[45]]);
  expect(content).toContain("joined with 'groups.csv'");
});

test("two names are not read as one column, whose difference would be 0", async () => {
  const query = "SELECT sum(temp_max - temp_min) AS d FROM 'oslo-weather.csv'";
  await expect(read(query)).rejects.toThrow(/not found/);
  expect((await read("SELECT max(mean_temp) FROM 'oslo-weather.csv'")).rows).toEqual([[5]]);
});

describe("a column in the quotes of a text, where a text would mean nothing,", () => {
  test.each([
    ["SELECT count(*) FROM 'notes.csv' WHERE 'note' IS NULL", [[2]]],
    ["SELECT count(*) FROM 'notes.csv' WHERE NOT 'note' IS NOT NULL AND 'subject' = 'Art'", [[1]]],
    [
      "SELECT subject, count(*) AS n FROM 'notes.csv' WHERE 'Note' IS NULL GROUP BY 'subject' ORDER BY 'subject'",
      [
        ["Art", 1],
        ["Music", 1],
      ],
    ],
  ])("is a column: %s", async (query, expected) => {
    expect((await read(query)).rows).toEqual(expected);
  });

  test.each([
    ["SELECT 'note' AS label, count(*) AS n FROM 'notes.csv'", [["note", 4]]],
    ["SELECT count(*) FROM 'notes.csv' WHERE subject = 'note'", [[0]]],
    ["SELECT count(*) FROM 'notes.csv' WHERE subject IN ('note', 'Art')", [[2]]],
  ])("stays a text elsewhere: %s", async (query, expected) => {
    expect((await read(query)).rows).toEqual(expected);
  });
});
