import { describe, expect, test } from "vitest";
import { codeThatRan, rowsOf, runSql, runSqlTool } from "../../../interpreter/index.ts";
import { sqlText, sqlTokens } from "../../../interpreter/sessions/sql/sql-tokens.ts";
import { contextOver } from "./notebook-session.ts";

const FILES = {
  "movies.csv": "Title,IMDB Rating,Worldwide Gross,Major Genre\nA,8.5,100,Drama\nB,7.5,300,Comedy\nC,9,50,Drama\n",
  "flights-2k.csv": "date,delay,origin\n2015-01-05,10,SFO\n2015-02-01,-5,JFK\n2016-03-01,0,SFO\n",
  "strikes.csv": "Size,Cost Total $\nLarge,7\nSmall,5\n",
  "groups.csv": "group,person\n1,Ann\n2,Bob\n",
  "便.csv": "発時,便数\n2015-01-05 08:00:00,10\n2016-03-01 09:00:00,0\n",
  "people.csv": "name,age\nAnn,30\nBob,40\n",
  "heights.csv": "team,name,height,full name\n1,Ann,160,Ann A\n1,Bob,180,Bob B\n2,Cid,170,Cid C\n2,Dan,150,Dan D\n",
  "mixed.csv": "product,price\nnut,10\nbolt,20\nscrew,on request\n",
  "ferries.csv": "départ,retard (min),passagers,遅延（分）\n8,30,200,3\n9,5,100,9\n",
  "penguins.csv": "Species,Beak Length (mm),Beak Depth (mm)\nAdelie,39,18\nGentoo,50,15\n",
  "flats.csv": "ref,type,loyer_mensuel,surface_m2\nA,studio,700,20\nB,T2,1100,45\n",
  "電車.csv": "日付,路線,分類,遅延時間（分）,人数\n2024-01-02,中央線,車両,12,30\n2024-01-03,海岸線,信号,30,9\n",
  "devices.jsonl":
    '{"device":{"id":"1","site":"north"},"co2":400}\n{"device":{"id":"2","site":"south"},"co2":900}\n{"device":{"id":"3","site":"south"},"co2":700}\n',
};

const context = contextOver(FILES);

const values = async (query: string) => {
  const { facts = [] } = await runSql.call(JSON.stringify({ query }), context());
  return rowsOf(facts)?.rows.map((row) => Object.values(row));
};

