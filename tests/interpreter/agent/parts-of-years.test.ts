// A quarter or a half that the question names, as a condition on the column that holds it, or on the time.
import { describe, expect, test } from "vitest";
import { contextOver } from "../sessions/notebook-session.ts";
import { readQuery } from "./read-queries.ts";

const DAYS = [
  "2023-08-01,500",
  "2024-01-05,1",
  "2024-03-31,2",
  "2024-04-01,4",
  "2024-06-30,8",
  "2024-07-01,16",
  "2024-09-30,32",
  "2024-10-01,64",
  "2024-12-31,128",
];
const PARTS = ["2023,1,Q1,500", "2024,1,Q1,1", "2024,1,Q2,2", "2024,2,Q3,4", "2024,2,Q4,8"];
const context = contextOver({
  "meters.csv": `day,kwh\n${DAYS.join("\n")}\n`,
  "moments.csv": `moment,kwh\n${DAYS.map((line) => line.replace(",", " 10:30:00,")).join("\n")}\n`,
  "zähler.csv": `tag,verbrauch\n${DAYS.join("\n")}\n`,
  "compteurs.csv": `jour,conso\n${DAYS.join("\n")}\n`,
  "contadores.csv": `día,consumo\n${DAYS.join("\n")}\n`,
  "电表.csv": `日期,用电量\n${DAYS.join("\n")}\n`,
  "電力.csv": `日付,使用量\n${DAYS.join("\n")}\n`,
  "logements.csv": "jour,type,loyer\n2024-01-03,T1,500\n2024-05-03,T1,510\n2024-02-03,T2,700\n2024-05-03,T2,720\n",
  "plan.csv": `year,half,quarter,units\n${PARTS.join("\n")}\n`,
  "plan_de.csv": `jahr,halbjahr,quartal,menge\n${PARTS.join("\n")}\n`,
  "numbers.csv": `year,quarter,units\n${PARTS.map((line) => line.replace(/,\d,Q/, ",")).join("\n")}\n`,
  "labels.csv": `quarter,units\n2023-Q1,500\n2024-Q1,1\n2024-Q2,2\n2024-Q3,4\n`,
  "计划.csv": "年份,季度,销量\n2024,第一季度,1\n2024,第二季度,2\n2024,第三季度,4\n2024,第四季度,8\n",
  "計画.csv":
    "年,期,四半期,個数\n2024,上半期,第1四半期,1\n2024,上半期,第2四半期,2\n2024,下半期,第3四半期,4\n2024,下半期,第4四半期,8\n",
});
const SUM = (column: string, table: string, where = "") =>
  `SELECT sum(${column}) AS s FROM '${table}'${where === "" ? "" : ` WHERE ${where}`}`;

describe("of a time", () => {
  test.each([
    ["Total kwh in the third quarter of 2024?", SUM("kwh", "meters.csv", "year(day) = 2024 AND month(day) = 3"), 48],
    ["Total kwh in Q4 2024?", SUM("kwh", "meters.csv", "year(day) = 2024"), 192],
    [
      "Total kwh in the last quarter of 2024?",
      SUM("kwh", "meters.csv", "day >= '2024-09-01' AND day < '2024-12-31'"),
      192,
    ],
    ["Total kwh in the first half of 2024?", SUM("kwh", "meters.csv", "day BETWEEN '2024-01-01' AND '2024-05-31'"), 15],
    [
      "Total kwh in the second half of 2024?",
      SUM("kwh", "moments.csv", "year(moment) = 2024 AND month(moment) > 7"),
      240,
    ],
    ["Total kwh in Q3?", SUM("kwh", "meters.csv", "month(day) = 3"), 548],
    ["Verbrauch im zweiten Halbjahr 2024?", SUM("verbrauch", "zähler.csv", "year(tag) = 2024"), 240],
    ["Gesamter Verbrauch im 2. Quartal 2024?", SUM("verbrauch", "zähler.csv", "month(tag) = 2"), 12],
    ["Conso totale du deuxième semestre 2024 ?", SUM("conso", "compteurs.csv", "year(jour) = 2024"), 240],
    ["Conso totale au troisième trimestre 2024 ?", SUM("conso", "compteurs.csv", "month(jour) = 3"), 48],
    ["¿Consumo total del primer semestre de 2024?", SUM("consumo", "contadores.csv", "year(día) = 2024"), 15],
    ["¿Consumo total del cuarto trimestre de 2024?", SUM("consumo", "contadores.csv", "month(día) = 4"), 192],
    ["2024年下半年的总用电量是多少？", SUM("用电量", "电表.csv", "year(日期) = 2024"), 240],
    ["2024年最后一个季度的总用电量是多少？", SUM("用电量", "电表.csv", "year(日期) = 2024"), 192],
    ["2024年の第3四半期の使用量の合計は?", SUM("使用量", "電力.csv", "year(日付) = 2024 AND month(日付) = 3"), 48],
    ["2024年の上半期の使用量の合計は?", SUM("使用量", "電力.csv", "year(日付) = 2024"), 15],
  ])("%s", async (question, query, sum) => {
    const read = await readQuery(context, question, query);
    expect(Number(read.rows?.[0]?.[0])).toBe(sum);
    expect(read.note).toContain("the question says");
  });
});

