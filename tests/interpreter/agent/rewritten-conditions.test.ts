// Queries that run and answer another question, changed to the one that the question leaves.
import { describe, expect, test } from "vitest";
import { rewritten } from "../../../interpreter/agent/rewrites/index.ts";
import { codeThatRan, rowsOf, runSql } from "../../../interpreter/index.ts";
import { contextOver } from "../sessions/notebook-session.ts";

const READINGS = [
  "measured,ppm,station",
  ...["2008-12-15,384.1,Alt", "2009-01-01,385.2,Alt", "2009-03-01,387.4,Neu", "2009-03-31,388,Neu"],
  ...["2009-12-31,386.5,Alt", "2010-01-01,386.4,Neu", "2010-06-30,389.9,Alt", "2010-12-31,380.3,Neu"],
];
const RIDES = [
  "started,bikes,weather,cancelled,helmet",
  ...["2024-03-01 08:15:00,3,sun,false,yes", "2024-03-01 17:40:00,5,rain,true,no"],
  ...["2024-03-31 08:05:00,9,sun,false,yes", "2024-04-02 00:00:00,1,snow,false,no"],
];
const PLACES = [
  "city,state,price,origin_country",
  "A,TX,10,US",
  "B,NA,n/a,NA",
  "C,NA,,DE",
  "D,CA,12.5,US",
  "E,--,9,FR",
];

const FLATS = [
  "rent,möbliert,meublé,amueblado,带家具,家具付き",
  "700,ja,oui,sí,true,true",
  "500,nein,non,no,false,false",
];
const RESCUES = ["day,rescue,tested", "2024-01-01,true,true", "2024-01-02,false,true", "2024-01-03,true,false"];
const TICKETS = ["nr,priority,sex", "1,high,F", "2,High,f", "3,low,M", '4,"high ",M', "5,HIGH,f"];
const files = {
  "tickets.csv": TICKETS,
  "rescues.csv": RESCUES,
  "readings.csv": READINGS,
  "rides.csv": RIDES,
  "places.csv": PLACES,
  "flats.csv": FLATS,
};
const context = contextOver(
  Object.fromEntries(Object.entries(files).map(([name, lines]) => [name, `${lines.join("\n")}\n`])),
);

/** As the query runs, with its rows and what it is read as. */
async function asked(question: string, query: string, earlier = ""): Promise<{ code: string; content: string }> {
  const { session } = context();
  const run = (text: string) => runSql.call(JSON.stringify({ query: text }), { ...context(), question });
  const first = await run(query);
  const code = codeThatRan(first.facts ?? []) ?? query;
  const meant = await rewritten(code, {
    ...{ question, standsAlone: true, before: "", earlier },
    tables: await session.tables(),
    result: rowsOf(first.facts ?? []),
    look: (text) => session.sql(text, { locked: true, isQuiet: true, maxRows: 100 }),
  });
  const last = meant ? await run(meant.query) : first;
  return {
    code: (meant?.query ?? code).replace(/\s+/g, " ").replaceAll('"', ""),
    content: `${last.content}\n${meant?.note ?? ""}`,
  };
}

const MEAN = (where: string) => `SELECT avg(ppm) AS mean FROM 'readings.csv' WHERE ${where}`;
const COUNT = (where: string) => `SELECT count(*) AS n FROM 'rides.csv' WHERE ${where}`;