describe("what small models write, and what it means", () => {
  test.each([
    ["SELECT Title FROM 'movies.csv' ORDER BY Worldwide Gross DESC LIMIT 1", [["B"]]],
    [
      "SELECT Major Genre, avg(IMDB Rating) FROM movies GROUP BY Major Genre ORDER BY 1",
      [
        ["Comedy", 7.5],
        ["Drama", 8.75],
      ],
    ],
    ["SELECT count(*) FROM movies WHERE imdb_rating > 8", [[2]]],
    [
      "SELECT site, avg(co2) AS mean FROM devices.jsonl GROUP BY site ORDER BY site",
      [
        ["north", 400],
        ["south", 800],
      ],
    ],
    ["SELECT count(*) AS n FROM 'devices.jsonl' WHERE site = 'south'", [[2]]],
    ["SELECT avg('IMDB Rating') FROM movies", [[25 / 3]]],
    ["SELECT max(Beak Length) FROM penguins", [[50]]],
    ["SELECT sum(Cost_Total $) FROM strikes.csv", [[12]]],
    ["SELECT max(retard) FROM ferries WHERE retard > 10", [[30]]],
    ["SELECT depart FROM ferries ORDER BY 遅延 DESC LIMIT 1", [[9]]],
    ["SELECT max(passagers) FROM boats", [[200]]],
    ["SELECT max(passagers) FROM boats.csv", [[200]]],
    ["SELECT max(b.passagers) FROM 'boats.json' AS b", [[200]]],
    ["SELECT max(Beak Depth) AS deepest beak, min(Beak Depth) AS least FROM penguins", [[18, 15]]],
    ["SELECT max(age) FROM 'people.csv' JOIN groups.csv ON people.csv'.name = groups.csv.person", [[40]]],
    ["SELECT min('people.csv'.age) FROM 'people.csv'", [[30]]],
    ["SELECT max(age) FROM 'movies.csv'", [[40]]],
    ['SELECT max("Beak Depth") FROM penguins', [[18]]],
    [
      "SELECT origin, count(*) AS n FROM flights-2k GROUP BY origin ORDER BY n DESC",
      [
        ["SFO", 2],
        ["JFK", 1],
      ],
    ],
    ["SELECT count(*) FROM flights-2k WHERE date = 'Sunday'", [[1]]],
    ["SELECT count(*) FROM flights-2k WHERE date = 'lundi'", [[1]]],
    ["SELECT count(*) FROM flights-2k WHERE date = 'März'", [[1]]],
    ["SELECT count(*) FROM flights-2k WHERE date = 'January 2015'", [[1]]],
    ["SELECT max(delay) FROM flights-2k", [[10]]],
    ["SELECT person FROM groups WHERE group = 2", [["Bob"]]],
    [
      "SELECT group, count(*) FROM groups GROUP BY group ORDER BY group",
      [
        [1, 1],
        [2, 1],
      ],
    ],
    ["SELECT p.age FROM 'groups.csv' JOIN 'people.csv' p ON groups.person = p.name WHERE group = 1", [[30]]],
    ["SELECT count(*) FROM 'flights-2k.csv' WHERE date LIKE '2015%'", [[2]]],
    ["SELECT count(*) FROM 'flights-2k.csv' f WHERE f.date NOT LIKE '2015%' OR delay LIKE '1%'", [[2]]],
    ["SELECT count(*) FROM '便.csv' WHERE 発時 LIKE '2015%' AND 便数 LIKE '1%'", [[1]]],
    ["SELECT count(*) FROM '便.csv' WHERE 発時 = '2016'", [[1]]],
    ["SELECT count(*) FROM 'flights-2k.csv' WHERE date = '2016'", [[1]]],
    ["SELECT count(*) FROM 'flights-2k.csv' WHERE date BETWEEN '2015' AND '2016'", [[3]]],
    [
      "SELECT year, count(*) FROM 'flights-2k.csv' GROUP BY year ORDER BY year",
      [
        [2015, 2],
        [2016, 1],
      ],
    ],
    ["SELECT delay, stddev(delay) FROM 'flights-2k.csv'", [[expect.closeTo(7.638, 3)]]],
    ["SELECT origin, avg(delay) FROM 'flights-2k.csv' WHERE origin = 'SFO'", [[5]]],
    [
      "SELECT origin, avg(delay) FROM 'flights-2k.csv' ORDER BY 2",
      [
        ["JFK", -5],
        ["SFO", 5],
      ],
    ],
    ["SELECT percentile_cont(0.5, delay) FROM 'flights-2k.csv'", [[0]]],
    ["SELECT avg(price) FROM mixed", [[15]]],
    ["SELECT max(passagers)", [[200]]],
    ["SELECT age WHERE name = 'Ann' ORDER BY age LIMIT 1", [[30]]],
    ["SELECT count(*) FROM 'flights-2k.csv' WHERE Monat = 2", [[1]]],
    ["SELECT count(*) FROM 'flights-2k.csv' WHERE année = 2016", [[1]]],
    ["SELECT count(*) FROM 'flights-2k.csv' WHERE 月 = '2015-02'", [[1]]],
  ])("%s", async (query, expected) => {
    expect(await values(query)).toEqual(expected);
    await expect(runSqlTool({ mend: false }).call(JSON.stringify({ query }), context())).rejects.toThrow(
      /Error|there is no table/,
    );
  });

  test("the query as it ran is told, and is the cell", async () => {
    const { facts = [], cell } = await runSql.call('{"query":"SELECT max(IMDB Rating) FROM movies"}', context());
    expect(codeThatRan(facts)).toBe('SELECT max("IMDB Rating") FROM movies');
    expect(cell).toContain('"IMDB Rating"');
  });

  test("values that are left out are mentioned", async () => {
    const { content } = await runSql.call('{"query":"SELECT avg(price) FROM mixed"}', context());
    expect(content).toContain("values that are not numbers are left out");
  });
});

describe("what is not a small mistake stays one", () => {
  test("a table that is not there, of which no column is named: the error tells the columns that there are", async () => {
    const call = runSql.call('{"query":"SELECT count(*) FROM drivers"}', context());
    await expect(call).rejects.toThrow(/there is no table or file drivers\n[\s\S]*Columns of/);
  });

  test.each(["SELECT count(name)", "SELECT max(age), max(Title)"])(
    "%s: no table, and no single one that has it",
    async (query) => {
      await expect(runSql.call(JSON.stringify({ query }), context())).rejects.toThrow(/FROM clause is missing/);
    },
  );

  test("a column in another unit", async () => {
    const call = runSql.call(JSON.stringify({ query: 'SELECT max("retard (sec)") FROM ferries' }), context());
    await expect(call).rejects.toThrow(/"retard \(sec\)" not found/);
  });

  test("a column that no table has: the error says what to do", async () => {
    const call = runSql.call('{"query":"SELECT avg(profit) FROM movies"}', context());
    await expect(call).rejects.toThrow(/profit[\s\S]*If no column holds it, say that it cannot be answered/);
    await expect(call).rejects.toMatchObject({ facts: [{ kind: "lacks", column: "profit" }] });
  });

  test("a column of another table: the error names it", async () => {
    const call = runSql.call('{"query":"SELECT person, age FROM groups"}', context());
    await expect(call).rejects.toThrow(/age is a column of 'people.csv': name, age/);
  });

  test.each(["SELECT 'Worldwide Gross' AS label", "SELECT count(*) FROM movies WHERE \"Major Genre\" = 'Drama'"])(
    "%s runs as it is written",
    async (query) => {
      const { facts = [] } = await runSql.call(JSON.stringify({ query }), context());
      expect(codeThatRan(facts)).toBe(query);
    },
  );
});

