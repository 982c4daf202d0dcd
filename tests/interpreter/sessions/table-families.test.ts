// Several files of one kind, read as one table.
import { describe, expect, test } from "vitest";
import {
  chartTool,
  completeQuery,
  rowsOf,
  runSql,
  statisticsTool,
  type TableInfo,
} from "../../../interpreter/index.ts";
import { familiesOf, withoutMembers } from "../../../interpreter/sessions/sql/table-families.ts";
import { contextOver, openNotebook } from "./notebook-session.ts";

const FILES = {
  "bookings_2023.csv": "ref;day;paid\nA1;03.01.2023;1.234,50 €\nA2;14.02.2023;65,50 €\nTOTAL;;1.300,00 €\n",
  "bookings_2024.csv": "ref;day;paid\nB1;02.03.2024;100,25 €\nB2;13.12.2024;99,75 €\nB3;30.12.2024;2.000,00 €\n",
  "rooms.csv": "room;beds\n1;2\n2;3\n",
  "sales_oslo.csv": "item,units\npen,1\ncup,2\n",
  "sales_lyon.csv": "units,item\n4,pen\n8,cup\n",
};

const table = (name: string, ...columns: string[]): TableInfo => ({
  name: `'${name}'`,
  kind: "file",
  rowCount: 10,
  columns: columns.map((column) => ({ name: column, type: column === "n" ? "BIGINT" : "VARCHAR" })),
});

describe("a family", () => {
  const names = (...files: string[]) => familiesOf(files.map((file) => table(file, "a", "n"))).map(({ name }) => name);

  test.each([
    [["sales_2023.csv", "sales_2024.csv"], ["'sales_*.csv'"]],
    [["sales_oslo.csv", "sales_lyon.csv", "people.csv"], ["'sales_*.csv'"]],
    [["课程_上半年.csv", "课程_下半年.csv"], ["'课程_*半年.csv'"]],
    [["2024-01.parquet", "2024-02.parquet"], ["'2024-*.parquet'"]],
    [["a/in 1.csv", "a/in 2.csv", "b/in 3.csv"], ["'a/in *.csv'"]],
    [["a/x-b.csv", "a/x-c.csv"], []],
    [["jan sales.csv", "feb sales.csv"], ["'* sales.csv'"]],
    [
      ["sales_2023.csv", "sales_2024.csv", "costs_2023.csv", "costs_2024.csv"],
      ["'sales_*.csv'", "'costs_*.csv'"],
    ],
    [["meals.xlsx", "meals.xlsx#Oct", "meals.xlsx#Nov"], ["'meals.xlsx#*'"]],
    [["m_1.xlsx", "m_1.xlsx#B", "m_2.xlsx", "m_2.xlsx#B"], ["'m_*.xlsx#*'"]],
    [["meals.xlsx", "meals.xlsx#Budget"], []],
    [["sales_2023.csv", "sales_oslo.csv", "sales_lyon.csv"], ["'sales_*.csv'"]],
    [["sales_oslo_2023.csv", "sales_oslo_2024.csv", "sales_lyon_2023.csv"], ["'sales_*.csv'"]],
    [["sales_2019.csv", "sales_2023.csv", "sales_forecast_2023.csv"], ["'sales_20*.csv'"]],
    [["sales_1999.csv", "sales_2023.csv", "sales_forecast_2023.csv"], []],
    [["2023-12.csv", "2024-01.csv"], ["'*.csv'"]],
    [["orders.csv", "orders_2.csv"], []],
    [["data[1].csv", "data[2].csv"], []],
    [["sales_old.csv", "sales_new.csv"], []],
    [["plan_sales.csv", "actual_sales.csv"], []],
    [["sales_all.csv", "sales_2023.csv", "sales_2024.csv"], ["'sales_202*.csv'"]],
    [["berlin.csv", "oslo.csv"], []],
    [["sales_2023.csv", "sales_2024.json"], []],
  ])("of %j is %j", (files, expected) => expect(names(...files)).toEqual(expected));

  test("has one set of columns, of types that both fit in, and no other file of its pattern", () => {
    const wide = {
      ...table("sales_2024.csv"),
      columns: [
        { name: "a", type: "BIGINT" },
        { name: "N", type: "DOUBLE" },
      ],
    };
    expect(familiesOf([table("sales_2023.csv", "a", "n"), wide])).toEqual([
      {
        name: "'sales_*.csv'",
        kind: "file",
        columns: [
          { name: "a", type: "VARCHAR" },
          { name: "n", type: "DOUBLE" },
          { name: "filename", type: "VARCHAR" },
        ],
        rowCount: 20,
        files: ["'sales_2023.csv'", "'sales_2024.csv'"],
        fileColumn: "filename",
        notes: ["all of sales_2023.csv and sales_2024.csv"],
      },
    ]);
    expect(
      familiesOf([table("sales_1999.csv", "a"), table("sales_2024.csv", "a"), table("sales_old.csv", "b")]),
    ).toEqual([]);
    expect(familiesOf([table("sales_2023.csv", "a"), table("sales_2024.csv", "b")])).toEqual([]);
    const unread = { ...table("sales_2022.csv"), problem: "is locked" };
    expect(familiesOf([table("sales_2021.csv", "a"), table("sales_2024.csv", "a"), unread])).toEqual([]);
    expect(familiesOf([table("dim_city.csv", "id", "name"), table("dim_shop.csv", "id", "name")])).toEqual([]);
  });

  test("says of many files how many, and what was assumed of all of them", () => {
    const files = [1, 2, 3, 4, 5, 6].map((i) => ({ ...table(`in_${i}.csv`, "a"), notes: ["days first", `line ${i}`] }));
    expect(familiesOf(files)[0]?.notes).toEqual([
      "all of in_1.csv, in_2.csv, in_3.csv, in_4.csv and 2 more",
      "days first",
    ]);
  });

  test("has no column of its own for the files where they have one", () => {
    const [own] = familiesOf([table("in_1.csv", "Filename", "n"), table("in_2.csv", "Filename", "n")]);
    expect(own?.columns.map(({ name }) => name)).toEqual(["Filename", "n"]);
    expect(own?.fileColumn).toBeUndefined();
  });

  test("stands for its files, but for one that is named in full", () => {
    const all = [table("sales_2023.csv", "a"), table("sales_2024.csv", "a"), table("rooms.csv", "b")];
    const tables = [...all, ...familiesOf(all)];
    const left = (question: string, before = "", used = "") =>
      withoutMembers(tables, { question, before, used }).map(({ name }) => name);
    expect(left("total of 2024")).toEqual(["'rooms.csv'", "'sales_*.csv'"]);
    expect(left("total of sales_2024.csv")).toEqual(["'sales_2024.csv'", "'rooms.csv'"]);
    expect(left("total of sales_2024.csv and sales_*.csv")).toEqual(["'rooms.csv'", "'sales_*.csv'"]);
    expect(left("and the mean?", "FROM 'sales_2024.csv'")).toEqual(["'sales_2024.csv'", "'rooms.csv'"]);
    expect(left("and the mean?", "sales_2024.csv (read from 'sales_*.csv')")).toEqual(["'rooms.csv'", "'sales_*.csv'"]);
    expect(left("and of sales_2023.csv?", "FROM 'sales_*.csv'")).toEqual(["'sales_2023.csv'", "'rooms.csv'"]);
    expect(left("total", "", "SELECT 1 FROM sales_2023")).toEqual(["'sales_2023.csv'", "'rooms.csv'", "'sales_*.csv'"]);
  });
});

