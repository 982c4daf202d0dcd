// JSON as programs write tables into it, read by DuckDB as the process that reads does it.
import { expect, test } from "vitest";
import { readTable } from "./read-table.ts";

const documents: readonly [what: string, json: string, types: string, rows: string, note?: string][] = [
  [
    "pandas' columns",
    '{"a":{"0":1,"1":12345678901234567890},"b":{"0":"x","1":null}}',
    "a VARCHAR, b VARCHAR",
    "1|x/12345678901234567890|null",
    "each of its keys is a column",
  ],
  [
    "with names of rows",
    '{"n":{"Ann":1,"Bob":2},"city":{"Ann":"Rom","Bob":null}}',
    "index VARCHAR, n BIGINT, city VARCHAR",
    "Ann|1|Rom/Bob|2|null",
    "each of its keys is a column",
  ],
  ["of one column", '{"a":{"0":1,"1":2}}', "a BIGINT", "1/2", "each of its keys is a column"],
  [
    "pandas' split",
    '{"columns":["day","x"],"index":[0,1],"data":[["2024-01-31",1.5],["2024-02-01",null]]}',
    "day DATE, x DOUBLE",
    "2024-01-31|1.5/2024-02-01|null",
  ],
  [
    "with names of rows, and a column called so",
    '{"columns":["index"],"index":["p","q"],"data":[[1],[2]]}',
    "index VARCHAR, index_2 BIGINT",
    "p|1/q|2",
  ],
  [
    "pandas' table",
    '{"schema":{"fields":[{"name":"index","type":"integer"},{"name":"a"}]},"data":[{"index":0,"a":"x"}]}',
    "index BIGINT, a VARCHAR",
    "0|x",
    "its rows are those inside data; left out: schema",
  ],
  [
    "pandas' index",
    '{"0":{"a":1,"b":"x"},"1":{"a":2}}',
    "a BIGINT, b VARCHAR",
    "1|x/2|null",
    "each of its keys is a row",
  ],
  [
    "rows by their names, with lists in them",
    '{"Ann":{"n":1,"tags":["a"]},"Bob":{"n":2,"tags":[]}}',
    "key VARCHAR, n BIGINT, tags VARCHAR[]",
    "Ann|1|['a']/Bob|2|[]",
    "each of its keys is a row",
  ],
  [
    "numbers by two names, which may be meant either way",
    '{"2023":{"Jan":1,"Feb":2},"2024":{"Jan":3,"Feb":4}}',
    "key BIGINT, Jan BIGINT, Feb BIGINT",
    "2023|1|2/2024|3|4",
    "each of its keys is a row",
  ],
  [
    "a series of days",
    '{"2024-01-31":5,"2024-02-29":7}',
    "key DATE, value BIGINT",
    "2024-01-31|5/2024-02-29|7",
    "is a row",
  ],
  ["pandas' values", '[[1,"x"],[2,"y"]]', "column0 BIGINT, column1 VARCHAR", "1|x/2|y", "no row of names"],
  ["lists below names", '[["id","city"],[1,"Rom"],[2,"Oslo"]]', "id BIGINT, city VARCHAR", "1|Rom/2|Oslo"],
  ["lists as lines", '["a",1]\n["b",2]\n', "column0 VARCHAR, column1 BIGINT", "a|1/b|2", "no row of names"],
  ["columns as lists", '{"a":[1,2],"b":["x","y"]}', "a BIGINT, b VARCHAR", "1|x/2|y", "each of its lists is a column"],
  [
    "lists with their names beside them",
    '{"fields":[{"name":"city"},{"name":"n"}],"rows":[["Rom",1],["Oslo",2]],"total":2}',
    "city VARCHAR, n BIGINT",
    "Rom|1/Oslo|2",
    "its rows are those inside rows; left out: total",
  ],
  [
    "records below two keys",
    '{"status":"ok","response":{"total":2,"items":[{"a":1,"n":{"b":[1]}},{"a":-2}]}}',
    "a BIGINT, n STRUCT(b BIGINT[])",
    "1|{'b': [1]}/-2|null",
    "its rows are those inside response.items; left out: status, response.total",
  ],
  [
    "records beside another list",
    '{"data":[{"a":1},{"a":2}],"links":[{"href":"x"}]}',
    "a BIGINT",
    "1/2",
    "its rows are those inside data; left out: links",
  ],
  [
    "points of a map",
    '{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[13.4,52.5]},"properties":{"name":"Berlin"}},{"type":"Feature","geometry":null,"properties":{"n":1}}]}',
    "name VARCHAR, n BIGINT, longitude DOUBLE, latitude DOUBLE",
    "Berlin|null|13.4|52.5/null|1|null|null",
    "points of a map, as longitude and latitude",
  ],
  [
    "shapes of a map",
    '{"type":"FeatureCollection","features":[{"geometry":{"type":"LineString","coordinates":[[0,1],[2,3]]},"properties":{"name":"A1"}}]}',
    'name VARCHAR, geometry STRUCT("type" VARCHAR, coordinates BIGINT[][])',
    "A1|{'type': 'LineString', 'coordinates': [[0, 1], [2, 3]]}",
    "shapes of a map, in geometry",
  ],
  [
    "several lists of records",
    '{"users":[{"a":1}],"orders":[{"b":2},{"b":3}]}',
    "users STRUCT(a BIGINT)[], orders STRUCT(b BIGINT)[]",
    "[{'a': 1}]|[{'b': 2}, {'b': 3}]",
    `SELECT unnest("users", recursive := true) FROM 'a.json' reads one`,
  ],
  [
    "columns whose rows are in different orders",
    '{"a":{"1":1,"0":2},"b":{"0":5,"1":6}}',
    'a STRUCT("1" BIGINT, "0" BIGINT), b STRUCT("0" BIGINT, "1" BIGINT)',
    "{'0': 2, '1': 1}|{'0': 5, '1': 6}",
    "so it is read as one row",
  ],
  ["Python's NaN", '{"a":{"0":NaN,"1":2.5}}', "a DOUBLE", "null/2.5", "is a column"],
  ["keys with any sign", `{"da'ta/x":[{"k\\"~/'":1}]}`, `k"~/' BIGINT`, "1"],
  [
    "numbers too long for a structure",
    '{"data":[{"a":{"b":99999999999999999999}}]}',
    "a JSON",
    '{"b":99999999999999999999}',
  ],
  [
    "one record, with an object in it",
    '{"id":1,"at":{"city":"Rom"}}',
    "id BIGINT, at STRUCT(city VARCHAR)",
    "1|{'city': 'Rom'}",
  ],
  [
    "settings",
    '{"options":{"target":"es"},"include":["a"]}',
    'options STRUCT("target" VARCHAR), include VARCHAR[]',
    "{'target': 'es'}|['a']",
  ],
];

test.each(documents)("%s", async (_what, json, types, rows, note) => {
  const found = await readTable("a.json", json);
  expect({ types: found.types, rows: found.rows.map((row) => row.map(String).join("|")).join("/") }).toEqual({
    types,
    rows,
  });
  if (note === undefined) expect(found.notes).toEqual([]);
  else expect(found.notes.join("\n")).toContain(note);
});

test("a hundred thousand rows by their keys", async () => {
  const rows = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [i, { n: i, name: `n${i}` }]));
  const found = await readTable("a.json", JSON.stringify(rows));
  expect(found.types).toBe("n BIGINT, name VARCHAR");
  expect(found.rows.at(-1)).toEqual(["99999", "n99999"]);
});

test("one value that is too large is told, with the way out", async () => {
  const large = JSON.stringify({ a: { "0": "x".repeat(33 * 2 ** 20) } });
  await expect(readTable("a.json", large)).rejects.toThrow("save it as JSON lines, or as Parquet");
});
