// Conditions on texts of which the question says nothing: left out where no word of it can mean them, else told.
import { describe, expect, test } from "vitest";
import { newTurn } from "../../../interpreter/index.ts";
import { contextOver } from "../sessions/notebook-session.ts";
import { run } from "./agent-run.ts";
import { readQuery } from "./read-queries.ts";

const context = contextOver({
  "loans.csv":
    "taken,branch,genre,channel,country,copies,days\n2024-01-05,North,crime,desk,JP,3,10\n2024-02-05,South,poetry,app,FR,1,20\n2024-05-06,North,crime,app,US,2,11\n",
  "ausleihen.csv":
    "tag;zweigstelle;gattung;weg;exemplare;dauer\n2024-01-05;Nord;Krimi;Theke;3;10\n2024-02-05;Süd;Lyrik;App;1;20\n2024-03-05;Süd;Krimi;App;1;14\n",
  "préstamos.csv":
    "día,sucursal,género,canal,ejemplares,días\n2024-01-05,Norte,novela,mostrador,3,10\n2024-02-05,Sur,poesía,web,1,20\n",
  "prêts.csv":
    "jour,annexe,genre,canal,exemplaires,durée\n2024-01-05,Nord,roman,guichet,3,10\n2024-02-05,Sud,poésie,appli,1,20\n",
  "借阅.csv": "日期,分馆,类别,渠道,册数,天数\n2024-01-05,城北,小说,柜台,3,10\n2024-02-05,城南,诗歌,手机,1,20\n",
  "貸出.csv":
    "日付,分館,分野,窓口種別,冊数,期間\n2024-01-05,北館,小説,カウンター,3,10\n2024-02-05,南館,詩,アプリ,1,20\n",
  "runners.csv": "name,sex,club,status\nAnn,F,Reds,finished\nBob,M,Blues,retired\nCid,M,Reds,finished\n",
});
const realSession = () => {
  const { session, onSessionEvent } = context();
  return { ...session, onSessionEvent, queries: [], quietQueries: [], executed: [], interrupts: 0 };
};
const asked = (question: string, query: string, earlier = {}) =>
  run([`\`\`\`sql\n${query}\n\`\`\``, ...Array<string>(6).fill("Done.")], {
    question,
    session: realSession(),
    ...earlier,
  });

describe("a condition on a text is left out where each word of the question means something else", () => {
  test.each([
    ["How many loans were there?", "SELECT count(*) AS n FROM 'loans.csv' WHERE channel = 'app'", [[3]]],
    [
      "What is the average number of days per genre in the North branch?",
      "SELECT genre, avg(days) AS mean FROM 'loans.csv' WHERE branch = 'North' AND lower(channel) = 'app' GROUP BY genre",
      [["crime", 10.5]],
    ],
    [
      "How many copies were lent by channel?", // the column is named, and none of its values
      "SELECT channel, sum(copies) AS n FROM 'loans.csv' WHERE (genre = 'crime' OR genre = 'essay') AND channel IN ('app') GROUP BY channel ORDER BY 1",
      undefined, // "lent" may be another word for it
    ],
    [
      "Total copies by channel?",
      "SELECT channel, sum(copies) AS n FROM 'loans.csv' WHERE (genre = 'crime' OR genre LIKE '%essay%') AND channel IN ('app') GROUP BY channel ORDER BY 1",
      [
        ["app", 3],
        ["desk", 3],
      ],
    ],
    [
      "Wie viele Exemplare gab es je Zweigstelle?",
      "SELECT zweigstelle, sum(exemplare) AS n FROM 'ausleihen.csv' WHERE weg = 'App' GROUP BY 1 ORDER BY 1",
      [
        ["Nord", 3],
        ["Süd", 2],
      ],
    ],
    [
      "¿Cuál es la media de días por sucursal?",
      "SELECT sucursal, avg(días) AS m FROM 'préstamos.csv' WHERE canal <> 'web' GROUP BY 1 ORDER BY 1",
      [
        ["Norte", 10],
        ["Sur", 20],
      ],
    ],
    [
      "Combien d'exemplaires par annexe ?",
      "SELECT annexe, sum(exemplaires) AS n FROM 'prêts.csv' WHERE canal = 'appli' GROUP BY 1 ORDER BY 1",
      [
        ["Nord", 3],
        ["Sud", 1],
      ],
    ],
    [
      "每个分馆的总册数是多少？",
      "SELECT 分馆, sum(册数) AS n FROM '借阅.csv' WHERE 渠道 = '柜台' GROUP BY 1 ORDER BY 2",
      [
        ["城南", 1],
        ["城北", 3],
      ],
    ],
    [
      "分館ごとの冊数の合計は?",
      "SELECT 分館, sum(冊数) AS n FROM '貸出.csv' WHERE 窓口種別 = 'アプリ' GROUP BY 1 ORDER BY 2",
      [
        ["南館", 1],
        ["北館", 3],
      ],
    ],
  ])("%s", async (question, query, rows) => {
    const read = await readQuery(context, question, query);
    if (rows === undefined) return expect(read.note ?? "").not.toContain("says nothing of");
    expect(read.rows).toEqual(rows);
    expect(read.note).toContain("the question says nothing of");
  });
});