describe("a year, a quarter or a month that the question names is taken as a whole", () => {
  test.each([
    "What was the mean ppm in 2009?",
    "Wie hoch war der mittlere ppm-Wert 2009?",
    "Quelle était la moyenne de ppm en 2009 ?",
    "¿Cuál fue la media de ppm en 2009?",
    "2009年的平均ppm是多少?",
    "ppm在2009年的平均值是多少?",
    "2009年のppmの平均は?",
  ])("%s", async (question) => {
    const { code, content } = await asked(question, MEAN("measured = '2009-01-01'"));
    expect(code).toBe(MEAN("year(measured) = 2009"));
    expect(content).toContain('(the question names 2009 and no day: read as year("measured") = 2009)');
    expect(content).toContain("386.775");
  });

  test.each([
    ["in March 2009?", "measured = '2009-03-01'", "(year(measured) = 2009 AND month(measured) = 3)"],
    ["im März 2009?", "measured = DATE '2009-03-01'", "(year(measured) = 2009 AND month(measured) = 3)"],
    ["en marzo de 2009?", "measured = '2009-03-31'", "(year(measured) = 2009 AND month(measured) = 3)"],
    [
      "en mars 2009 ?",
      "measured BETWEEN '2009-03-01' AND '2009-03-30'",
      "(year(measured) = 2009 AND month(measured) = 3)",
    ],
    ["2009年3月?", "measured = '2009-03-01'", "(year(measured) = 2009 AND month(measured) = 3)"],
    ["in March?", "measured = '2009-03-01'", "month(measured) = 3"],
    ["in March?", "measured BETWEEN '2009-03-01' AND '2009-03-31'", "month(measured) = 3"],
    ["last March?", "measured BETWEEN '2009-03-01' AND '2009-03-31'", undefined],
    ["from March to June?", "measured BETWEEN '2009-03-01' AND '2009-06-30'", undefined],
    ["in the first quarter of 2009?", "measured = '2009-01-01'", "year(measured) = 2009 AND quarter(measured) = 1"],
    ["in Q1 2009?", "measured = '2009-01-01'", "(year(measured) = 2009 AND quarter(measured) = 1)"],
    [
      "im 1. Quartal 2009?",
      "measured BETWEEN '2009-01-01' AND '2009-03-01'",
      "(year(measured) = 2009 AND quarter(measured) = 1)",
    ],
    ["2009年第二季度?", "measured = '2009-04-01'", "(year(measured) = 2009 AND quarter(measured) = 2)"],
    [
      "from 2009 to 2010?",
      "measured BETWEEN '2009-01-01' AND '2010-01-01'",
      "measured >= '2009-01-01' AND measured < '2011-01-01'",
    ],
    [
      "von 2009 bis 2010?",
      "measured >= '2009-01-01' AND measured < '2010-12-31'",
      "measured >= '2009-01-01' AND measured < '2011-01-01'",
    ],
    ["in 2009?", "measured > '2009-01-01' AND measured < '2009-12-31'", "year(measured) = 2009"],
    ["in 2009?", "measured BETWEEN '2009-01-01' AND '2010-01-01'", "year(measured) = 2009"],
    ["in 2009?", "measured BETWEEN '2009-01-01' AND '2009-12-31'", undefined],
    ["in 2009?", "measured >= '2009-01-01' AND measured < '2010-01-01'", undefined],
    ["at the beginning of 2009?", "measured = '2009-01-01'", undefined],
    ["Anfang 2009?", "measured = '2009-01-01'", undefined],
    ["2009年元旦?", "measured = '2009-01-01'", undefined],
    ["on 1 January 2009?", "measured = '2009-01-01'", undefined],
    ["on 2009-01-01?", "measured = '2009-01-01'", undefined],
    ["in 2010?", "measured = '2009-01-01'", undefined],
    ["after 2009?", "measured > '2009-01-01'", "year(measured) > 2009"],
    ["nach 2009?", "measured >= '2009-01-01'", "year(measured) > 2009"],
    ["since 2009?", "measured > '2009-01-01'", "year(measured) >= 2009"],
    ["seit 2009?", "measured >= '2009-01-01'", undefined],
    ["avant 2010 ?", "measured <= '2010-01-01'", "year(measured) < 2010"],
    ["hasta 2009?", "measured <= '2009-01-01'", "year(measured) <= 2009"],
    ["2009年以降?", "measured > '2009-01-01'", "year(measured) >= 2009"],
  ])("the mean ppm %s of %s", async (when, condition, meant) => {
    const { code } = await asked(`What is the mean ppm ${when}`, MEAN(condition));
    expect(code).toBe(MEAN(meant ?? condition));
  });

  test.each([
    ["What was the mean ppm in 2009?", "SELECT avg(ppm) AS m FROM 'readings.csv' WHERE year(measured) = 2009"],
    ["What was the mean of each ppm in 2009?", undefined],
  ])("and is not grouped by what is measured: %s", async (question, meant) => {
    const where = "FROM 'readings.csv' WHERE year(measured) = 2009";
    const query = `SELECT ppm, avg(length(station)) AS m ${where} GROUP BY ppm`;
    expect((await asked(question, query)).code).toBe(meant ?? query);
  });

  test("of the year that was spoken of before", async () => {
    const { code } = await asked("And in March?", MEAN("measured = '2009-03-01'"), "What was the mean ppm in 2009?");
    expect(code).toBe(MEAN("(year(measured) = 2009 AND month(measured) = 3)"));
  });

  test("in each place of the query", async () => {
    const query =
      "SELECT avg(ppm) FILTER (WHERE r.measured = '2010-01-01') - avg(ppm) FILTER (WHERE r.measured = '2009-01-01') AS rise FROM 'readings.csv' AS r";
    const { code } = await asked("By how much did ppm rise from 2009 to 2010?", query);
    expect(code).toContain("(WHERE year(r.measured) = 2010) - avg(ppm) FILTER (WHERE year(r.measured) = 2009)");
  });
});

