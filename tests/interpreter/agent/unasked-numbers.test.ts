// Conditions on numbers that the question does not say: asked for again once, then told. Thresholds that words say, other
// units and earlier turns are free of it.
import { describe, expect, test } from "vitest";
import { newTurn } from "../../../interpreter/index.ts";
import { contextOver } from "../sessions/notebook-session.ts";
import { run } from "./agent-run.ts";

const context = contextOver({
  "visits.csv":
    "clinic,patient_age,wait,fee,minutes,shipped_share,temp\nNorth,17,2,80,30,0.1,-5\nNorth,40,5,120,90,0.5,3\nSouth,70,1,300,120,0.3,20\nSouth,25,9,60,45,0.9,-999\nWest,33,4,5000000,200,0.2,12\n",
  "ventas.csv": "tienda,precio,unidades\nNorte,10,3\nSur,250,1\nSur,90,7\n",
  "店舗.csv": "店,価格,個数\n北,100,3\n南,250,1\n",
});
const asked = (question: string, queries: readonly string[], earlier = {}) => {
  const { session, onSessionEvent } = context();
  const own = { ...session, onSessionEvent, queries: [], quietQueries: [], executed: [], interrupts: 0 };
  const written = queries.flatMap((query) => [`\`\`\`sql\n${query}\n\`\`\``, "Done."]);
  return run([...written, "Done.", "Done."], { question, session: own, ...earlier });
};
const SAYS_NOTHING = /of which the question says nothing/;
const doubtsOf = async (question: string, query: string, earlier = {}) =>
  ((await asked(question, [query, query], earlier)).end.doubts ?? []).filter((doubt) => SAYS_NOTHING.test(doubt));

describe("a number from nowhere is asked for again", () => {
  test.each([
    [
      "What is the mean wait by clinic?",
      "SELECT clinic, avg(wait) AS mean FROM 'visits.csv' WHERE wait <= 3 GROUP BY clinic",
      "SELECT clinic, avg(wait) AS mean FROM 'visits.csv' GROUP BY clinic",
      "rows are taken where wait<=3",
    ],
    [
      "Which are the top 3 clinics by fee?",
      "SELECT clinic, sum(fee) AS total FROM 'visits.csv' WHERE wait > 3 GROUP BY clinic ORDER BY total DESC LIMIT 3",
      "SELECT clinic, sum(fee) AS total FROM 'visits.csv' GROUP BY clinic ORDER BY total DESC LIMIT 3",
      "rows are taken where wait > 3",
    ],
    [
      "What is the total fee by clinic, with 2 decimals?",
      "SELECT clinic, sum(fee) AS total FROM 'visits.csv' GROUP BY clinic HAVING count(*) >= 2",
      "SELECT clinic, sum(fee) AS total FROM 'visits.csv' GROUP BY clinic",
      "groups are taken where count(*) >= 2",
    ],
  ])("%s", async (question, query, corrected, fact) => {
    const { model, end } = await asked(question, [query, corrected]);
    const said = model.requests.flatMap(({ messages }) => messages.map(({ content }) => String(content ?? "")));
    expect(said.join("\n").replaceAll(" ", "")).toContain(fact.replaceAll(" ", ""));
    expect(end.doubts ?? []).toEqual([]);
  });
});

describe("and told where it stays", () => {
  test.each([
    ["What is the mean fee?", "SELECT avg(fee) AS m FROM 'visits.csv' WHERE fee > 100"],
    ["What is the mean fee?", "SELECT avg(fee) FILTER (WHERE fee BETWEEN 100 AND 500) AS m FROM 'visits.csv'"],
    ["What is the total fee?", "SELECT sum(CASE WHEN 100 < fee THEN fee ELSE 0 END) AS s FROM 'visits.csv'"],
    [
      "How many visits were there by clinic?",
      "SELECT clinic, count(*) AS n FROM 'visits.csv' WHERE fee != 60 GROUP BY clinic",
    ],
    [
      "How many visits were there by clinic?",
      "SELECT clinic, count(*) AS n FROM 'visits.csv' GROUP BY clinic HAVING n >= 2",
    ],
    [
      "What is the mean wait of the visits? Answer in at most 12 words.",
      "SELECT avg(wait) AS m FROM 'visits.csv' WHERE minutes > 12",
    ],
    [
      "¿Cuál es el precio medio por tienda?",
      "SELECT tienda, avg(precio) AS m FROM 'ventas.csv' WHERE precio > 50 GROUP BY tienda",
    ],
    ["店ごとの価格の合計は?", "SELECT 店, sum(価格) AS s FROM '店舗.csv' WHERE 個数 > 2 GROUP BY 店"],
    ["How many visits waited for each fee?", "SELECT fee, count(*) AS n FROM 'visits.csv' WHERE wait = 4 GROUP BY fee"],
    ["How many long visits were there?", "SELECT count(*) AS n FROM 'visits.csv' WHERE minutes > 80"],
  ])("%s %s", async (question, query) => {
    expect(await doubtsOf(question, query)).toHaveLength(1);
  });
});