describe("a condition on a text stays where the question says it in whatever words", () => {
  const COUNT = (table: string, where: string) => `SELECT count(*) AS n FROM '${table}' WHERE ${where}`;
  test.each([
    ["How many loans of crimes were there?", COUNT("loans.csv", "genre = 'crime'")],
    ["How many loans came through apps?", COUNT("loans.csv", "channel = 'app'")],
    ["How many Japanese loans were there?", COUNT("loans.csv", "country = 'JP'")],
    ["How many American loans were there?", COUNT("loans.csv", "country = 'US'")],
    ["Combien de loans français ?", COUNT("loans.csv", "country = 'FR'")],
    ["How many women ran?", COUNT("runners.csv", "sex = 'F'")],
    ["¿Cuántos hombres corrieron?", COUNT("runners.csv", "sex = 'M'")],
    ["Wie viele Krimis wurden ausgeliehen?", COUNT("ausleihen.csv", "gattung = 'Krimi'")],
    ["Wie viele Ausleihen im Süden?", COUNT("ausleihen.csv", "zweigstelle = 'Süd'")],
    ["小说有几本？", COUNT("借阅.csv", "类别 = '小说'")],
    ["小説は何冊ですか?", COUNT("貸出.csv", "分野 = '小説'")],
    ["How many runners finished?", COUNT("runners.csv", "status = 'finished'")],
    ["How many runners gave up?", COUNT("runners.csv", "status = 'retired'")], // "gave" is another word for it
  ])("%s", async (question, query) => {
    const read = await readQuery(context, question, query);
    expect(read.note ?? "").not.toContain("says nothing of");
  });

  test("or the conversation before it", async () => {
    const earlier = [newTurn("Which branch has the most loans?", "")];
    earlier[0]!.messages.push(
      { role: "assistant", content: "```sql\nSELECT 1\n```" },
      { role: "user", content: "branch: North" },
    );
    const query = "SELECT sum(copies) AS n FROM 'loans.csv' WHERE branch = 'North'";
    const { end, results } = await asked("And how many copies were that?", query, { earlier });
    expect(end.doubts ?? []).toEqual([]);
    expect(results[0]?.content).not.toContain("says nothing of");
  });

  test("or what an earlier query of the task has found", async () => {
    const queries = [
      "SELECT branch FROM 'loans.csv' GROUP BY branch ORDER BY count(*) DESC LIMIT 1",
      "SELECT sum(copies) AS n FROM 'loans.csv' WHERE branch = 'North'",
    ].map((query) => `\`\`\`sql\n${query}\n\`\`\``);
    const question = "How many copies does the branch with the most loans have?";
    const { end, results } = await run([...queries, "It has 5 copies.", "It has 5 copies."], {
      question,
      session: realSession(),
    });
    expect(results.at(-1)?.content).not.toContain("says nothing of");
    expect((end.doubts ?? []).filter((doubt) => doubt.includes("only rows are taken"))).toEqual([]);
  });
});

describe("a condition that may be meant by other words is told", () => {
  test.each([
    ["How many runners gave up?", "SELECT count(*) AS n FROM 'runners.csv' WHERE status = 'retired'", true],
    [
      "How many loans went astray?",
      "SELECT branch, count(*) FILTER (WHERE genre = 'crime') AS n FROM 'loans.csv' GROUP BY branch",
      true,
    ],
    ["How many runners finished?", "SELECT count(*) AS n FROM 'runners.csv' WHERE status = 'finished'", false],
    ["借阅了多少诗集？", "SELECT count(*) AS n FROM '借阅.csv' WHERE 渠道 = '柜台'", true],
  ])("%s", async (question, query, isTold) => {
    const { end } = await asked(question, query);
    expect((end.doubts ?? []).some((doubt) => doubt.includes("which the question does not say"))).toBe(isTold);
  });

  test.each([
    ["グループ1には誰がいますか?", "SELECT name FROM 'runners.csv' WHERE club = 'Reds' AND status != 'retired'"],
    ["Wer läuft für die Blues oder die Reds?", "SELECT name FROM 'runners.csv' WHERE status NOT IN ('retired')"],
    ["Who gave up?", "SELECT name FROM 'runners.csv' WHERE status <> 'finished'"],
  ])("and asked for again where it leaves out what the question does not name: %s", async (question, query) => {
    const { model, end } = await asked(question, query);
    const said = model.requests.map(({ messages }) => String(messages.at(-1)?.content));
    expect(said.some((text) => text.includes("only rows are taken where status"))).toBe(true);
    expect((end.doubts ?? []).some((doubt) => doubt.includes("only rows are taken where status"))).toBe(true);
  });

  test("but not where the question leaves out something in other words", async () => {
    const query = "SELECT name FROM 'runners.csv' WHERE status <> 'retired'";
    const { model } = await asked("Who did not give up?", query);
    expect(model.requests.map(({ messages }) => String(messages.at(-1)?.content)).join()).not.toContain(
      "only rows are taken",
    );
  });

  test("below the result, where the question is in another language than the table", async () => {
    const { end, results } = await asked(
      "Wie viele haben aufgegeben?",
      "SELECT count(*) AS n FROM 'runners.csv' WHERE status = 'retired'",
    );
    expect(end.doubts ?? []).toEqual([]);
    const notes = results[0]!.facts!.flatMap((fact) => (fact.kind === "noted" ? [fact.note] : []));
    expect(notes.join()).toContain("status = 'retired'");
  });
});
