// Results that are of something else than what was asked: what the user is told of them, over real tables.
import { describe, expect, test } from "vitest";
import { codeThatRan, type TableInfo } from "../../../interpreter/index.ts";
import { fakeSession } from "../fake-session.ts";
import { contextOver } from "../sessions/notebook-session.ts";
import { run } from "./agent-run.ts";

const FILES = {
  "weather.csv": "day,rain,wind\n2024-05-01,3,7\n2024-05-02,0,9\n2024-05-03,12,4\n",
  "jobs.csv": "job,sex,year,count\nbaker,women,2000,50\nbaker,men,2000,10\nmason,women,2000,5\n",
  "scores.csv": "home_score,away_score,league\n1,2,one\n3,0,two\n",
  "orders.csv": "order,shop,price\n1,A,10\n2,A,20\n3,B,30\n",
  "shops.csv": "shop,city\nA,Oslo\nB,Bonn\n",
  "boats.csv": "boat,port\n1,AA\n2,AA\n3,CC\n4,\n",
  "ports.csv": "code,name\nAA,Aberg\nBB,Borg\nDD,Dorf\n",
  "trips.csv": "trip,quay\n1,Q-1\n2,Q-2\n3,Q-3\n4,Q-4\n5,Q-9\n",
  "quays.csv": "no,side\n1,west\n2,west\n3,east\n4,east\n",
  "visits.csv": "shop,visitor\nA,x\nA,y\nB,z\n",
  "遅延.csv": "路線,原因,遅延（分）\n中央線,強風,30\n海岸線,強風,5\n中央線,信号,9\n",
  "cars.csv": "cylinders,name\n4,a\n4,b\n6,c\n5,d\n5,e\n5,f\n",
};

const context = contextOver(FILES);
const sql = (query: string) => `\`\`\`sql\n${query}\n\`\`\``;
/** The last answer is given as often as it is asked for. */
const asked = (question: string, ...answers: string[]) =>
  run([...answers, ...Array<string>(4).fill(answers.at(-1) ?? "")], { question, session: realSession() });

function realSession() {
  const { session, onSessionEvent } = context();
  return { ...session, onSessionEvent, queries: [], quietQueries: [], executed: [], interrupts: 0 };
}

describe("what no table has", () => {
  const LOST = sql("SELECT humidity FROM 'weather.csv' WHERE day = '2024-05-01'");
  const ROW = sql("SELECT day, rain, wind FROM 'weather.csv' WHERE day = '2024-05-01'");
  test.each([
    ["What was the humidity on 2024-05-01?", "the tables have no humidity"],
    ["Wie war humidity am 2024-05-01?", "haben kein humidity"],
    ["¿Cuál fue la humidity el 2024-05-01?", "humidity"],
    ["Quelle était humidity le 2024-05-01 ?", "humidity"],
    ["2024-05-01的humidity是多少?", "没有humidity"],
    ["2024-05-01のhumidityは?", "humidityの列はありません"],
  ])("is not answered by a row of other columns: %s", async (question, answer) => {
    const { end } = await asked(question, LOST, ROW, "It was 3.");
    expect(end.answer).toContain(answer);
    expect(end.reason).toBe("unanswerable");
  });

  test.each([
    ["遅延が一番多い運転士は誰ですか?", true],
    ["どの車掌の遅延が最も多いですか?", true],
    ["哪个司机的遅延最多?", true],
    ["遅延が一番多い線路はどこですか?", false], // 路線
    ["遅延が一番多い原因はどれですか?", false],
  ])("is told where another kind of thing is named: %s", async (question, isTold) => {
    const { end } = await asked(
      question,
      sql("SELECT 原因, 遅延（分） FROM 遅延 ORDER BY 遅延（分） DESC LIMIT 1"),
      "強風、30。",
    );
    expect((end.doubts ?? []).some((one) => one.includes("what is told is from the column 原因"))).toBe(isTold);
  });

  test.each([
    ["Which actor played in the most films?", "Director", true],
    ["Quel acteur a joué dans le plus de films ?", "Director", true],
    ["Welche Schauspielerin kommt am häufigsten vor?", "Genre category", true],
    ["¿Qué empleados atendieron más pedidos?", "tienda", true],
    ["Which director made the most films?", "Director", false],
    ["Which actor played in the most films?", "Actor", false],
    ["Which actor played in the most films?", "name", false], // may be anybody's
    ["Which driver was late most often?", "crew", false], // which we do not know
  ])("is told where somebody else is named: %s %s", async (question, column, isTold) => {
    const films: TableInfo = {
      ...{ name: "'films.csv'", kind: "file", rowCount: 3 },
      columns: [{ name: column, type: "VARCHAR" }],
    };
    const query = `SELECT "${column}", count(*) AS n FROM 'films.csv' GROUP BY "${column}" ORDER BY n DESC LIMIT 1`;
    const rows = [{ [column]: "Ann", n: 3 }];
    const columns = [
      { name: column, type: "VARCHAR" },
      { name: "n", type: "BIGINT" },
    ];
    const session = fakeSession({ tables: [films], sql: () => ({ columns, rows, rowCount: 1 }) });
    const { end } = await run([sql(query), ...Array<string>(4).fill("Ann, 3.")], { question, session });
    expect((end.doubts ?? []).some((one) => one.includes(`what is told is from the column ${column}`))).toBe(isTold);
  });

  test.each([
    ["What is the amount (rain * wind) in all?", "max-repairs"],
    ["雨量(rain×wind)の合計は?", "max-repairs"],
    ["What is the amount in all?", "unanswerable"],
  ])("is no column that the question says how to compute: %s", async (question, reason) => {
    const name = question.includes("雨量") ? "雨量" : "amount";
    const failing = ["sum", "max", "avg", "min"].map((one) => sql(`SELECT ${one}(${name}) FROM 'weather.csv'`));
    const { end } = await asked(question, ...failing);
    expect(end.reason).toBe(reason);
  });

  test("is told where one other column is taken for it", async () => {
    const other = sql("SELECT max(rain) AS most FROM 'weather.csv'");
    const { end } = await asked(
      "What was the highest humidity?",
      sql("SELECT max(humidity) FROM weather"),
      other,
      "It was 12.",
    );
    expect(end.doubts).toContain("the tables have no humidity");
  });

  test("is nothing to tell of where the model found the column", async () => {
    const found = sql("SELECT rain FROM 'weather.csv' WHERE day = '2024-05-01'");
    const { end } = await asked(
      "How much rain was there on 2024-05-01?",
      sql("SELECT rain_mm2 FROM weather"),
      found,
      "It was 3.",
    );
    expect(end.doubts).toBeUndefined();
    expect(end.answer).toContain("3");
  });
});

