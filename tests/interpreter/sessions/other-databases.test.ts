// What models write that other databases have, and what DuckDB reads otherwise without a word.
import { describe, expect, test } from "vitest";
import { codeThatRan, rowsOf, runSql } from "../../../interpreter/index.ts";
import { contextOver } from "./notebook-session.ts";

const FILES = {
  "orders.csv":
    "day,shop,units,price,path\n2024-01-15,North,3,2.5,a/b/c\n2024-02-03,South,,4.0,d/e\n2024-12-31,North,7,1.25,f\n2023-05-05,East side,1,9.5,g/h\n",
  "rides.csv": "started,ended\n2024-01-15 08:30:00,2024-01-15 09:10:00\n2024-03-01 23:10:00,2024-03-02 00:40:00\n",
  "delay.csv": "delay_min,route\n5,A\n50,B\n9,A\n",
};

const context = contextOver(FILES);

const call = (query: string) => runSql.call(JSON.stringify({ query }), context());
const values = async (query: string) => rowsOf((await call(query)).facts ?? [])?.rows.map((row) => Object.values(row));

test.each([
  ["SELECT datediff('2024-12-31', '2024-01-15')", 351],
  ["SELECT datediff(max(day), min(day)) FROM orders", 606],
  ["SELECT DATEDIFF(month, min(day), max(day)) FROM orders", 19],
  ["SELECT DATEDIFF(day, min(day), max(day)) FROM orders", 606],
  ["SELECT DATE_DIFF(max(day), min(day), DAY) FROM orders", 606],
  ["SELECT max(timestampdiff(MINUTE, started, ended)) FROM rides", 90],
  ["SELECT max(julianday(day)) - min(julianday(day)) FROM orders", 606],
  ["SELECT count(DISTINCT date_trunc(day, 'year')) FROM orders", 2],
  ["SELECT count(DISTINCT date_trunc(year, day)) FROM orders", 2],
  ["SELECT count(DISTINCT DATETRUNC(month, day)) FROM orders", 4],
  ["SELECT max(datepart(year, day)) FROM orders", 2024],
  ["SELECT max(extract(day, 'year')) FROM orders", 2024],
  ["SELECT datename(weekday, day) FROM orders LIMIT 1", "Monday"],
  ["SELECT datepart(dw, day) FROM orders LIMIT 1", 2],
  ["SELECT count(*) FROM orders WHERE dateadd(month, 1, day) > '2024-12-01'", 1],
  ["SELECT count(*) FROM orders WHERE date_sub(day, INTERVAL 1 MONTH) < '2024-01-01'", 2],
  ["SELECT date_format(started, '%M %e, %H:%i') FROM rides LIMIT 1", "January 15, 08:30"],
  ["SELECT to_char(day, 'DD.MM.YYYY') FROM orders LIMIT 1", "15.01.2024"],
  ["SELECT to_char(started, 'HH24:MI') FROM rides LIMIT 1", "08:30"],
  ["SELECT date_format(started, 'yyyy-MM-dd HH:mm') FROM rides LIMIT 1", "2024-01-15 08:30"],
  ["SELECT count(*) FROM orders WHERE day = str_to_date('31/12/2024', '%d/%m/%Y')", 1],
  ["SELECT count(*) FROM orders WHERE day = to_date('31.12.2024', 'DD.MM.YYYY')", 1],
  ["SELECT count(*) FROM orders WHERE to_date(day, 'YYYY-MM-DD') = '2024-12-31'", 1],
  ["SELECT count(*) FROM orders WHERE day = '31/12/2024'", 1],
  ["SELECT count(*) FROM orders WHERE day < '3.2.2024'", 2],
  ["SELECT year('2024-05-01')", 2024],
  ["SELECT substring_index(path, '/', 2) FROM orders LIMIT 1", "a/b"],
  ["SELECT substring_index(path, '/', -1) FROM orders LIMIT 1", "c"],
  ["SELECT substring_index(path, '/', -2) FROM orders LIMIT 1", "b/c"],
  ["SELECT sum(isnull(units, 1)) FROM orders", 12],
  ["SELECT count(*) FROM orders WHERE isnull(units)", 1],
  ["SELECT sum(nvl(units, 1)) FROM orders", 12],
  ["SELECT sum(nvl2(units, 1, 0)) FROM orders", 3],
  ["SELECT sum(iif(units > 2, 1, 0)) FROM orders", 2],
  ["SELECT sum(decode(shop, 'North', 2, 'South', 1, 0)) FROM orders", 5],
  ["SELECT charindex('t', shop) FROM orders LIMIT 1", 4],
  ["SELECT group_concat(DISTINCT shop ORDER BY shop SEPARATOR '; ') FROM orders", "East side; North; South"],
  ["SELECT listagg(shop, ', ') WITHIN GROUP (ORDER BY day) FROM orders", "East side, North, South, North"],
  ["SELECT TOP 1 shop FROM orders ORDER BY price DESC", "East side"],
  ["SELECT TOP (1) shop FROM orders WHERE price < 9 ORDER BY price DESC", "South"],
  ["SELECT max(n) FROM (SELECT TOP 2 units AS n FROM orders ORDER BY units) AS few", 3],
  ["SELECT `shop` FROM `orders.csv` WHERE `units` = 7", "North"],
  ["SELECT [shop] FROM [orders.csv] WHERE [units] = 7", "North"],
  ["SELECT count(*) FROM orders WHERE shop REGEXP 'o'", 3],
  ["SELECT count(*) FROM orders WHERE shop NOT RLIKE 'o'", 1],
  ["SELECT convert(varchar(7), day, 120) FROM orders LIMIT 1", "2024-01"],
  ["SELECT max(units) DIV 2 FROM orders", 3],
  ["SELECT shop + '!' FROM orders LIMIT 1", "North!"],
  ["SELECT round(varp(units), 2) FROM orders", 6.22],
  ["SELECT sumif(units, shop = 'North') FROM orders", 10],
])("%s", async (query, expected) => expect(await values(query)).toEqual([[expected]]));