describe("of a column", () => {
  test.each([
    ["How many units in the second half of 2024?", SUM("units", "plan.csv", "year = 2024 AND half = 1"), 12],
    ["How many units in Q3 2024?", SUM("units", "plan.csv", "year = 2024 AND quarter = '3'"), 4],
    ["How many units in the third quarter of 2024?", SUM("units", "numbers.csv", "year = 2024 AND quarter = 'Q3'"), 4],
    ["How many units in the first half of 2024?", SUM("units", "numbers.csv", "year = 2024"), 3],
    ["How many units in the first quarter of 2024?", SUM("units", "labels.csv", "quarter = 'Q1'"), 1],
    ["Menge im 1. Halbjahr 2024?", SUM("menge", "plan_de.csv", "jahr = 2024"), 3],
    ["Menge im dritten Quartal 2024?", SUM("menge", "plan_de.csv", "jahr = 2024 AND quartal = 'dritten'"), 4],
    ["2024年最后一个季度的销量是多少？", SUM("销量", "计划.csv", "年份 = 2024"), 8],
    ["2024年第三季度的销量是多少？", SUM("销量", "计划.csv", "季度 = 3"), 4],
    ["2024年の第2四半期の個数の合計は?", SUM("個数", "計画.csv", "四半期 = '2'"), 2],
  ])("%s", async (question, query, sum) => {
    expect(Number((await readQuery(context, question, query)).rows?.[0]?.[0])).toBe(sum);
  });
});

describe("nothing is changed", () => {
  test.each([
    ["Total kwh in Q1 2024?", SUM("kwh", "meters.csv", "day >= '2024-01-01' AND day < '2024-04-01'")],
    ["Total kwh in Q1 2024?", SUM("kwh", "meters.csv", "year(day) = 2024 AND month(day) IN (1, 2, 3)")],
    ["Total kwh since Q3 2024?", SUM("kwh", "meters.csv", "day >= '2024-07-01'")],
    ["Total kwh in Q1 and in Q2 of 2024?", SUM("kwh", "meters.csv", "day >= '2024-01-01' AND day < '2024-07-01'")],
    ["Total kwh of each quarter?", "SELECT quarter(day) AS q, sum(kwh) AS s FROM 'meters.csv' GROUP BY q"],
    ["Total kwh in the last quarter?", SUM("kwh", "meters.csv", "day >= '2024-10-01'")],
    ["Total kwh at the end of Q3 2024?", SUM("kwh", "meters.csv", "day = '2024-09-30'")],
    ["Which half of the rows has more kwh?", SUM("kwh", "meters.csv")],
    ["Quel est le loyer moyen des T2 ?", "SELECT avg(loyer) AS m FROM 'logements.csv' WHERE type = 'T2'"], // a kind of flat
    ["What is the mean loyer of T1?", "SELECT avg(loyer) AS m FROM 'logements.csv'"],
    ["Verbrauch bis zum 2. Quartal 2024?", SUM("verbrauch", "zähler.csv", "tag < '2024-04-01'")],
  ])("%s", async (question, query) => {
    expect((await readQuery(context, question, query)).note ?? "").not.toContain("the question says");
  });
});
