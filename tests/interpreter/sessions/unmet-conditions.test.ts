// Which conditions of a query no row fulfils, whatever form they have.
import { DuckDBInstance } from "@duckdb/node-api";
import { beforeAll, describe, expect, test } from "vitest";
import type { UnmetCondition } from "../../../interpreter/index.ts";
import { unmetConditions } from "../../../interpreter/sessions/sql/reader/unmet-conditions.ts";

let unmet: (query: string) => Promise<UnmetCondition[]>;

beforeAll(async () => {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const run = async (query: string) => {
    const result = await connection.runAndReadAll(query);
    return { columns: [], rows: result.getRowObjectsJson(), rowCount: result.currentRowCount };
  };
  await connection.run(`
    CREATE TABLE staff AS FROM (VALUES
      (1, 'F', 'Research and Development', 52000.5, DATE '2019-03-01', true, 'S-01'),
      (2, 'M', 'Sales', 41000.0, DATE '2020-07-15', true, 'S-02'),
      (3, 'F', 'Sales', 39500.0, DATE '2021-11-30', true, 'S-01')
    ) AS t(id, sex, team, pay, hired, active, site);
    CREATE TABLE sites AS FROM (VALUES ('S-01', 'Lyon'), ('S-02', 'Graz'), ('S-03', 'Oslo')) AS t(code, city);
    CREATE TABLE "plain codes" AS FROM (VALUES ('01', 'north'), ('02', 'south')) AS t(code, side);
    CREATE TABLE words AS SELECT 'word ' || i AS word, 1234567890123456780 + i AS number FROM range(100) AS t(i);
    CREATE TABLE people AS FROM (VALUES ('N', 1950, 3), ('N', 2000, 4), ('P', 2005, 8)) AS t(land, year, n);
    CREATE TABLE gas AS FROM (VALUES ('N', 2005, 30), ('N', 2020, 28), ('P', 2010, 5)) AS t(land, year, n);
    CREATE TABLE none (a VARCHAR)`);
  unmet = (query) => unmetConditions(query, connection, run);
});

const told = async (query: string) => (await unmet(query)).map(({ text }) => text);

describe("is found", () => {
  test.each([
    ["sex = 'female'", "SELECT count(*) FROM staff WHERE sex = 'female'"],
    ["sex = 'female'", "SELECT count(*) FROM staff WHERE team = 'Sales' AND (active AND sex = 'female')"],
    ["lower(sex) = 'female'", "SELECT count(*) FROM staff WHERE lower(sex) = 'female' AND team = 'Sales'"],
    ["sex IN ('female', 'woman')", "SELECT count(*) FROM staff WHERE sex IN ('female', 'woman')"],
    ["team ILIKE '%R&D%'", "SELECT count(*) FROM staff WHERE team ILIKE '%R&D%' AND sex = 'F'"],
    ["team LIKE 'R~~%'", "SELECT count(*) FROM staff WHERE team LIKE 'R~~%'"],
    ["contains(team, 'R&D')", "SELECT count(*) FROM staff WHERE contains(team, 'R&D')"],
    ["(sex = 'female') OR (sex = 'woman')", "SELECT count(*) FROM staff WHERE sex = 'female' OR sex = 'woman'"],
    ["sex = 'female'", "SELECT count(*) FILTER (WHERE sex = 'female') FROM staff"],
    ["sex = 'female'", "SELECT sum(CASE WHEN sex = 'female' THEN 1 ELSE 0 END) FROM staff"],
    ["sex = 'female'", "SELECT sum(CASE sex WHEN 'female' THEN 1 END) FROM staff"],
    ["sex = 'female'", "SELECT 100.0 * count_if(sex = 'female') / count(*) FROM staff"],
    ["sex = 'female'", "SELECT avg(pay) FROM (SELECT * FROM staff WHERE sex = 'female') WHERE pay > 1"],
    ["sex = 'female'", "WITH w AS (SELECT * FROM staff WHERE sex = 'female') SELECT count(*) FROM w"],
    ["s.sex = 'female'", "SELECT count(*) FROM staff AS s JOIN sites AS p ON s.site = p.code WHERE s.sex = 'female'"],
    ["p.city = 'Paris'", "SELECT count(*) FROM staff AS s JOIN sites AS p ON s.site = p.code AND p.city = 'Paris'"],
    ["sex = 'female'", "SELECT city FROM sites WHERE code IN (SELECT site FROM staff WHERE sex = 'female')"],
    ["sex = 'x'", "SELECT count(*) FROM staff WHERE sex = 'x' UNION ALL SELECT count(*) FROM staff WHERE sex = 'F'"],
    ["team = 'R&D'", "SELECT team, count(*) FROM staff GROUP BY team HAVING team = 'R&D'"],
    ["n > 9", "SELECT team, count(*) AS n FROM staff GROUP BY team HAVING n > 9"],
    ["pay > 100000", "SELECT count(*) FROM staff WHERE pay > 100000"],
    ["hired < '2001-01-01'", "SELECT count(*) FROM staff WHERE hired < DATE '2001-01-01'"],
    [
      "hired > ('2030-01-01' + INTERVAL 3 year)",
      "SELECT count(*) FROM staff WHERE hired > DATE '2030-01-01' + INTERVAL 3 YEAR",
    ],
    ["team GLOB 'R&D*'", "SELECT count(*) FROM staff WHERE team GLOB 'R&D*'"],
    ["team NOT LIKE '%e%'", "SELECT count(*) FROM staff WHERE team NOT LIKE '%e%'"],
    ["pay BETWEEN 1 AND 2.5", "SELECT count(*) FROM staff WHERE pay BETWEEN 1 AND 2.5"],
    ["year(hired) = 2030", "SELECT count(*) FROM staff WHERE year(hired) = 2030"],
    ["number = 1234567890123456779", "SELECT count(*) FROM words WHERE number = 1234567890123456779"],
    ["s.site = p.code", `SELECT count(*) FROM staff AS s JOIN "plain codes" AS p ON s.site = p.code`],
    [
      "s.site = p.code",
      `SELECT count(*) FROM staff AS s LEFT JOIN "plain codes" AS p ON s.site = p.code WHERE p.side = 'north'`,
    ],
    ["s.site = p.code", `SELECT count(*) FROM staff AS s, "plain codes" AS p WHERE s.site = p.code`],
    ["USING (code)", `SELECT count(*) FROM sites JOIN "plain codes" USING (code)`],
  ])("%s of %s", async (text, query) => {
    expect(await told(query)).toEqual([text]);
  });
});