test.each([
  ["How many rides in March only?", "started = 3", "month(started) = 3"],
  ["3月だけだと何件?", "started = '03'", "month(started) = 3"],
])("a month that is compared with a time as its number: %s", async (question, condition, meant) => {
  expect((await asked(question, COUNT(condition))).code).toBe(COUNT(meant));
});

describe("times are compared with whole days", () => {
  test.each([
    ["on 1 March 2024?", "started = '2024-03-01'", "CAST(started AS DATE) = '2024-03-01'", 2],
    ["until 31 March 2024?", "started <= '2024-03-31'", "CAST(started AS DATE) <= '2024-03-31'", 3],
    ["after 1 March 2024?", "started > '2024-03-01'", "CAST(started AS DATE) > '2024-03-01'", 2],
    [
      "in March 2024?",
      "started BETWEEN '2024-03-01' AND '2024-03-31'",
      "(year(started) = 2024 AND month(started) = 3)",
      3,
    ],
    ["before 31 March 2024?", "started < '2024-03-31'", "started < '2024-03-31'", 2],
  ])("rides %s", async (when, condition, meant, count) => {
    const { code, content } = await asked(`How many rides were there ${when}`, COUNT(condition));
    expect(code).toBe(COUNT(meant));
    expect(content).toContain(`n\n${count}\n`);
  });
});

test("midnight is a time", async () => {
  const query = COUNT("started > '2024-04-02 00:00:00'");
  expect((await asked("How many rides began after midnight on 2 April 2024?", query)).code).toBe(query);
});

describe("the end of a range is the one that the question says", () => {
  test.each([
    ["How many rides had at least 5 bikes?", "bikes > 5", "bikes >= 5"],
    ["bikesが5以上の利用は何件?", "5 < bikes", "5 <= bikes"],
    ["Combien de trajets avec plus de 5 vélos ?", "bikes >= 5", "bikes > 5"],
    ["How many rides had more than 5 bikes?", "bikes > 5", "bikes > 5"],
    ["How many rides had at least 5 bikes?", "bikes > 4", "bikes > 4"],
  ])("%s", async (question, condition, meant) => {
    expect((await asked(question, COUNT(condition))).code).toBe(COUNT(meant));
  });
});