test("of 03/02/2024 nobody knows which is the month", async () => {
  await expect(call("SELECT count(*) FROM orders WHERE day = '03/02/2024'")).rejects.toThrow(/invalid date/);
});

describe("what DuckDB would run and read otherwise", () => {
  test.each([
    ["SELECT count(*) FROM orders WHERE strftime(day, 'YYYY-MM') = '2024-01'", 1, "is read as the format '%Y-%m')"],
    ["SELECT count(*) FROM orders WHERE strftime('2024-01', day) = '2024-01'", 1, "is read as the format '%Y-%m')"],
    ["SELECT count(*) FROM orders WHERE strftime(day, '%Y-%M') = '2024-12'", 1, "is read as the format '%Y-%m')"],
    ["SELECT max(delay) FROM delay", 50, "(delay is read as delay_min)"],
    ["SELECT route FROM delay ORDER BY delay DESC LIMIT 1", "B", "(delay is read as delay_min)"],
    ["SELECT count(*) FROM orders WHERE shop ~ 'o'", 3, ""],
    ["SELECT count(*) FROM orders WHERE shop !~ 'o'", 1, ""],
  ])("%s", async (query, expected, note) => {
    expect(await values(query)).toEqual([[expected]]);
    expect((await call(query)).content).toContain(note);
  });

  test.each(["SELECT max(orders) FROM orders", "SELECT o FROM orders o", 'SELECT max("orders.csv") FROM "orders.csv"'])(
    "%s: a row as a whole is no value",
    (query) => expect(call(query)).rejects.toThrow(/is a table, and each row of it a struct/),
  );

  test("a format without a sign", () =>
    expect(call("SELECT strftime(day, 'date') FROM orders")).rejects.toThrow(
      /strftime needs a format such as '%Y-%m'/,
    ));

  test.each([
    "SELECT count(orders) FROM orders",
    "SELECT to_json(o) FROM orders o",
    "SELECT orders.units FROM orders WHERE units = (SELECT max(units) FROM orders)",
    "WITH orders AS (SELECT sum(units) AS orders FROM 'orders.csv') SELECT orders FROM orders",
    "SELECT strftime(started, '%H:%M') FROM rides",
    "SELECT strftime(started, '%Y-%m-%d %H:%M') FROM rides",
    "SELECT strftime(day, '%d/%m/%y') FROM orders",
    "SELECT strftime('%Y', day) FROM orders",
  ])("%s runs as it is written", async (query) => {
    expect(codeThatRan((await call(query)).facts ?? [])).toBe(query);
  });
});

test.each([
  ["calls in calls", `SELECT ${"isnull(".repeat(2_500)}`],
  ["calls that close", `SELECT ${"a(".repeat(900)}1${")".repeat(900)}`],
  ["words without end", `SELECT group_concat(${"a separator ".repeat(1_600)})`],
  ["words behind words", `SELECT ${"order by ".repeat(2_000)}`],
  ["patterns", `SELECT ${"shop ~ 'x' AND ".repeat(1_200)} FROM`],
])("%s cost no more than their length", async (_case, query) => {
  await expect(call(query)).rejects.toThrow(); // and does not hang
});
