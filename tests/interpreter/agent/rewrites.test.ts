// Queries as small models write them, over real tables: what they are read as, and what that gives.
import { describe, expect, test } from "vitest";
import { contextOver } from "../sessions/notebook-session.ts";
import { readQuery } from "./read-queries.ts";

const FILES = {
  "births.csv":
    "name,sex,year,count\nAda,girl,1990,10\nAda,girl,2000,40\nBen,boy,1990,30\nBen,boy,2000,5\nCy,boy,1990,7\nCy,boy,2000,8\n",
  "visits.csv": "place,day,n\nzoo,2024-01-01,20\nzoo,2024-01-02,30\npark,2024-01-01,90\npool,2024-01-02,4\n",
  "houses.csv": "street,number,owner\nElm,11,Ann\nElm,12,Bob\nOak,99,Cid\n",
  "rides.csv": "route,km\nnorth,1.5\nnorth,1.6\nsouth,9.5\n",
  "towns.csv": "town,pop\nOslo,700000\nBonn,330000\n",
  "songs.csv": "song,year,plays\nA,2020,9\nA,2021,1\nB,2020,50\n",
  "films.csv":
    "Title,Studio,DVD Sales,Grade\nA,Uni,5,R\nB,Uni,6,\nC,Fox,90,R\nD,Uni,1,PG\nE,Par,,\nF,,100,R\nG,Fox,3,PG\n",
  "遅延.csv":
    "路線,駅,原因,分,影響人数\n中央線,東,強風,30,100\n中央線,西,信号,5,900\n海岸線,南,強風,25,7\n中央線,南,強風,10,50\n",
  "flats.csv": "ref,type,loyer_mensuel,surface_m2\nA,T2,700,40\nB,T3,1500,70\nC,T3,1300,60\nD,T2,900,45\n",
  "parts.csv": "part,price\nnut,10\nbolt,20\nnail,30\n",
  "matches.csv": "home,away,home_goals,away_goals,division\nA,B,1,2,one\nC,D,3,0,two\nE,F,2,2,one\n",
  "trips.csv": "trip,origin,dest,late\n1,AAA,BBB,10\n2,AAA,CCC,20\n3,BBB,CCC,30\n4,CCC,AAA,0\n",
  "pushes.csv": "at,count\n2024-01-01 09:00,2\n2024-01-02 09:30,5\n2024-01-03 11:00,6\n",
  "会計.csv": "商品,個数,店内\n茶,3,true\n茶,2,false\n菓子,4,false\n",
  "visitors.csv": "month,museum,value\n2024-01-01,A,100\n2024-01-01,B,50\n2024-02-01,A,70\n2024-02-01,B,90\n",
  "orders.csv":
    "order,customer,quantity,delivered\n1,Ann,3,yes\n2,Bob,4,no\n3,Ann,9,yes\n4,Cid,2,yes\n5,Bob,2,yes\n6,Cid,4,no\n",
  "parcels.csv": "parcel,shipping_weight,fee\n1,20,4.5\n2,30,5.5\n",
  "people.csv": "name,dept\nAnn,IT\nBob,IT\nCy,HR\n",
  "ports.csv": "code,state\nAAA,TX\nBBB,CA\nCCC,CA\n",
};

const context = contextOver(FILES);

const asked = (question: string, query: string, before = "") => readQuery(context, question, query, before);