describe("what the question says is free of it", () => {
  const COUNT = (where: string) => `SELECT count(*) AS n FROM 'visits.csv' WHERE ${where}`;
  test.each([
    ["How many visits waited more than 3?", COUNT("wait > 3")],
    ["How many visits waited over three?", COUNT("wait >= 4")],
    ["How many visits took place in the first 100 minutes?", COUNT("minutes <= 100")],
    ["How many visits were there in summer?", COUNT("wait = 3")], // may be its code
    ["How many adults came?", COUNT("patient_age >= 18")],
    ["How many minors and seniors came?", COUNT("patient_age < 18 OR patient_age >= 65")],
    ["How many patients were in their 30s?", COUNT("patient_age BETWEEN 30 AND 39")],
    ["How many visits took at least half an hour?", COUNT("minutes >= 30")],
    ["How many visits took more than 1.5 hours?", COUNT("minutes > 90")],
    ["How many visits took more than 1800 seconds?", COUNT("minutes > 30")],
    ["How many fees are 5 million?", COUNT("fee = 5000000")],
    ["How many visits have a shipped share above 20 %?", COUNT("shipped_share > 0.2")],
    ["How many visits have a positive temp?", COUNT("temp > 0")],
    ["What is the mean temp?", "SELECT avg(temp) AS m FROM 'visits.csv' WHERE temp > -999"],
    ["What is the mean temp?", "SELECT avg(temp) AS m FROM 'visits.csv' WHERE temp <> -999 AND temp IS NOT NULL"],
    ["What is the mean fee?", "SELECT avg(fee) AS m FROM 'visits.csv' WHERE fee < 9999"],
    ["Which clinics have several visits?", "SELECT clinic FROM 'visits.csv' GROUP BY clinic HAVING count(*) > 1"],
    [
      "How many visits were there by age group?",
      "SELECT CASE WHEN patient_age < 18 THEN 'young' WHEN patient_age < 65 THEN 'adult' ELSE 'old' END AS g, count(*) AS n FROM 'visits.csv' GROUP BY g",
    ],
    [
      "What are the 2 highest fees by clinic?",
      "SELECT clinic, fee FROM (SELECT clinic, fee, row_number() OVER (PARTITION BY clinic ORDER BY fee DESC) AS r FROM 'visits.csv') WHERE r <= 2",
    ],
    ["¿Cuántas ventas tienen un precio de más de 50?", "SELECT count(*) AS n FROM 'ventas.csv' WHERE precio > 50"],
    ["価格が百より高い店は?", "SELECT 店 FROM '店舗.csv' WHERE 価格 > 100"],
    ["個数が二個以上の店は?", "SELECT 店 FROM '店舗.csv' WHERE 個数 >= 2"],
  ])("%s %s", async (question, query) => {
    expect(await doubtsOf(question, query)).toEqual([]);
  });

  test("so is what an earlier turn said, and what a query of the task has found", async () => {
    const earlier = [newTurn("How many visits waited more than 3?", "")];
    earlier[0]!.messages.push({ role: "assistant", content: "3" });
    const query = "SELECT count(*) AS n FROM 'visits.csv' WHERE wait > 3 AND clinic = 'North'";
    expect(await doubtsOf("And in North?", query, { earlier })).toEqual([]);
    const { end } = await asked("How many visits have a fee above the mean wait?", [
      "SELECT avg(wait) AS m FROM 'visits.csv'",
      "SELECT count(*) AS n FROM 'visits.csv' WHERE fee > 4.2",
    ]);
    expect((end.doubts ?? []).filter((doubt) => SAYS_NOTHING.test(doubt))).toEqual([]);
  });
});
