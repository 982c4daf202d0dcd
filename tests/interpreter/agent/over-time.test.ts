// What is counted on from one time to the next: sums so far, changes on the time before, means that move along.
import { describe, expect, test } from "vitest";
import { contextOver } from "../sessions/notebook-session.ts";
import { readQuery } from "./read-queries.ts";

const context = contextOver({
  "jobs.csv":
    "day,labour,kind\n2023-11-05,1,a\n2023-12-05,2,a\n2024-01-10,10,a\n2024-01-20,5,b\n2024-02-03,30,a\n2024-03-05,25,b\n2024-04-09,60,a\n",
  "tage.csv": "tag,menge\n2024-01-01,4\n2024-01-01,1\n2024-01-02,7\n2024-01-03,2\n",
  "temps.csv":
    "time,temp\n2024-03-01 00:00:00,4\n2024-03-01 01:00:00,7\n2024-03-01 02:00:00,1\n2024-03-01 03:00:00,4\n",
  "shut.csv": "day,units\n2024-01-01,4\n2024-02-01,1\n2024-05-01,7\n",
  "cases.csv": "day,cumulative_cases\n2024-01-01,4\n2024-02-01,9\n2024-03-01,12\n",
});
const asked = (question: string, query: string) => readQuery(context, question, query);

const MONTHS = "SELECT month(day) AS month, sum(labour) AS total FROM 'jobs.csv' GROUP BY 1 ORDER BY 1";
const IN_2024 =
  "SELECT month(day) AS m, sum(labour) AS total FROM jobs WHERE year(day) = 2024 GROUP BY m ORDER BY total DESC LIMIT 1";

describe("a running total", () => {
  const SO_FAR = [15, 45, 70, 130];
  test.each([
    ["running total of labour by month for 2024 please, starting from January", IN_2024],
    ["running total of labour by month for 2024 please", MONTHS],
    ["What did labour add up to by the end of each month of 2024?", IN_2024],
    ["Labour 2024 nach Monat aufaddiert", IN_2024],
    [
      "Labour 2024 Monat für Monat aufsummiert",
      "SELECT strftime(day, '%Y-%m') AS m, sum(labour) FROM jobs WHERE year(day) = 2024 GROUP BY ALL",
    ],
    ["le cumul de labour mois après mois en 2024", IN_2024],
    ["Dame labour acumulado mes a mes en 2024", IN_2024],
    ["2024年的labour按月累计是多少?", IN_2024],
    ["2024年のlabourの月ごとの累計は?", IN_2024],
    ["Cumulative labour month by month in 2024", "SELECT sum(labour) FROM jobs WHERE year(day) = 2024"],
    ["Cumulative labour by month in 2024", "SELECT day, labour FROM jobs WHERE year(day) = 2024 ORDER BY day"],
    [
      "Cumulative labour by month in 2024",
      "SELECT date_trunc('month', j.day) AS day, sum(j.labour) FROM jobs j WHERE year(j.day) = 2024 GROUP BY date_trunc('month', j.day)",
    ],
  ])("%s: %s", async (question, query) => {
    const { rows, note } = await asked(question, query);
    expect(rows?.map((row) => Number(row.at(-1)))).toEqual(SO_FAR);
    expect(rows?.map((row) => Number(row.at(-2)))).toEqual([15, 30, 25, 60]);
    expect(note).toContain("a running total was asked for");
  });

  test("does not mix the months of several years", async () => {
    const { rows } = await asked("Show the running total of labour by month", MONTHS);
    expect(rows?.map(([month, , total]) => [month, Number(total)])).toEqual([
      ["2023-11", 1],
      ["2023-12", 3],
      ["2024-01", 18],
      ["2024-02", 48],
      ["2024-03", 73],
      ["2024-04", 133],
    ]);
  });

  test("is one of each group", async () => {
    const query = "SELECT kind, month(day) AS m, sum(labour) AS n FROM jobs WHERE year(day) = 2024 GROUP BY kind, m";
    const { rows } = await asked("running total of labour by month and kind in 2024", query);
    expect(rows?.map((row) => [row[0], row[1], Number(row[3])])).toEqual([
      [1, "a", 10],
      [1, "b", 5],
      [2, "a", 40],
      [3, "b", 30],
      [4, "a", 100],
    ]);
  });

  test("of rows that are counted", async () => {
    const query = "SELECT tag, count(*) AS n FROM tage GROUP BY tag";
    const { rows } = await asked("Wie viele waren es kumuliert Tag für Tag?", query);
    expect(rows?.map((row) => Number(row.at(-1)))).toEqual([2, 3, 4]);
  });

  test.each([
    "Ab welchem Monat war 2024 bei labour, Monat für Monat aufaddiert, die Hälfte überschritten?",
    "In which month of 2024 did the running total of labour pass half of the year's?",
    "Sumando labour mes a mes, ¿en qué mes de 2024 superamos la mitad?",
    "2024年のlabourを1月から順に足していくと、半分を超えるのは何月ですか?",
  ])("passes half of the whole: %s", async (question) => {
    const query = "SELECT month(day) AS m, sum(labour) AS n FROM jobs WHERE year(day) = 2024 GROUP BY 1 ORDER BY 1";
    const { rows } = await asked(question, query);
    expect(rows?.map((row) => [row[0], Math.round(Number(row[2]))])).toEqual([[3, 54]]);
  });
});

