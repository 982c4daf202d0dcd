// A number of the question is compared with the column that the words beside it speak of.
import { describe, expect, test } from "vitest";
import { contextOver } from "../sessions/notebook-session.ts";
import { readQuery } from "./read-queries.ts";

const context = contextOver({
  "visits.csv":
    "patient,age,wait_minutes,fee,cost,rooms\nAnn,70,20,50,9,3\nBob,40,80,70,60,2\nCid,66,5,40,70,5\nDee,30,90,20,10,1\n",
  "besuche.csv": "patient;alter;wartezeit;preis\nAnn;70;20;5\nBob;40;80;90\nCid;66;5;70\n",
  "visites.csv": "patient,âge,attente,prix\nAnn,70,20,5\nBob,40,80,90\nCid,66,5,70\n",
  "visitas.csv": "paciente,edad,espera,precio\nAnn,70,20,5\nBob,40,80,90\nCid,66,5,70\n",
  "就诊.csv": "患者,年龄,等待,费用\n甲,70,20,5\n乙,40,80,90\n丙,66,5,70\n",
  "受診.csv": "患者,年齢,待ち時間,料金\n甲,70,20,5\n乙,40,80,90\n丙,66,5,70\n",
});
const COUNT = (table: string, where: string) => `SELECT count(*) AS n FROM '${table}' WHERE ${where}`;

describe("of", () => {
  test.each([
    ["How many visits were by patients over 65?", COUNT("visits.csv", "wait_minutes > 65"), "age"],
    [
      "What is the mean wait of patients over 65?",
      "SELECT avg(wait_minutes) AS m FROM 'visits.csv' WHERE wait_minutes > 65",
      "age",
    ],
    ["How many patients are older than 65?", COUNT("visits.csv", "fee > 65"), "age"],
    ["How many 40-year-old patients came?", COUNT("visits.csv", "cost = 40"), "age"],
    ["How many visits had a fee above 45 and a cost below 65?", COUNT("visits.csv", "cost > 45 AND fee < 65"), "fee"],
    ["How many have more than 2 rooms?", COUNT("visits.csv", "cost > 2"), "rooms"],
    ["Wie viele Patienten sind älter als 65?", COUNT("besuche.csv", "wartezeit > 65"), "alter"],
    ["Wie viele Patienten über 65 gab es?", COUNT("besuche.csv", "preis > 65"), undefined], // "gab" may be a unit
    ["Wie viele Besuche kosten einen Preis über 65?", COUNT("besuche.csv", "wartezeit > 65"), "preis"],
    ["Combien de patients de plus de 65 ans ?", COUNT("visites.csv", "attente > 65"), "âge"],
    ["Combien de visites à un prix de plus de 65 ?", COUNT("visites.csv", "attente > 65"), "prix"],
    ["¿Cuántos pacientes mayores de 65 años hay?", COUNT("visitas.csv", "espera > 65"), "edad"],
    ["¿Cuántas visitas tienen un precio de más de 65?", COUNT("visitas.csv", "espera > 65"), "precio"],
    ["65岁以上的患者有多少？", COUNT("就诊.csv", "等待 >= 65"), "年龄"],
    ["费用超过65的有多少？", COUNT("就诊.csv", "等待 > 65"), "费用"],
    ["65歳以上の患者は何人ですか?", COUNT("受診.csv", "待ち時間 >= 65"), "年齢"],
    ["料金が65を超えるのは何件?", COUNT("受診.csv", "待ち時間 > 65"), "料金"],
  ])("%s %s: %s", async (question, query, column) => {
    const read = await readQuery(context, question, query);
    if (column === undefined) return expect(read.query).toContain("preis > 65");
    expect(read.query.replaceAll('"', "")).toMatch(new RegExp(`${column} [<>=]`, "u"));
  });

  test.each([
    ["How many waits over 65 were there?", COUNT("visits.csv", "wait_minutes > 65")],
    ["How many patients waited over 65 minutes?", COUNT("visits.csv", "wait_minutes > 65")],
    ["How many patients had to wait for more than 65 minutes?", COUNT("visits.csv", "wait_minutes > 65")],
    ["How many visits cost over 65?", COUNT("visits.csv", "cost > 65")],
    ["How many visits over 65 were there?", COUNT("visits.csv", "fee > 65")], // whose number it is nobody says
    ["How many patients of age 40 with a wait above 65?", COUNT("visits.csv", "age = 40 AND wait_minutes > 65")],
    ["How many patients paid between 20 and 50?", COUNT("visits.csv", "fee BETWEEN 20 AND 50")],
    ["¿Cuántos pacientes esperaron más de 65 minutos?", COUNT("visitas.csv", "espera > 65")],
    ["等待超过65分钟的有多少？", COUNT("就诊.csv", "等待 > 65")],
  ])("%s it stays", async (question, query) => {
    expect((await readQuery(context, question, query)).note ?? "").not.toContain("it is compared instead");
  });
});