describe("a column that holds counts", () => {
  const BY_NAME =
    "SELECT name, count(*) AS count FROM 'births.csv' WHERE sex = 'boy' GROUP BY name ORDER BY count DESC LIMIT 1";
  test.each([
    "Which boy's name was given most often?",
    "Welcher Name wurde am häufigsten vergeben?",
    "¿Qué nombre de niño fue el más común?",
    "Quel prénom de garçon a été le plus donné ?",
    "最常见的男孩名字是哪个?",
    "男の子に一番多い名前はどれですか?",
  ])("is added up: %s", async (question) => {
    const { rows, note } = await asked(question, BY_NAME);
    expect(rows).toEqual([["Ben", 35]]);
    expect(note).toContain("its column count says");
  });

  test("in a share as in its whole", async () => {
    const query = "SELECT 100.0 * count(*) FILTER (WHERE sex = 'girl') / count(*) AS percent FROM births";
    expect((await asked("What share of the births were girls?", query)).rows).toEqual([[50]]);
  });

  test("is no condition on groups", async () => {
    const query =
      "SELECT customer FROM orders GROUP BY customer HAVING count(*) FILTER (WHERE delivered = 'no') = 0 ORDER BY 1";
    expect((await asked("To which customers was everything delivered?", query)).rows).toEqual([["Ann"]]);
  });

  test("is called otherwise, where the table is one of counts", async () => {
    const query = "SELECT place, count(*) AS visits FROM 'visits.csv' GROUP BY place ORDER BY visits DESC LIMIT 1";
    expect((await asked("Which place had the most visits?", query)).rows).toEqual([["park", 90]]);
  });

  test("is called otherwise, and its items are asked for", async () => {
    const query = "SELECT count(*) AS n FROM 会計 WHERE 商品 = '茶'";
    expect((await asked("茶は何個売れましたか?", query)).rows).toEqual([[5]]);
    expect((await asked("茶の個数は?", query)).rows).toEqual([[5]]);
  });

  test.each([
    ["How many rows does the table have?", "SELECT count(*) AS n FROM 'births.csv'"],
    ["In how many years was Ada given?", "SELECT count(*) AS n FROM 'births.csv' WHERE name = 'Ada'"],
    ["How many names were given more than 20 times?", "SELECT count(*) AS n FROM 'births.csv' WHERE count > 20"],
    ["What is the number of houses on Elm street?", "SELECT count(*) AS n FROM 'houses.csv' WHERE street = 'Elm'"],
    [
      "Which street has the most houses?",
      "SELECT street, count(*) AS n FROM houses GROUP BY street ORDER BY n DESC LIMIT 1",
    ],
    ["持ち帰りの会計は何件ですか?", "SELECT count(*) AS n FROM 会計 WHERE 店内 = false"],
    ["売上が一番多い商品の会計は何件ですか?", "SELECT count(*) AS n FROM 会計 WHERE 商品 = '茶'"],
    ["有多少条记录?", "SELECT count(*) AS n FROM 会計"],
    ["How many houses are there on Elm street?", "SELECT count(*) AS n FROM 'houses.csv' WHERE street = 'Elm'"],
  ])("is not meant: %s", async (question, query) => {
    expect((await asked(question, query)).note).toBeUndefined();
  });
});

describe("how many", () => {
  test.each([
    ["強風が原因で20分以上遅れたのは何件ですか?", "SELECT 駅, 影響人数 FROM 遅延 WHERE 原因 = '強風' AND 分 >= 20", 2],
    ["2024年の遅延は何件ありましたか?", "SELECT SUM(影響人数) FROM '遅延.csv'", 4],
    ["How many flats have more than 50 m2?", "SELECT * FROM flats WHERE surface_m2 > 50", 2],
    ["Wie viele Wohnungen kosten mehr als 1000?", "SELECT ref, loyer_mensuel FROM flats WHERE loyer_mensuel > 1000", 2],
    ["Combien de logements de type T2 ?", "SELECT ref FROM flats WHERE type = 'T2'", 2],
    ["¿Cuántos pisos hay de tipo T3?", "SELECT ref, type FROM flats WHERE type = 'T3'", 2],
    ["有多少套T3?", "SELECT ref FROM flats WHERE type = 'T3'", 2],
    ["How many streets are there?", "SELECT DISTINCT street FROM houses", 2],
  ])("%s is a count", async (question, query, count) => {
    expect((await asked(question, query)).rows).toEqual([[count]]);
  });

  test.each([
    ["影響を受けたのは何人ですか?", "SELECT SUM(影響人数) FROM 遅延"],
    ["How many goals were there?", "SELECT sum(home_goals + away_goals) FROM matches"],
    ["How many visitors came?", "SELECT sum(n) FROM visits"],
    ["How many visitors came?", "SELECT sum(value) FROM visitors"],
    ["How many visitors came to A in January?", "SELECT value FROM visitors WHERE museum = 'A' AND month(month) = 1"],
    ["What was the highest number of visitors in a month?", "SELECT max(value) FROM visitors"],
    ["How many people live in Oslo?", "SELECT pop FROM towns WHERE town = 'Oslo'"],
    ["Wie viele Einwohner haben Oslo und Bonn?", "SELECT town, pop FROM towns WHERE town IN ('Oslo', 'Bonn')"],
    ["¿Cuántos habitantes tiene Oslo?", "SELECT * FROM towns WHERE town = 'Oslo'"],
    ["奥斯陆有多少人?", "SELECT pop FROM towns WHERE town = 'Oslo'"],
    ["オスロの住民は何人ですか?", "SELECT pop FROM towns WHERE town = 'Oslo'"],
    ["Which flats have how many m2?", "SELECT ref, surface_m2 FROM flats"],
    ["表里的价格是多少?", "SELECT part, price FROM parts"],
  ])("%s is none, or another", async (question, query) => {
    expect((await asked(question, query)).note).toBeUndefined();
  });
});