describe("missing values that are written as texts", () => {
  const PLACE = (where: string) => `SELECT count(*) AS n FROM 'places.csv' WHERE ${where}`;
  test.each([
    ["How many places have no state?", "state IS NULL", "n\n3\n"],
    ["¿Cuántos lugares no tienen estado (state)?", "state IS NULL", "n\n3\n"],
    ["Wie viele Orte haben keinen state?", "state = 'NA'", "n\n3\n"],
    ["How many places have a known state?", "state IS NOT NULL", "n\n2\n"],
    ["How many places have the state 'NA'?", "state = 'NA'", "n\n2\n"],
    ["How many places have no country?", "origin_country IS NULL", "n\n0\n"],
    ["¿Cuántas filas no tienen un precio numérico?", "price = 'n/a'", "n\n2\n"],
    ["How many rows have no number as price?", "price IS NULL", "n\n2\n"],
    ["Combien de lieux n'ont pas de prix numérique ?", "price IS NULL", "n\n2\n"],
    ["価格(price)が数値でない行は何件?", "price = 'n/a'", "n\n2\n"],
  ])("%s", async (question, condition, rows) => {
    expect((await asked(question, PLACE(condition))).content).toContain(rows);
  });

  test("but not in a column of other texts", async () => {
    const query = PLACE("price IS NULL AND city IS NULL");
    expect((await asked("How many rows have no number as price?", query)).code).toContain("city IS NULL");
  });

  test("are told where they may be a place's code", async () => {
    const { content } = await asked("How many places have no country?", PLACE("origin_country IS NULL"));
    expect(content).toContain(
      "(origin_country has 'NA' in 1 rows, which may be a place and is not taken for a missing value)",
    );
  });
});

describe("a value that is written in several ways", () => {
  const count = (condition: string) => `SELECT count(*) AS n FROM 'tickets.csv' WHERE ${condition}`;
  test("is looked for in each, and not in others", async () => {
    const { code, content } = await asked("How many tickets have priority high?", count("priority = 'high'"));
    expect(code).toBe(count("priority IN ('high', 'HIGH', 'High', 'high ')"));
    expect(content).toContain("'High' in 1 row,");
    const rest = await asked("How many tickets have another priority than high?", count("priority <> 'high'"));
    expect(rest.code).toBe(count("priority NOT IN ('high', 'HIGH', 'High', 'high ')"));
  });

  test("stays as it is in quotes, and is told where a letter may be another one", async () => {
    const quoted = await asked("How many tickets have priority 'high'?", count("priority = 'high'"));
    expect(quoted.code).toBe(count("priority = 'high'"));
    const short = await asked("How many tickets are of sex F?", count("sex = 'F'"));
    expect(short.code).toBe(count("sex = 'F'"));
    expect(short.content).toContain("(sex has 'f' in 2 rows, which are not taken for 'F')");
  });
});

describe("rows are grouped by the part of a time that the question asks for", () => {
  const BY = (key: string) =>
    `SELECT ${key}, sum(bikes) AS total FROM 'rides.csv' GROUP BY ${key.replace(/ AS \w+$/, "")}`;
  test.each([
    ["At which hour of the day are most bikes out?", "hour(started) AS hour"],
    ["Zu welcher Uhrzeit sind die meisten Räder unterwegs?", "hour(started) AS hour"],
    ["À quelle heure y a-t-il le plus de vélos ?", "hour(started) AS hour"],
    ["¿A qué hora hay más bicicletas?", "hour(started) AS hour"],
    ["一天中哪个小时的自行车最多?", "hour(started) AS hour"],
    ["自転車が一番多いのは何時?", "hour(started) AS hour"],
    ["Which month has the most bikes?", "month(started) AS month"],
    ["月ごとの台数は?", "month(started) AS month"],
    ["On which weekday are most bikes out?", "dayname(started) AS weekday"],
    ["曜日ごとの台数は?", "dayname(started) AS weekday"],
    ["How many bikes per day?", "CAST(started AS DATE) AS day"],
    ["Which month has most bikes per day?", "month(started) AS month"],
    ["How many bikes per day in each month?", undefined],
    ["How many bikes for each start?", undefined],
  ])("%s", async (question, key) => {
    expect((await asked(question, BY("started"))).code).toBe(BY(key ?? "started"));
  });

  test.each([
    ["Which month has the most bikes?", "month(started) AS month", "month(started)"],
    ["Zu welcher Uhrzeit sind die meisten Räder unterwegs?", "hour(started) AS hour", "hour(started)"],
    ["自転車が一番多いのは何時?", "hour(started) AS hour", "hour(started)"],
    ["Which weather has the most bikes in each month?", "weather", "weather"],
  ])("and not by another column: %s", async (question, item, key) => {
    const query = "SELECT weather, sum(bikes) AS n FROM 'rides.csv' GROUP BY weather ORDER BY n DESC LIMIT 1";
    const meant = `SELECT ${item}, sum(bikes) AS n FROM 'rides.csv' GROUP BY ${key} ORDER BY n DESC LIMIT 1`;
    expect((await asked(question, query)).code).toBe(meant);
  });

  test("of several years each month is its own, but for where all of a name are asked for", async () => {
    const query = "SELECT measured AS m, avg(ppm) FROM 'readings.csv' GROUP BY m ORDER BY 2 DESC";
    const { code } = await asked("Which month had the highest ppm?", query);
    expect(code).toBe(
      "SELECT strftime(measured, '%Y-%m') AS m, avg(ppm) FROM 'readings.csv' GROUP BY m ORDER BY 2 DESC",
    );
    const onAverage = await asked("Which month of the year has the highest ppm on average?", query);
    expect(onAverage.code).toContain("SELECT month(measured) AS m,");
  });
});