describe("a change on the time before", () => {
  const ROWS = [
    [2, 15],
    [3, -5],
    [4, 35],
  ];
  test.each([
    [
      "How much was labour up or down on the month before, in February, March and April?",
      "month(day) IN (2, 3, 4) AND year(day) = 2024",
    ],
    ["How did labour change against the previous month from February 2024?", "day >= '2024-02-01'"],
    ["Um wie viel ist labour 2024 gegenüber dem Vormonat jeweils gestiegen oder gefallen?", "day >= '2024-02-01'"],
    ["¿Cuánto subió o bajó labour respecto al mes anterior?", "day >= '2024-02-01'"],
    ["De combien labour a-t-il varié par rapport au mois précédent ?", "day >= '2024-02-01'"],
    ["labour与上月相比每月变化多少?", "day >= '2024-02-01'"],
    ["labourは前の月よりいくら増えましたか?", "day >= '2024-02-01'"],
  ])("%s", async (question, where) => {
    const query = `SELECT month(day) AS m, sum(labour) AS total FROM jobs WHERE ${where} GROUP BY m`;
    const { rows, note } = await asked(question, query);
    expect(rows?.map((row) => [Number(String(row[0]).slice(-2)), Number(row[2])])).toEqual(ROWS);
    expect(note).toContain("the change on the month before is added");
  });

  test("is not told of the first time", async () => {
    const { rows } = await asked(
      "How much did menge change from day to day?",
      "SELECT tag, sum(menge) FROM tage GROUP BY tag",
    );
    expect(rows?.map((row) => [String(row[0]).slice(0, 10), Number(row[2])])).toEqual([
      ["2024-01-02", 2],
      ["2024-01-03", -5],
    ]);
  });

  test.each([
    ["In which month of 2024 did labour fall most against the month before?", "2024-03", -5],
    ["In welchem Monat 2024 ist labour gegenüber dem Vormonat am stärksten gesunken?", "2024-03", -5],
    ["¿En qué mes de 2024 cayó más labour respecto al mes anterior?", "2024-03", -5],
    ["2024年哪个月的labour比上个月涨得最多,涨了多少元", "2024-04", 35],
    ["2024年にlabourが前月より一番増えたのは何月ですか?", "2024-04", 35],
    ["Quel mois de 2024 labour a-t-il le plus augmenté par rapport au mois précédent ?", "2024-04", 35],
  ])("%s is one", async (question, month, change) => {
    const { rows } = await asked(question, IN_2024);
    expect(rows?.map((row) => [row[0], Number(row.at(-1))])).toEqual([[month, change]]);
  });

  test("of rows, from one hour to the next", async () => {
    const query = "SELECT time, temp FROM temps ORDER BY temp";
    const { rows } = await asked("Um wie viel ist temp von einer Stunde zur nächsten höchstens gesunken?", query);
    expect(rows?.map((row) => Number(row.at(-1)))).toEqual([-6]);
  });

  test.each([
    "By what percentage did labour rise on the month before?",
    "Um wie viel Prozent stieg labour gegenüber dem Vormonat?",
  ])("in percent: %s", async (question) => {
    const query = "SELECT month(day) AS m, sum(labour) AS n FROM jobs WHERE day >= '2024-02-01' GROUP BY m";
    const { rows } = await asked(question, query);
    expect(rows?.map((row) => Math.round(Number(row.at(-1))))).toEqual([100, -17, 140]);
  });

  test("of years", async () => {
    const query = "SELECT year(day) AS y, count(*) AS n FROM jobs GROUP BY y";
    const { rows } = await asked("How did the number of jobs change against the previous year?", query);
    expect(rows?.map((row) => row.map(Number))).toEqual([[2024, 5, 3]]);
  });

  test.each([
    [
      "of a month that is not asked for as a whole",
      "How did labour change on the month before?",
      "day >= '2024-02-01' AND day < '2024-04-05' OR day > '2024-05-01'",
    ],
    ["of a part of a month", "How did labour change on the month before?", "day >= '2024-01-15'"],
    ["of each month on the year before", "How did labour by month change on the year before?", "labour > 0"],
  ])("is not computed %s", async (_, question, where) => {
    const query = `SELECT month(day) AS m, sum(labour) AS n FROM jobs WHERE ${where} GROUP BY m`;
    expect((await asked(question, query)).note ?? "").not.toContain("before is added");
  });

  test("is not computed over months that are missing", async () => {
    const query = "SELECT month(day) AS m, sum(units) FROM shut GROUP BY m";
    expect((await asked("How did units change against the previous month?", query)).note).toBeUndefined();
  });
});

