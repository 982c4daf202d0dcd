// A query that takes a column from a table that it does not read.
import { expect, test } from "vitest";
import { rowsOf, runSql } from "../../../interpreter/index.ts";
import { contextOver } from "./notebook-session.ts";

const FILES = {
  "orders.csv": "day,shop,units\n2024-01-15,North,3\n2024-02-03,South,5\n2024-12-31,North,7\n2023-05-05,East,1\n",
  "shops.csv": "shop,city,size\nNorth,Oslo,10\nSouth,Bergen,20\nEast,Oslo,30\n",
  "trips.json":
    '[{"von":"AAA","nach":"BBB","km":5},{"von":"BBB","nach":"CCC","km":7},{"von":"CCC","nach":"AAA","km":9}]',
  "häfen.csv": "kürzel,land\nAAA,Norwegen\nBBB,Italien\nCCC,Italien\n",
  "gifts.csv": "donor,sum\nAnn B,10\nBob C,20\nCid D,30\nAnn B,5\n",
  "people.csv": "person,born\nAnn B,1980\nBob C,1990\nCid D,2000\n",
};

const context = contextOver(FILES);

const call = (query: string, question = "") => runSql.call(JSON.stringify({ query }), { ...context(), question });
const values = async (query: string, question = "") =>
  rowsOf((await call(query, question)).facts ?? [])?.rows.map((row) => Object.values(row));

test.each([
  [
    "SELECT city, sum(units) FROM orders GROUP BY city ORDER BY city",
    [
      ["Bergen", 5],
      ["Oslo", 11],
    ],
  ],
  ["SELECT count(*) FROM 'orders.csv' WHERE city = 'Oslo'", [[3]]],
  ["SELECT count(*) FROM orders o WHERE o.units > 1 AND shops.city = 'Oslo'", [[2]]],
  ["SELECT sum(units) FROM orders WHERE orders.shop = shops.shop AND 'shops.csv'.city = 'Oslo'", [[11]]],
  ["SELECT sum(units) FROM orders AS o WHERE city = 'Oslo' AND year(day) = 2024", [[10]]],
  ["SELECT sum(sum) FROM gifts WHERE born < 1985", [[15]]],
])("%s: is joined with the one that has it, by their only key", async (query, rows) => {
  expect(await values(query)).toEqual(rows);
  expect((await call(query)).content).toMatch(/\(joined with '(shops|people)\.csv' by /);
});

test.each([
  ["of which two keys lead to the other", "SELECT sum(km) FROM trips WHERE land = 'Italien'"],
  ["whose rows would come twice", "SELECT avg(born), avg(sum) FROM people"],
  ["of which no key leads to the other", "SELECT sum(km) FROM trips WHERE city = 'Oslo'"],
])("a table %s is left as it is", (_case, query) => expect(call(query)).rejects.toThrow(/is a column of/));

test("rows are not counted in another table than the query's, unless the question says so", async () => {
  const query = "SELECT count(*) FROM trips WHERE land = 'Italien'";
  await expect(call(query, "Wie viele Fahrten nach Italien gibt es?")).rejects.toThrow(
    /land is a column of 'häfen.csv'/,
  );
  expect(await values(query, "Wie viele Häfen hat Italien?")).toEqual([[2]]);
});

test.each([
  ["SELECT sum(km) FROM trips WHERE nach = 'häfen.csv'.kürzel AND land = 'Italien'", [[12]]],
  ["SELECT sum(km) FROM trips.json WHERE häfen.kürzel = von AND häfen.land = 'Norwegen'", [[5]]],
])("%s: is joined by what its condition says, though two keys lead to the other", async (query, rows) => {
  expect(await values(query)).toEqual(rows);
  expect((await call(query)).content).toContain("(joined with 'häfen.csv' by ");
});

test("a table that is joined twice for nothing is joined once", async () => {
  const twice =
    "FROM trips.json JOIN häfen.csv ON trips.json.von = häfen.csv.kürzel JOIN häfen.csv ON nach = häfen.csv.kürzel";
  expect(await values(`SELECT sum(km) ${twice}`)).toEqual([[21]]);
  expect((await call(`SELECT sum(km) ${twice}`)).content).toContain("('häfen.csv' was joined twice");
  await expect(call(`SELECT land, sum(km) ${twice} GROUP BY land`)).rejects.toThrow(/[Dd]uplicate alias/); // of von, or of nach?
});

test.each([
  ["SELECT count(*) FROM 'order.csv'", [[4]], "orders.csv"],
  ["SELECT count(*) FROM ' orderss.csv'", [[4]], "orders.csv"],
  ["SELECT land FROM 'hafen.csv' ORDER BY land LIMIT 1", [["Italien"]], "häfen.csv"],
])("%s: a misspelt file is the only one that is called nearly so", async (query, rows, file) => {
  expect(await values(query)).toEqual(rows);
  expect((await call(query)).content).toContain(`(read from '${file}': there is no table`);
});

test.each([
  "SELECT count(*) FROM 'shop orders.csv'",
  "SELECT count(*) FROM 'ships.csv'",
  "SELECT count(*) FROM 'customers.csv'",
])("%s: another name is none of them", (query) => expect(call(query)).rejects.toThrow());

test.each([
  ["What is the 90th percentile of the units?", "SELECT quantile_cont(0.5) FROM orders", [[4]]],
  ["Was ist der Median von units?", "SELECT median() FROM 'orders.csv'", [[4]]],
  ["unitsの中央値は?", "SELECT quantile_disc(.5) AS m FROM orders", [[3]]],
])("%s: a quantile of no column is of the one that is named", async (question, query, rows) => {
  expect(await values(query, question)).toEqual(rows);
  expect((await call(query, question)).content).toContain("(the quantile is of units");
  await expect(call(query, "What is it?")).rejects.toThrow();
});