test.each([
  "Who was the weather for most rides per week?",
  "Wer hat die meisten Fahrten pro Woche?",
  "Qui fait le plus de trajets par mois ?",
  "谁每月骑得最多?",
])("what is asked for by its name stays a group: %s", async (question) => {
  const query = "SELECT weather, count(*) AS n FROM 'rides.csv' GROUP BY weather ORDER BY n DESC LIMIT 1";
  expect((await asked(question, query)).code).toBe(query);
});

describe("what is first or last in time is ordered by the time", () => {
  const ROW = (order: string) => `SELECT measured FROM 'readings.csv' ORDER BY ${order} LIMIT 1`;
  test.each([
    ["What is the date of the first ppm measurement?", "ppm ASC", "measured"],
    ["Wann war die erste Messung?", "ppm", "measured"],
    ["¿Cuándo fue la primera medición?", "ppm", "measured"],
    ["Quelle est la date de la dernière mesure ?", "ppm DESC", "measured DESC"],
    ["最早的测量是什么时候?", "ppm", "measured"],
    ["最初の測定はいつ?", "ppm", "measured"],
    ["When was the latest measurement?", "measured", "measured DESC"],
    ["Which measurement comes first by ppm?", "ppm", "ppm"],
    ["Which station comes first alphabetically?", "station", "station"],
    ["Which station finished first?", "ppm", "ppm"],
    ["When was the lowest ppm measured first?", "ppm", "ppm"],
    ["Which station has the last name by station?", "station DESC", "station DESC"],
  ])("%s", async (question, order, meant) => {
    expect((await asked(question, ROW(order))).code).toBe(ROW(meant));
  });
});