describe("which one has the most", () => {
  const ALL = sql("SELECT sum(count) AS n FROM 'jobs.csv'");
  test.each([
    "Which job had the most women in 2000?",
    "Welcher Beruf hatte im Jahr 2000 die meisten Frauen?",
    "¿Qué oficio tuvo más mujeres en 2000?",
    "Quel métier avait le plus de femmes en 2000 ?",
    "2000年女性最多的职业是哪个?",
    "2000年に女性が一番多い職業はどれですか?",
  ])("is no number of all: %s", async (question) => {
    const { end } = await asked(question, ALL, "It is 65.");
    expect(end.doubts).toContain("the question asks which one it is, and the query gives a number of all of them");
  });

  test.each([
    "What is the highest total count?",
    "¿Cuál es el número total más alto?",
    "Quel est le total le plus élevé ?",
  ])("is not what is asked: %s", async (question) => {
    const { end } = await asked(question, ALL, "It is 65.");
    expect((end.doubts ?? []).join()).not.toContain("which one");
  });
});

describe("a median or a percentile that no query computes", () => {
  test.each([
    ["What is the 90th percentile of the rain?", "a percentile"],
    ["Wie hoch ist das 90. Perzentil von rain?", "a percentile"],
    ["¿Cuál es el percentil 90 de rain?", "a percentile"],
    ["Quel est le 90e centile de rain ?", "a percentile"],
    ["rain的第90百分位是多少?", "a percentile"],
    ["rainの中央値は?", "a median"],
  ])("%s", async (question, what) => {
    const { end } = await asked(question, sql("SELECT max(rain) AS r FROM weather"), "12.");
    expect(end.doubts).toEqual(
      expect.arrayContaining([expect.stringContaining(`asks for ${what}, and the query computes none`)]),
    );
  });

  test("is one by any of its functions", async () => {
    const query = sql("SELECT quantile_cont(rain, 0.9) AS p FROM weather");
    expect((await asked("What is the 90th percentile of the rain?", query, "It is 10.2.")).end.doubts).toBeUndefined();
  });
});

