// Texts that a query compares with a column which does not have them.
import { describe, expect, test } from "vitest";
import { rowsOf, runSql } from "../../../interpreter/index.ts";
import { contextOver } from "./notebook-session.ts";

const FILES = {
  "trips.csv":
    "line,town,kind,note,minutes,state\n" +
    "Nord–Süd,Málaga,express,north,10,open\n" +
    "Nord–Süd,Oslo,local,,20,not done\n" +
    "Ring,Oslo,local,none,30,open\n" +
    "Ring East,Bergen,Night bus,Ring,40,open\n",
  "列車.csv": "路線,種類,分\n中央線,普通,5\n海岸線,快速,7\n海岸線,普通,9\n",
};

const context = contextOver(FILES);

async function told(query: string) {
  const { content, facts = [] } = await runSql.call(JSON.stringify({ query }), context());
  return { content, values: rowsOf(facts)?.rows.map((row) => Object.values(row)) };
}

describe("a text that its column lacks is read as", () => {
  test.each([
    ["the value of the same letters", "SELECT sum(minutes) FROM trips WHERE town = 'malaga'", 10, "town = 'Málaga'"],
    ["whatever the dash", "SELECT sum(minutes) FROM trips WHERE line = 'Nord-Süd'", 30, "line = 'Nord–Süd'"],
    ["the value that it is a part of", "SELECT sum(minutes) FROM trips WHERE kind = 'Night'", 40, "kind = 'Night bus'"],
    ["the value that is a part of it", "SELECT sum(minutes) FROM trips WHERE town = 'Oslo S'", 50, "town = 'Oslo'"],
    ["one of a column that has it", "SELECT sum(minutes) FROM trips WHERE kind = 'Oslo'", 50, "town = 'Oslo'"],
    ["what is to be left out", "SELECT sum(minutes) FROM trips WHERE kind <> 'Local'", 50, "kind = 'local'"],
    ["in a list", "SELECT sum(minutes) FROM trips WHERE town IN ('OSLO', 'Bergen')", 90, "town = 'Oslo'"],
    ["in a condition of a sum", "SELECT sum(minutes) FILTER (t.town = 'oslo') FROM trips AS t", 50, "town = 'Oslo'"],
    [
      "the English name of a day of the week",
      "SELECT count(*) FROM trips WHERE dayname(DATE '2024-03-03') = 'dimanche'",
      4,
      "'Sunday'",
    ],
    ["in Japanese", "SELECT sum(分) FROM 列車 WHERE 路線 = '中央'", 5, "路線 = '中央線'"],
    ["with a word behind it", "SELECT sum(分) FROM 列車 WHERE 種類 = '普通列車'", 14, "種類 = '普通'"],
  ])("%s: %s", async (_case, query, value, read) => {
    const { content, values } = await told(query);
    expect(values).toEqual([[value]]);
    expect(content).toContain(`read as ${read}`);
  });
});

describe("it is left as it stands", () => {
  test.each([
    ["where the column has it", "SELECT sum(minutes) FROM trips WHERE line = 'Ring'", 30],
    ["where two values are meant", "SELECT sum(minutes) FROM trips WHERE line = 'R'", null],
    ["where none is", "SELECT sum(minutes) FROM trips WHERE town = 'Lima'", null],
    ["where it is in another word", "SELECT sum(minutes) FROM trips WHERE town = 'Os'", null],
    ["where the value is its contrary", "SELECT sum(minutes) FROM trips WHERE state = 'done'", null],
    ["where it is the value's contrary", "SELECT sum(minutes) FROM trips WHERE kind = 'not local'", null],
    ["where it is no comparison", "SELECT min('oslo' || town) FROM trips", "osloBergen"],
    ["where the column is a number", "SELECT sum(minutes) FROM trips WHERE minutes = '10'", 10],
  ])("%s: %s", async (_case, query, value) => {
    const { content, values } = await told(query);
    expect(values).toEqual([[value]]);
    expect(content).not.toContain("read as");
  });
});