describe("the most of a table's rows", () => {
  const ROWS = "SELECT Studio, DVD Sales FROM films ORDER BY DVD Sales DESC LIMIT 1";
  test.each([
    "Which studio has made the most films?",
    "Welches Studio hat die meisten Films gedreht?",
    "¿Qué studio ha hecho más films?",
    "Quel studio a fait le plus de films ?",
    "Which studio has the highest number of films?",
  ])("%s", async (question) => {
    expect((await asked(question, ROWS)).rows).toEqual([["Uni", 3]]);
  });

  test.each([
    [
      "遅延の件数が一番多い路線はどこですか?",
      "SELECT 路線 FROM 遅延 GROUP BY 路線 ORDER BY 影響人数 DESC LIMIT 1",
      "中央線",
    ],
    ["哪个路線的遅延件数最多?", "SELECT 路線, 影響人数 FROM 遅延 ORDER BY 影響人数 DESC LIMIT 1", "中央線"],
    ["Which route is taken most often?", "SELECT route FROM rides ORDER BY km DESC LIMIT 1", "north"],
    ["Quelle route est prise le plus souvent ?", "SELECT route FROM rides ORDER BY km DESC LIMIT 1", "north"],
    ["Which studio has made the fewest films?", "SELECT Studio FROM films ORDER BY DVD Sales LIMIT 1", "Par"],
  ])("%s", async (question, query, key) => {
    expect((await asked(question, query)).rows?.[0]?.[0]).toBe(key);
  });

  test.each([
    ["Which studio has the most DVD sales?", ROWS],
    ["Which film has the highest DVD sales?", "SELECT Title FROM films ORDER BY DVD Sales DESC LIMIT 1"],
    ["Which studio sold the most?", ROWS],
    ["Which song was heard most often?", "SELECT song FROM songs ORDER BY plays DESC LIMIT 1"],
    ["Welches Lied wurde am häufigsten gespielt?", "SELECT song FROM songs ORDER BY plays DESC LIMIT 1"],
    ["Which town has the most people?", "SELECT town FROM towns ORDER BY pop DESC LIMIT 1"],
    ["影響人数が一番多い路線はどこですか?", "SELECT 路線 FROM 遅延 ORDER BY 影響人数 DESC LIMIT 1"],
  ])("%s is the highest of a column", async (question, query) => {
    expect((await asked(question, query)).note).toBeUndefined();
  });
});

describe("a table joined with itself", () => {
  test("is read once, without the rows that the join lost", async () => {
    const query =
      "SELECT CAST(SUM(CASE WHEN T2.Grade = 'R' THEN 1 ELSE 0 END) AS REAL) * 100 / COUNT(*) AS share FROM 'films.csv' AS T1 JOIN 'films.csv' AS T2 ON T1.Grade = T2.Grade";
    const { rows, note } = await asked("What share of the films with a known grade is rated R, in percent?", query);
    expect(rows).toEqual([[60]]);
    expect(note).toContain("joined with itself");
  });

  test("may count the others of one", async () => {
    const query = "SELECT count(*) - 1 AS n FROM people a JOIN people b ON a.dept = b.dept WHERE a.name = 'Ann'";
    expect((await asked("How many colleagues does Ann have?", query)).rows).toEqual([[1]]);
  });

  test("may compare its rows", async () => {
    const query = "SELECT a.Title, b.Title FROM films a JOIN films b ON a.Studio = b.Studio WHERE a.Title < b.Title";
    expect((await asked("Which films are of the same studio?", query)).note).toBeUndefined();
  });
});

describe("the measure that is named", () => {
  const SURFACE = "SELECT type, avg(surface_m2) AS moyenne FROM flats GROUP BY type ORDER BY type";
  test.each([
    "Quel est le loyer moyen par type ?",
    "What is the mean loyer by type?",
    "Wie hoch ist loyer_mensuel im Mittel je type?",
    "¿Cuál es la media de loyer_mensuel por type?",
    "按type统计loyer_mensuel的平均值",
    "typeごとのloyer_mensuelの平均は?",
  ])("is taken: %s", async (question) => {
    expect((await asked(question, SURFACE)).rows).toEqual([
      ["T2", 800],
      ["T3", 1400],
    ]);
  });

  test.each([
    ["Quelle est la surface moyenne des logements avec un loyer de plus de 800 ?", "SELECT avg(surface_m2) FROM flats"],
    ["How many pieces were ordered by Ann?", "SELECT sum(quantity) FROM orders WHERE customer = 'Ann'"],
    ["What did customers pay for shipping in total?", "SELECT sum(fee) FROM parcels"],
    ["How large are the flats on average, by loyer_mensuel?", "SELECT avg(surface_m2) FROM flats GROUP BY type"],
  ])("may be no measure: %s", async (question, query) => {
    expect((await asked(question, query)).note ?? "").not.toContain("is taken instead");
  });
});

