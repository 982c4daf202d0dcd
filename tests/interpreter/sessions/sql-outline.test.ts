import { expect, test } from "vitest";
import { outlineOf, tokensOf } from "../../../interpreter/sessions/sql/sql-outline.ts";
import { sqlText } from "../../../interpreter/sessions/sql/sql-tokens.ts";

const clause = (query: string, name: Parameters<typeof tokensOf>[2]) => {
  const outline = outlineOf(query);
  return sqlText(tokensOf(outline, outline.outer, name)).trim();
};

test("a query's clauses are its own, and not those of its subqueries or windows", () => {
  const query =
    "WITH t AS (SELECT a FROM x WHERE a > 1 ORDER BY a) -- from here\n" +
    "SELECT b, row_number() OVER (PARTITION BY c ORDER BY d) AS n, 'x, from y' FROM t " +
    "WHERE b IN (SELECT b FROM z LIMIT 3) GROUP BY b, c HAVING count(*) > 1 ORDER BY n DESC, 1 LIMIT 5 OFFSET 2;";
  expect(clause(query, "from")).toBe("t");
  expect(clause(query, "where")).toBe("b IN (SELECT b FROM z LIMIT 3)");
  expect(clause(query, "group by")).toBe("b, c");
  expect(clause(query, "having")).toBe("count(*) > 1");
  expect(clause(query, "order by")).toBe("n DESC, 1");
  expect(clause(query, "limit")).toBe("5");
  expect(clause(query, "offset")).toBe("2");
  const { outer, selects } = outlineOf(query);
  expect(selects).toHaveLength(3);
  expect(outer?.items.map(({ alias }) => alias)).toEqual([undefined, "n", undefined]);
});

test.each([
  ["SELECT a IS DISTINCT FROM b AS c FROM t", ["c"], "t"],
  ['SELECT CAST(a AS INT) AS "my a", b FROM t UNION ALL SELECT 1, 2 FROM u', ["my a", undefined], "t"],
  ["SELECT group, order FROM t", [undefined, undefined], "t"],
  ["SELECT [1, 2] AS list FROM t", ["list"], "t"],
  ["SELECT 100 * CAST(count(x) AS REAL) / count(*) FROM t", [undefined], "t"],
])("%s", (query, aliases, from) => {
  expect(outlineOf(query).outer?.items.map(({ alias }) => alias)).toEqual(aliases);
  expect(clause(query, "from")).toBe(from);
});

test("what is no query has no parts", () => {
  expect(outlineOf("hello, from here").outer).toBeUndefined();
});