describe("what is true or false is a condition where the question speaks of it", () => {
  const ALL = "SELECT count(*) AS n FROM 'rides.csv'";
  test.each([
    ["How many cancelled rides were there?", `${ALL} WHERE cancelled`],
    ["How many rides with a helmet?", `${ALL} WHERE helmet = 'yes'`],
    ["How many rides without a helmet?", `${ALL} WHERE helmet = 'no'`],
    ["How many rides were not cancelled?", `${ALL} WHERE NOT cancelled`],
    ["How many uncancelled rides?", `${ALL} WHERE NOT cancelled`],
    ["How many rides have no snow?", ALL],
    ["How many rides were cancelled and had no rain?", ALL],
    ["How many weathers have 'cancelled' in them?", `${ALL} WHERE weather LIKE '%cancelled%'`],
    ["How many rides by helmet?", "SELECT helmet, count(*) AS n FROM 'rides.csv' GROUP BY helmet ORDER BY helmet"],
    ["What share of the rides was cancelled?", ALL],
    ["Were more rides cancelled than not?", ALL],
    ["How many cancellations?", ALL],
  ])("%s", async (question, meant) => {
    const query = meant.includes("LIKE") ? meant : ALL; // a text that the query looks for is no condition
    expect((await asked(question, query)).code).toBe(meant);
  });

  test("is a row where the table is called so", async () => {
    const all = "SELECT count(*) AS n FROM 'rescues.csv'";
    expect((await asked("How many rescues were there?", all)).code).toBe(all);
    expect((await asked("How many rescues were tested?", all)).code).toBe(`${all} WHERE tested`);
  });

  test.each([
    ["Und nur für die möblierten?", "möbliert = 'ja'"],
    ["Wie hoch ist die mittlere Miete der möblierten Wohnungen?", "möbliert = 'ja'"],
    ["Quel est le loyer moyen des appartements meublés ?", "meublé = 'oui'"],
    ["¿Cuál es el alquiler medio de los pisos amueblados?", "amueblado = 'sí'"],
    ["带家具的平均租金是多少?", "带家具"],
    ["家具付きの平均家賃はいくらですか?", "家具付き"],
    ["Wie hoch ist die mittlere Miete der nicht möblierten?", "möbliert = 'nein'"],
    ["Loyer moyen des appartements non meublés ?", "meublé = 'non'"],
    ["Loyer moyen des appartements qui ne sont pas meublés ?", "meublé = 'non'"],
    ["Alquiler medio de los pisos que no están amueblados", "amueblado = 'no'"],
    ["Loyer moyen des meublés et des non meublés ?", undefined],
    ["不带家具的平均租金是多少?", "NOT 带家具"],
    ["家具付きではない部屋の平均家賃は?", "NOT 家具付き"],
    ["Ist die Miete mit möbliert höher als ohne?", undefined],
  ])("in each language: %s", async (question, condition) => {
    const mean = "SELECT avg(rent) AS mean FROM 'flats.csv'";
    expect((await asked(question, mean)).code).toBe(condition === undefined ? mean : `${mean} WHERE ${condition}`);
  });
});

test("a text that is compared with a time is looked for in the column that has it", async () => {
  const { code, content } = await asked("How many rides in the rain?", COUNT("started = 'rain'"));
  expect(code).toBe(COUNT("weather = 'rain'"));
  expect(content).toContain("(started is no text; read as weather = 'rain')");
});

describe("a time that nobody named and no row has is left out", () => {
  test.each([
    ["How many rides in the rain?", "weather = 'rain' AND started = '2020-10-01'", "weather = 'rain'"],
    ["Wie viele Fahrten bei Regen?", "year(started) = 2020 AND weather = 'rain'", "weather = 'rain'"],
    ["How many rides in the rain in 2020?", "weather = 'rain' AND year(started) = 2020", undefined],
    ["How many rides in the rain last year?", "weather = 'rain' AND year(started) = 2020", undefined],
    ["How many rides in the rain on Christmas?", "weather = 'rain' AND started = '2020-12-25'", undefined],
    ["How many rides in the rain?", "weather = 'rain' OR year(started) = 2020", undefined],
    ["How many rides in the rain?", "weather = 'rain' AND started >= '2024-01-01'", undefined],
    ["How many in March?", "weather = 'rain' AND started LIKE '2020-03%'", "weather = 'rain' AND month(started) = 3"],
    ["Und nur im März?", "started BETWEEN '2020-03-01' AND '2020-03-31'", "month(started) = 3"],
    ["3月だけだと?", "year(started) = 2020 AND month(started) = 3", "month(started) = 3"],
    ["Et en mars 2020 ?", "year(started) = 2020 AND month(started) = 3", undefined],
    ["¿Y el 3 de marzo?", "started = '2020-03-03'", undefined],
  ])("%s WHERE %s", async (question, condition, meant) => {
    const { code } = await asked(question, COUNT(condition));
    const days = /CAST\((\w+) AS DATE\)/g; // of a time that stays
    expect(code.replace(days, "$1")).toBe(COUNT(meant ?? condition));
  });
});