describe("is none", () => {
  test.each([
    ["where each has rows, and together none", "SELECT count(*) FROM staff WHERE team = 'Sales' AND pay > 50000"],
    ["that a value is missing", "SELECT count(*) FROM staff WHERE team IS NULL"],
    ["of yes and no", "SELECT count(*) FROM staff WHERE active = false"],
    ["of two columns of one row", "SELECT count(*) FROM staff WHERE pay < id"],
    ["of a table without rows", "SELECT count(*) FROM none WHERE a = 'b'"],
    [
      "what no row of the other table has",
      "SELECT count(*) FROM staff AS s JOIN sites AS p ON s.site = p.code WHERE p.city = 'Oslo'",
    ],
    [
      "of rows that another has",
      "SELECT city FROM sites AS p WHERE NOT EXISTS (SELECT 1 FROM staff WHERE site = p.code) AND city = 'Lyon'",
    ],
    ["of a number that a table does not fit", "SELECT count(*) FROM staff WHERE 1 = 0"],
    ["of what is no query", "DESCRIBE staff"],
    ["of a table that there is not", "SELECT count(*) FROM nobody WHERE a = 'b'"],
  ])("%s", async (_, query) => {
    expect(await told(query)).toEqual([]);
  });
});

describe("what the column holds instead", () => {
  test("all of few values, the nearest first", async () => {
    const [one] = await unmet("SELECT count(*) FROM staff WHERE team ILIKE '%research%dev%ment of%'");
    expect(one?.held).toEqual([{ name: "team", values: ["Research and Development", "Sales"] }]);
  });

  test("the nearest of many", async () => {
    const [one] = await unmet("SELECT count(*) FROM words WHERE word = 'Word 7?'");
    expect(one).toMatchObject({ constants: ["Word 7?"], held: [{ name: "word", isMore: true }] });
    expect(one?.held[0]?.values[0]).toBe("word 7");
    expect(one?.held[0]?.values).toHaveLength(4);
  });

  test("from where to where numbers and times go", async () => {
    const [pay] = await unmet("SELECT count(*) FROM staff WHERE pay > 100000.5");
    expect(pay).toMatchObject({ constants: ["100000.5"], held: [{ name: "pay", range: ["39500.0", "52000.5"] }] });
    const [hired] = await unmet("SELECT count(*) FROM staff WHERE hired < DATE '2001-01-01'");
    expect(hired?.held).toEqual([{ name: "hired", values: [], range: ["2019-03-01", "2021-11-30"] }]);
  });

  test("of both tables of a join", async () => {
    const [join] = await unmet(`SELECT count(*) FROM staff AS s JOIN "plain codes" AS p ON s.site = p.code`);
    expect(join).toMatchObject({ of: "pairs", constants: [] });
    expect(join?.held).toEqual([
      { name: "site of staff", values: ["S-01", "S-02"] },
      { name: "code of plain codes", values: ["01", "02"] },
    ]);
  });

  test.each([
    ["SELECT avg(a.n / b.n) FROM people AS a JOIN gas AS b USING (land, year)", "USING (land, year)"],
    ["SELECT a.n / b.n FROM people a JOIN gas b ON a.land = b.land AND a.year = b.year", "a.land = b.land"],
    [
      "SELECT a.n FROM people a LEFT JOIN gas b ON a.land = b.land AND a.year = b.year WHERE b.n > 0",
      "a.land = b.land",
    ],
  ])("of the keys of a join that meet apart and not together: %s", async (query, text) => {
    const [join, ...others] = (await unmet(query)).filter(({ of }) => of === "pairs");
    expect(others).toEqual([]);
    expect(join?.text).toContain(text);
    expect(join?.held).toContainEqual({ name: "year of people", values: [], range: ["1950", "2005"] });
    expect(join?.held).toContainEqual({ name: "year of gas", values: [], range: ["2005", "2020"] });
  });
});
