// A query names a table or a file that is not there: the error says what there is, in the words of the notebook's folder.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runSql } from "../../../interpreter/index.ts";
import { noSuchTable } from "../../../interpreter/sessions/sql/missing-table.ts";
import { contextOver, type NotebookSession, openNotebook } from "./notebook-session.ts";

let notebook: NotebookSession;
let empty: NotebookSession;

const context = contextOver({ "orders.csv": "id,price\n1,2\n" });

beforeAll(async () => {
  notebook = await openNotebook({ files: { "orders.csv": "id,price\n1,2\n", "shops.csv": "shop,city\na,b\n" } });
  await notebook.result("const rows = [{ a: 1 }]; await sql`CREATE TABLE kept AS SELECT 1 AS n`");
  empty = await openNotebook({ files: { "read-me.md": "nothing" } });
});
afterAll(() => Promise.all([notebook, empty].map((one) => one[Symbol.asyncDispose]())));

const error = async (of: NotebookSession, query: string) =>
  (await of.failure(`await sql(${JSON.stringify(query)})`)).evalue;

describe("the user's query", () => {
  test.each(["order.csv", "ordres.csv", "orders.xlsx", "Orders.tsv", "orders.parquet"])("names %s", async (name) => {
    const told = await error(notebook, `SELECT * FROM '${name}'`);
    expect(told).toBe(
      `there is no table or file ${name}; did you mean 'orders.csv'?\nTables: rows, kept, 'orders.csv', 'shops.csv'`,
    );
  });

  test("names a table that is like none, and where it does stays in the error", async () => {
    const told = await error(notebook, "SELECT *\nFROM warehouse");
    expect(told).toMatch(/^there is no table or file warehouse\nTables: .*\n\nLINE 2: FROM warehouse\n +\^$/);
  });

  test.each(["'sales.xlsx'", "'sales.csv'", "sales", "read_parquet('sales.parquet')"])(
    "names %s in a folder without tables",
    async (name) => {
      expect(await error(empty, `SELECT * FROM ${name}`)).toMatch(
        /^there is no table or file sales(\.\w+)?: the notebook's folder has no tables/,
      );
    },
  );
});

test("the model's query is told the same, with the columns that there are", async () => {
  const call = (query: string) => runSql.call(JSON.stringify({ query }), context());
  const failure: unknown = await call("SELECT count(*) FROM 'sales.xlsx'").catch((thrown: unknown) => thrown);
  expect(failure).toMatchObject({
    message: "there is no table or file sales.xlsx\nTables: 'orders.csv'\nColumns of 'orders.csv': id, price",
    facts: [{ kind: "lacks-table", table: "sales.xlsx" }],
  });
});

test.each([
  ["bokings_*.csv", "did you mean 'bookings_2023.csv' or 'bookings_2024.csv'?"],
  ["*_2024.cvs", "did you mean 'bookings_2024.csv' or 'bookings_2023.csv'?"],
  ["orders_*.csv", "Tables: 'bookings_2023.csv'"],
])("a pattern that no file fits names the nearest files: %s", (missing, told) => {
  const message = noSuchTable(missing, ["'bookings_2023.csv'", "'bookings_2024.csv'", "'rooms.csv'"]);
  expect(message).toContain(`there is no table or file ${missing}`);
  expect(message).toContain(told);
});