describe("a moving mean", () => {
  const QUERY = "SELECT month(day) AS m, sum(labour) AS total FROM jobs WHERE day >= '2024-03-01' GROUP BY m";
  test.each([
    "three month moving average of labour: the month and the two before it, for March and April 2024",
    "I need a smoothed series of labour: for each month of March and April 2024, the average of that month and the two before it.",
    "Dame la media móvil de tres meses (el mes y los dos anteriores) de labour",
    "Gleitendes Dreimonatsmittel von labour je Monat",
    "Moyenne mobile sur trois mois de labour par mois",
    "labour的3个月移动平均",
    "labourの3か月移動平均",
  ])("%s", async (question) => {
    const { rows, note } = await asked(question, QUERY);
    expect(rows?.map((row) => Number(row.at(-1)).toFixed(2))).toEqual(["23.33", "38.33"]);
    expect(note).toContain("a moving mean was asked for");
  });

  test("of totals, where the query takes the mean of how many there were", async () => {
    const query = "SELECT month(tag) AS m, avg(menge) AS n FROM tage GROUP BY 1";
    const { rows } = await asked("2 day moving average of menge by day", query);
    expect(rows?.map((row) => Number(row.at(-1)))).toEqual([5, 6, 4.5]);
  });

  test("of visitor numbers, whatever their column is called", async () => {
    const query = "SELECT month(day) AS m, avg(labour) AS n FROM jobs WHERE year(day) = 2024 GROUP BY 1";
    const { rows } = await asked(
      "Smoothed monthly labour numbers for 2024: the mean of each month and the two before it",
      query,
    );
    expect(rows?.map((row) => Number(row[1]))).toEqual([15, 30, 25, 60]);
  });

  test("of rows, and the highest of it", async () => {
    const query = "SELECT time, temp FROM temps";
    const question =
      "Smooth the temp with a three hour moving mean (each hour and the two before it). What is the highest it gets?";
    expect((await asked(question, query)).rows?.map((row) => Number(row.at(-1)))).toEqual([5.5]);
  });

  test.each([
    "The moving average of labour by month",
    "3 month and 6 month moving average of labour",
    "Centered three month moving average of labour",
  ])("stays where its width is not said: %s", async (question) => {
    expect((await asked(question, QUERY)).note ?? "").not.toContain("moving");
  });
});

test.each([
  ["What was the labour by month?", MONTHS],
  ["How much labour was there on the running shoes by month?", MONTHS],
  ["la labour acumulada por mes", MONTHS],
  ["What were the labour costs in the previous month?", MONTHS],
  ["Which months had more labour than March?", MONTHS],
  ["Running total of cumulative cases by month", "SELECT month(day) AS m, sum(cumulative_cases) FROM cases GROUP BY 1"],
  ["Running total of labour by month", "SELECT month(day) AS m, avg(labour) FROM jobs GROUP BY 1"],
  ["Running total of labour by kind", "SELECT kind, sum(labour) FROM jobs GROUP BY 1"],
  [
    "Running total of labour by month",
    "SELECT month(day) AS m, sum(sum(labour)) OVER (ORDER BY month(day)) FROM jobs GROUP BY 1",
  ],
])("%s stays: %s", async (question, query) => {
  const { query: read } = await asked(question, query);
  expect(read.match(/\bOVER\b/g)?.length ?? 0).toBe(query.match(/\bOVER\b/g)?.length ?? 0);
});