describe("groups", () => {
  const BY_ORIGIN =
    "SELECT origin, avg(late) AS mean FROM trips JOIN ports ON trips.dest = ports.code GROUP BY origin ORDER BY origin";
  test.each([
    "What is the mean delay (late) by the state of the destination?",
    "Wie groß ist late im Mittel je state?",
    "¿Cuál es la media de late por state?",
    "Quelle est la moyenne de late par state ?",
    "按state统计late的平均值",
    "stateごとのlateの平均を教えて",
  ])("are those of the question: %s", async (question) => {
    const { rows, note } = await asked(question, BY_ORIGIN);
    expect(rows).toEqual([
      ["CA", 20],
      ["TX", 0],
    ]);
    expect(note).toContain("grouped by state");
  });

  const BY_MOMENT = "SELECT at, count(*) AS n FROM 'pushes.csv' GROUP BY at ORDER BY n DESC LIMIT 1";
  test.each([
    ["At which hour of the day are there the most pushes?", 9, 7],
    ["Zu welcher Stunde gibt es die meisten pushes?", 9, 7],
    ["À quelle heure y a-t-il le plus de pushes ?", 9, 7],
    ["¿A qué hora hay más pushes?", 9, 7],
    ["哪个小时的pushes最多?", 9, 7],
    ["何時のpushesが一番多いですか?", 9, 7],
    ["On which day of the week are there the most pushes?", "Wednesday", 6],
    ["何曜日のpushesが一番多いですか?", "Wednesday", 6],
  ])("are parts of the time: %s", async (question, part, count) => {
    expect((await asked(question, BY_MOMENT)).rows).toEqual([[part, count]]);
  });

  test("stay where the question speaks of them", async () => {
    expect((await asked("What is the mean delay by origin?", BY_ORIGIN)).note).toBeUndefined();
  });

  test.each([
    ["What is the mean price of the parts?", "SELECT part, avg(price) AS mean FROM parts GROUP BY part", 20],
    [
      "Wie hoch ist der mittlere Preis der Teile (parts)?",
      "SELECT part, avg(price) AS mean FROM parts GROUP BY part",
      20,
    ],
    [
      "What is the average number of goals per match?",
      "SELECT division, avg(home_goals + away_goals) AS mean FROM matches GROUP BY division",
      10 / 3,
    ],
    ["What is the mean surface?", "SELECT type, avg(surface_m2) AS mean FROM flats GROUP BY type", 53.75],
  ])("are left out where one value is asked for: %s", async (question, query, value) => {
    const { rows, note } = await asked(question, query);
    expect(rows).toEqual([[value]]);
    expect(note).toContain("one value was asked for");
  });

  test.each([
    ["What is the mean price of each part?", "SELECT part, avg(price) AS mean FROM parts GROUP BY part"],
    ["What is the mean surface per type?", "SELECT type, avg(surface_m2) AS mean FROM flats GROUP BY type"],
  ])("stay: %s", async (question, query) => {
    expect((await asked(question, query)).note).toBeUndefined();
  });
});

