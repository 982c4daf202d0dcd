import { expect, test } from "vitest";
import { outlineOf } from "../../../interpreter/sessions/sql/sql-outline.ts";
import { equality, sourcesOf } from "../../../interpreter/sessions/sql/sql-sources.ts";

const read = (query: string) => {
  const outline = outlineOf(query);
  return sourcesOf(outline, outline.outer)?.map(({ table, alias, join, on, using }) => {
    return [
      table,
      alias,
      join,
      equality(on)
        ?.map(({ owner, column }) => `${owner}.${column}`)
        .join(),
      using.join(),
    ];
  });
};

test.each([
  ["SELECT * FROM 'a.csv'", [["a.csv", undefined, "", undefined, ""]]],
  [
    'SELECT * FROM "a.csv" AS x, b y WHERE x.n = 1',
    [
      ["a.csv", "x", "", undefined, ""],
      ["b", "y", "", undefined, ""],
    ],
  ],
  [
    "SELECT * FROM a JOIN b ON a.n = b.n",
    [
      ["a", undefined, "", undefined, ""],
      ["b", undefined, "inner", "a.n,b.n", ""],
    ],
  ],
  [
    "SELECT * FROM a x LEFT OUTER JOIN 'b.csv' USING (n) LIMIT 1",
    [
      ["a", "x", "", undefined, ""],
      ["b.csv", undefined, "left", undefined, "n"],
    ],
  ],
  [
    "SELECT * FROM a INNER JOIN b ON (a.n = b.n) CROSS JOIN c",
    [
      ["a", undefined, "", undefined, ""],
      ["b", undefined, "inner", undefined, ""],
      ["c", undefined, "cross", undefined, ""],
    ],
  ],
  [
    "SELECT * FROM a JOIN 'b.csv' ON n = 'b.csv'.m AND a.x > 1",
    [
      ["a", undefined, "", undefined, ""],
      ["b.csv", undefined, "inner", undefined, ""],
    ],
  ],
])("%s", (query, sources) => {
  expect(read(query)).toEqual(sources);
});

test.each([
  "SELECT * FROM (SELECT 1) x",
  "SELECT * FROM range(3)",
  "SELECT * FROM a NATURAL JOIN b",
  "SELECT * FROM a ASOF JOIN b ON a.n > b.n",
  "SELECT * FROM a TABLESAMPLE 10%",
  "SELECT 1",
])("%s: is not told", (query) => {
  expect(read(query)).toBeUndefined();
});