test.each(["SELECT 'it''s', \"a\"\"b\" -- x\n FROM t /* 'y' */ WHERE é_1 >= 2.5e3;", "'unclosed", ""])(
  "tokens of %j are the text again",
  (query) => expect(sqlText(sqlTokens(query))).toBe(query),
);

describe("a name beside max(x) or min(x) that nothing groups by", () => {
  test.each([
    ["SELECT name, max(height) FROM heights", [["Bob", 180]]],
    ["SELECT full name, min(height) AS least FROM heights", [["Dan D", 150]]],
    ["SELECT heights.name AS who, max(height) FROM heights", [["Bob", 180]]],
    [
      "SELECT team, name, full name, max(height) AS h FROM heights GROUP BY team ORDER BY team",
      [
        [1, "Bob", "Bob B", 180],
        [2, "Cid", "Cid C", 170],
      ],
    ],
  ])("%s is of the row that has the value", async (query, rows) => expect(await values(query)).toEqual(rows));

  test("which is said", async () => {
    const { content } = await runSql.call(
      JSON.stringify({ query: "SELECT name, max(height) FROM heights" }),
      context(),
    );
    expect(content).toContain("(name is of the row with the highest height)");
  });

  test.each([
    ["SELECT team, max(height) AS h FROM heights ORDER BY h DESC LIMIT 1", [[1, 180]]],
    ["SELECT name, max(height), min(height) FROM heights ORDER BY name LIMIT 1", [["Ann", 160, 160]]],
    [
      "SELECT team, avg(height) AS h FROM heights ORDER BY team",
      [
        [1, 170],
        [2, 160],
      ],
    ],
  ])("%s means groups", async (query, rows) => expect(await values(query)).toEqual(rows));
});

describe("a column by a name that is not its own", () => {
  const asked = async (question: string, query: string) => {
    const { content, facts = [] } = await runSql.call(JSON.stringify({ query }), { ...context(), question });
    return { content, values: rowsOf(facts)?.rows.map((row) => Object.values(row)) };
  };

  test.each([
    ["a part of it", "Quel est le loyer maximal ?", "SELECT max(loyer) FROM 'flats.csv'", 1100, "loyer_mensuel"],
    ["in the plural", "How large is the largest?", "SELECT max(surfaces) FROM 'flats.csv'", 45, "surface_m2"],
    ["in another language", "Quel est le loyer maximal ?", "SELECT max(rent) FROM 'flats.csv'", 1100, "loyer_mensuel"],
    [
      "where several are named, by what it is taken for",
      "Quel est le loyer moyen par type ?",
      "SELECT avg(rent) FROM 'flats.csv'",
      900,
      "loyer_mensuel",
    ],
    ["a part of it, in Japanese", "遅延の最大は?", "SELECT max(遅延) FROM 電車", 30, "遅延時間（分）"],
    [
      "with what is computed of it",
      "How much at most?",
      "SELECT max(total_loyer) FROM 'flats.csv'",
      1100,
      "loyer_mensuel",
    ],
    ["with a word behind it", "最大は?", "SELECT max(人数合計) FROM 電車", 30, "人数"],
    ["in other characters", "車両は何件?", "SELECT count(*) FROM 電車 WHERE 分类 = '車両'", 1, "分類"],
    ["translated", "路線「中央線」は何件?", "SELECT count(*) FROM 電車 WHERE route = '中央線'", 1, "路線"],
  ])("%s: %s", async (_case, question, query, value, column) => {
    const { content, values } = await asked(question, query);
    expect(values).toEqual([[value]]);
    expect(content).toContain(`is read as ${column})`);
  });

  test.each([
    ["that the question itself has", "What is the mean weight by type?", "SELECT avg(weight) FROM 'flats.csv'"],
    ["that may be two", "Quel est le loyer par surface ?", "SELECT max(amount) FROM 'flats.csv'"],
    ["that the question says nothing of", "How many are there?", "SELECT max(height_cm) FROM 'flats.csv'"],
    ["of other characters altogether", "いくつ?", "SELECT max(金額) FROM 電車"],
  ])("%s: not one that is guessed", async (_case, question, query) => {
    await expect(asked(question, query)).rejects.toThrow(/not found/);
  });
});