describe("a join", () => {
  const REPEATED = "the join repeats rows of 'orders.csv', so that they are taken more than once";
  test.each([
    ["SELECT sum(price) AS total FROM orders JOIN visits ON orders.shop = visits.shop", [REPEATED]],
    ["SELECT avg(o.price) AS mean FROM visits AS v JOIN orders AS o ON v.shop = o.shop", [REPEATED]],
    ["SELECT count(*) AS n FROM orders JOIN visits USING (shop)", [REPEATED]],
    ["SELECT sum(price) AS total FROM orders JOIN shops ON orders.shop = shops.shop", undefined],
    ["SELECT max(price) AS total FROM orders JOIN visits ON orders.shop = visits.shop", undefined],
    ['SELECT count(DISTINCT "order") AS n FROM orders JOIN visits ON orders.shop = visits.shop', undefined],
  ])("that repeats what is computed with is told: %s", async (query, doubts) => {
    const { end, results } = await asked(
      "How much is there in total of price, for the visits?",
      sql(query),
      "See the table.",
    );
    expect(results[0]?.failed).toBe(false);
    expect((end.doubts ?? []).filter((one) => one.includes("repeats"))).toEqual(doubts ?? []);
  });
});

describe("rows that a join leaves out", () => {
  const LOST = "(2 of 4 rows of boats.csv have no row in ports.csv by port = code, and are left out)";
  test.each([
    ["SELECT port, count(*) AS n FROM 'boats.csv' JOIN 'ports.csv' ON port = code GROUP BY port", true],
    ["SELECT name, count(*) AS n FROM 'ports.csv' p JOIN 'boats.csv' b ON b.port = p.code GROUP BY name", true],
    ["SELECT port, count(*) AS n FROM 'boats.csv' LEFT JOIN 'ports.csv' ON port = code GROUP BY port", false],
    ["SELECT shop, count(*) AS n FROM orders JOIN shops USING (shop) GROUP BY shop", false],
  ])("are told: %s", async (query, isTold) => {
    const { results } = await asked("How many are there of each?", sql(query), "See the table.");
    expect(results[0]?.failed).toBe(false);
    expect(results[0]?.content.includes(LOST)).toBe(isTold);
    expect(JSON.stringify(results[0]?.facts).includes(LOST)).toBe(isTold);
  });
});

test("rows that a join by keys in two writings leaves out are told", async () => {
  const query = "SELECT side, count(*) AS n FROM 'trips.csv' t JOIN 'quays.csv' q ON t.quay = q.no GROUP BY side";
  const { results } = await asked("How many trips are there of each side?", sql(query), "See the table.");
  const notes = "(1 of 5 rows of trips.csv have no row in quays.csv by quay = no, and are left out)";
  expect(results[0]?.content).toContain("compared by their numbers)");
  expect(results[0]?.content).toContain(notes);
});

describe("a difference", () => {
  const QUERY = sql("SELECT avg(home_score - away_score) AS goals FROM scores");
  const DOUBT = "the query subtracts away_score from home_score, and the question speaks of no difference";
  test.each([
    ["What is the average number of goals?", true],
    ["Wie viele Tore fielen im Mittel?", true],
    ["¿Cuál es el promedio de goles?", true],
    ["Quelle est la moyenne des buts ?", true],
    ["平均进球数是几个?", true],
    ["ゴールの平均は?", true],
    ["What is the average goal difference?", false],
    ["By how much did the home side win on average?", false],
    ["Wie groß ist der Unterschied im Mittel?", false],
    ["得点差の平均は?", false],
  ])("that nobody asked for is told: %s", async (question, isTold) => {
    const { end } = await asked(question, QUERY, "It is 1.");
    expect((end.doubts ?? []).includes(DOUBT)).toBe(isTold);
  });
});

describe("each of several", () => {
  const QUERY = sql("SELECT cylinders, count(*) AS cars FROM cars GROUP BY cylinders ORDER BY cylinders");
  test.each([
    "How many cars are there of each number of cylinders?",
    "Wie viele Autos gibt es je Zylinderzahl (cylinders)?",
    "¿Cuántos coches hay por cylinders?",
    "Combien de voitures par cylinders ?",
    "每种cylinders有多少辆车?",
    "cylindersごとの台数は?",
  ])("is told, and not one of them: %s", async (question) => {
    const { end } = await asked(question, QUERY, "There are 3 cars with 5 cylinders.");
    expect(end.answer).toContain("4 (2)");
    expect(end.answer).toContain("6 (1)");
  });
});

test("a name that the model translates is of the group that the question names", async () => {
  const { results } = await asked(
    "wind ごとの rain の合計は?",
    sql("SELECT vent, sum(rain) AS total FROM weather GROUP BY vent"),
    "See.",
  );
  expect(codeThatRan(results[0]?.facts ?? [])).toContain("GROUP BY wind");
});