describe("in SQL", () => {
  const context = contextOver(FILES);
  const call = (query: string) => runSql.call(JSON.stringify({ query }), context());
  const values = async (query: string) =>
    rowsOf((await call(query)).facts ?? [])?.rows.map((row) => Object.values(row));

  test.each([
    ["SELECT sum(paid) FROM 'bookings_*.csv'", [["3500"]]],
    ["SELECT count(*), max(b.day) FROM 'bookings_*.csv' AS b WHERE year(b.day) = 2023", [[2, "2023-02-14"]]],
    ['SELECT count(*) FROM "bookings_202?.csv" WHERE "bookings_202?.csv".paid > 100', [[3]]],
    [
      "SELECT filename, sum(units) FROM 'sales_*.csv' GROUP BY 1 ORDER BY 1",
      [
        ["sales_lyon.csv", "12"],
        ["sales_oslo.csv", "3"],
      ],
    ],
    ["SELECT count(*) FROM 'rooms.csv' r JOIN 'sales_*.csv' s ON r.beds = s.units", [[1]]],
  ])("%s reads each file as it is meant", async (query, rows) => {
    expect(JSON.stringify(await values(query)).replaceAll('"', "")).toBe(JSON.stringify(rows).replaceAll('"', ""));
  });

  test("is listed beside its files, and the user's own SQL sees the same", async () => {
    await using notebook = await openNotebook({ files: FILES });
    const names = (await notebook.session.tables()).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["'bookings_2023.csv'", "'bookings_*.csv'", "'sales_*.csv'"]));
    const shown = await notebook.result(
      "(await sql`SELECT sum(paid) AS total, count(DISTINCT filename) AS files FROM 'bookings_*.csv'`)[0]",
    );
    expect(JSON.stringify(shown)).toMatch(/3500[\s\S]*2/);
  });

  test("is completed beside them", async () => {
    await using notebook = await openNotebook({ files: FILES });
    const query = "SELECT * FROM book";
    const { matches } = completeQuery(query, query.length, await notebook.session.tables());
    expect(matches).toEqual(["'bookings_2023.csv'", "'bookings_2024.csv'", "'bookings_*.csv'"]);
  });

  test("is drawn and tested as one table", async () => {
    const drawn = await chartTool.call(
      JSON.stringify({ table: "sales_*.csv", mark: "bar", x: "item", y: "units", aggregate: "sum" }),
      context(),
    );
    expect(drawn.content).toMatch(/5[\s\S]*10|10[\s\S]*5/);
    const told = await statisticsTool.call(
      JSON.stringify({ table: "sales_*.csv", test: "normality", x: "units", method: "shapiro-wilk" }),
      context(),
    );
    expect(told.content).not.toContain("Error");
  });

  test("a pattern that no file fits is no table", async () => {
    await expect(call("SELECT * FROM 'orders_*.csv'")).rejects.toThrow("orders_*.csv");
  });
});