describe("a list of what was to be computed", () => {
  test.each([
    ["Quel est le loyer moyen des T3 ?", 1400],
    ["What is the mean loyer_mensuel of the T3?", 1400],
    ["Wie hoch ist loyer_mensuel der T3 im Mittel?", 1400],
    ["¿Cuál es la media de loyer_mensuel de los T3?", 1400],
    ["T3的平均loyer_mensuel是多少?", 1400],
    ["T3のloyer_mensuelの平均は?", 1400],
    ["What is the median loyer of the T3?", 1400],
    ["What is the total loyer of the T3?", 2800],
  ])("is computed: %s", async (question, value) => {
    expect((await asked(question, "SELECT loyer_mensuel FROM flats WHERE type = 'T3'")).rows).toEqual([[value]]);
  });

  test("by the groups that are named", async () => {
    const { rows } = await asked("Quel est le loyer moyen par type ?", "SELECT type, loyer_mensuel FROM flats");
    expect(new Map(rows as [string, number][])).toEqual(
      new Map([
        ["T2", 800],
        ["T3", 1400],
      ]),
    );
  });

  test("in the order that is asked for", async () => {
    const query = "SELECT type, loyer_mensuel FROM flats ORDER BY loyer_mensuel DESC LIMIT 1";
    const { rows } = await asked("Which type has the highest total loyer_mensuel?", query);
    expect(rows?.[0]).toEqual(["T3", 2800]);
  });

  test.each([
    ["Which flats are above the mean loyer?", "SELECT ref, loyer_mensuel FROM flats WHERE loyer_mensuel > 1100"],
    ["What is the loyer of the T3?", "SELECT loyer_mensuel FROM flats WHERE type = 'T3'"],
    ["Show each loyer beside the mean.", "SELECT ref, loyer_mensuel, avg(loyer_mensuel) OVER () AS mean FROM flats"],
  ])("may be what is asked for: %s", async (question, query) => {
    expect((await asked(question, query)).note).toBeUndefined();
  });
});

describe("a condition on what is computed of groups", () => {
  const BY_ROW = "SELECT DISTINCT type FROM flats WHERE loyer_mensuel > 800";
  test.each([
    "Which types have a mean loyer above 800?",
    "Welche Wohnungen (type) haben im Mittel ein loyer_mensuel über 800?",
    "¿Qué type tiene de media un loyer_mensuel de más de 800?",
    "Quels types ont un loyer moyen de plus de 800 ?",
    "哪些type的平均loyer_mensuel超过800?",
    "loyer_mensuelの平均が800を超えるtypeはどれですか?",
  ])("is not one on each row: %s", async (question) => {
    expect((await asked(question, BY_ROW)).rows).toEqual([["T3"]]);
  });

  test("is not one on each row that is grouped", async () => {
    const grouped = "SELECT type FROM flats WHERE loyer_mensuel > 800 GROUP BY type";
    expect((await asked("Quels types ont un loyer moyen de plus de 800 ?", grouped)).rows).toEqual([["T3"]]);
  });

  test("may be one on each row", async () => {
    expect((await asked("Which types have a loyer above 800?", BY_ROW)).note).toBeUndefined();
  });
});

describe("what follows a value and asks for it by groups", () => {
  const BEFORE = "SELECT count(*) AS n FROM orders WHERE delivered = 'yes'";
  test.each(["und nach customer?", "And by customer?", "Et par customer ?", "¿Y por customer?", "按customer呢?"])(
    "is computed as it was: %s",
    async (question) => {
      const { rows, note } = await asked(
        question,
        "SELECT count(*) AS n FROM orders WHERE customer IN ('Ann')",
        BEFORE,
      );
      expect(rows).toEqual([
        ["Ann", 2],
        ["Bob", 1],
        ["Cid", 1],
      ]);
      expect(note).toContain("by customer");
    },
  );

  test("may be grouped already, or sorted", async () => {
    const grouped = "SELECT customer, sum(quantity) AS n FROM orders GROUP BY customer";
    expect((await asked("And by customer?", grouped, BEFORE)).note ?? "").not.toContain("question before");
    const sorted = "SELECT * FROM orders WHERE delivered = 'yes' ORDER BY customer";
    expect((await asked("Show them sorted by customer", sorted, BEFORE)).note ?? "").not.toContain("by customer");
  });
});

describe("what follows a computed value", () => {
  const BEFORE = "SELECT avg(loyer_mensuel) AS loyer FROM 'flats.csv' WHERE type = 'T2' AND surface_m2 > 10";
  test.each(["Et celui des T3 ?", "And for T3?", "Und für T3?", "¿Y para T3?", "那T3呢?", "T3は?"])(
    "is computed as it was: %s",
    async (question) => {
      const query = "SELECT type, loyer_mensuel FROM 'flats.csv' WHERE type = 'T3'";
      const { rows, query: meant } = await asked(question, query, BEFORE);
      expect(rows).toEqual([[1400]]);
      expect(meant).toContain("surface_m2 > 10");
      expect(meant).toContain("type = 'T3'");
    },
  );

  test("may be another question", async () => {
    const query = "SELECT ref, surface_m2 FROM flats WHERE type = 'T3'";
    expect((await asked("And the surface of the T3?", query, BEFORE)).note ?? "").not.toContain("computed as");
  });
});
