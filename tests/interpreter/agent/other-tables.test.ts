// Queries over tables of many kinds, as the 0.5B writes them: what they are read as, and what that gives.
import { describe, expect, test } from "vitest";
import { missingHint } from "../../../interpreter/agent/missing-values.ts";
import { sqlShapes } from "../../../interpreter/agent/sql-shapes.ts";
import { contextOver } from "../sessions/notebook-session.ts";
import { readQuery } from "./read-queries.ts";

const FILES = {
  "invoices.csv": "invoice_id,branch,agent_id\n1,North,7\n2,North,8\n3,South,7\n",
  "items.csv": "invoice_id,product,units,price\n1,pen,2,1.5\n1,ink,1,6\n1,pad,3,2\n2,pen,4,1.5\n3,ink,1,6\n3,pad,1,2\n",
  "boxes.csv": "box,depot,weight\na,East,3\nb,East,9\nc,West,1\n",
  "snow.csv":
    "place,day,snow_cm\nUp,2024-01-01,0\nUp,2024-01-02,12\nUp,2024-01-03,0\nUp,2024-01-04,\nDown,2024-01-01,0\n",
  "wines.csv": "wine,sugar\nA,4\nB,0\nC,5\nD,6\nE,7\nF,8\nG,9\nH,3\nI,2\nJ,6\nK,5\nL,4\nM,\nN,\n",
  "pupils.csv": "pupil,class,note\nAnn,7a,2\nBob,7a,3\nCid,8b,1\nDan,8b,6\n",
  "trains.csv": "train,origin,late,stops,minutes\n1,Oslo,yes,2,5\n2,Oslo,no,0,0\n3,Bonn,yes,1,9\n4,Bonn,no,4,0\n",
  "huts.csv":
    "place,day,visitors\nUp,2024-07-01,1\nUp,2024-07-09,2\nUp,2024-08-01,10\nUp,2024-08-05,20\nDown,2024-08-01,7\n",
  "sensors.jsonl": [
    '{"sensor":{"id":"a","room":"lab"},"temp":31}',
    '{"sensor":{"id":"b","room":"hall"},"temp":19}',
    '{"sensor":{"id":"c","room":"hall"},"temp":21}',
  ].join("\n"),
  "rents.csv": "city,year,rent,size\nOslo,2023,10,50\nOslo,2024,14,60\nBergen,2023,6,70\nBergen,2024,8,80\n",
  "注文.csv": "番号,都市,数量,区分\nA1,東京,3,会員\nA2,大阪,5,一般\nA3,東京,4,一般\n",
};

const context = contextOver(FILES);
const asked = (question: string, query: string, before = "") => readQuery(context, question, query, before);

describe("a join that nothing was asked of", () => {
  const JOINED =
    "SELECT branch, count(*) AS n FROM 'invoices.csv' JOIN 'items.csv' ON 'items.csv'.invoice_id = 'invoices.csv'.invoice_id GROUP BY branch ORDER BY branch";

  test("repeats no rows", async () => {
    const { rows, note } = await asked("How many invoices has each branch?", JOINED);
    expect(rows).toEqual([
      ["North", 2],
      ["South", 1],
    ]);
    expect(note).toContain("'items.csv' is left out");
  });

  test("stays where the other table is named, or the question is in another language than its names", async () => {
    expect((await asked("How many items has each branch?", JOINED)).note).toBeUndefined();
    expect((await asked("各店有几笔？", JOINED)).note).toBeUndefined();
  });

  test("stays where it repeats nothing", async () => {
    const query = "SELECT product, sum(units) AS n FROM items JOIN invoices USING (invoice_id) GROUP BY product";
    expect((await asked("How many units of each product were sold?", query)).note).toBeUndefined();
  });
});

describe("the first of each", () => {
  const LISTED = "SELECT class, pupil, note FROM 'pupils.csv' ORDER BY note DESC";

  test.each([
    "Who has the highest note of each class?",
    "Wer hat die höchste Note in jeder class?",
    "¿Quién tiene la note máxima de cada class?",
    "Qui a la plus haute note de chaque class ?",
  ])("is no list of all: %s", async (question) => {
    const { rows, note } = await asked(question, LISTED);
    expect(rows).toEqual([
      ["7a", "Bob", 3],
      ["8b", "Dan", 6],
    ]);
    expect(note).toContain("of each class");
  });

  test.each([
    ["List the notes of each class, best first.", LISTED],
    ["Who has the highest note?", LISTED],
    ["Who has the highest note of each class?", "SELECT pupil, note FROM 'pupils.csv' ORDER BY note DESC"],
    ["What is the highest note of each class?", "SELECT class, max(note) AS n FROM 'pupils.csv' GROUP BY class"],
  ])("stays: %s %s", async (question, query) => {
    expect((await asked(question, query)).note ?? "").not.toContain("of each class those");
  });
});

test("a number that is a name is no measure, whatever it is called", async () => {
  const query = "SELECT agent_id, count(*) AS n FROM invoices GROUP BY agent_id ORDER BY n DESC LIMIT 1";
  expect((await asked("Which agent wrote the most invoices?", query)).query).toContain("agent_id");
});

describe("revenue that no column holds", () => {
  test.each([
    ["What is the revenue by branch?", "sum(price)"],
    ["¿Cuál es el importe total por branch?", "sum(branch)"],
    ["Wie hoch sind die Einnahmen je branch?", "sum(price)"],
  ])("is computed: %s", async (question, call) => {
    const query = `SELECT branch, ${call} AS r FROM invoices JOIN items USING (invoice_id) GROUP BY branch ORDER BY branch`;
    expect((await asked(question, query)).rows).toEqual([
      ["North", 21],
      ["South", 8],
    ]);
  });

  test("of each invoice, on average", async () => {
    const query = "SELECT avg(price) AS m FROM items JOIN invoices USING (invoice_id)";
    expect((await asked("What is the average revenue per invoice?", query)).rows).toEqual([[29 / 3]]);
  });
});

describe("the mean of what each has in all", () => {
  const QUERY = "SELECT avg(units) AS m FROM items";
  test.each([
    "How many units per invoice are there on average?",
    "Wie viele units pro invoice sind es im Durchschnitt?",
    "¿Cuántas units por invoice hay de media?",
  ])("%s", async (question) => {
    expect((await asked(question, QUERY)).rows).toEqual([[4]]);
  });

  test("is not that of a price, of one group, or of another column", async () => {
    expect(
      (await asked("What is the average price per invoice?", "SELECT avg(price) FROM items")).note,
    ).toBeUndefined();
    expect((await asked("What is the mean of units per product?", QUERY)).note ?? "").not.toMatch(/has in all/);
  });
});

describe("a number of rows by group", () => {
  test.each([
    ["How many boxes are there per depot?", "SELECT box, depot FROM boxes"],
    ["depotごとのboxesの件数は？", "SELECT box, depot FROM boxes ORDER BY box"],
  ])("is counted: %s", async (question, query) => {
    const { rows } = await asked(question, query);
    expect(rows?.sort()).toEqual([
      ["East", 2],
      ["West", 1],
    ]);
  });

  test.each(["番号はいくつありますか？", "注文の件数は？"])("of all: %s", async (question) => {
    expect((await asked(question, "SELECT 番号 FROM '注文.csv'")).rows).toEqual([[3]]);
  });

  test("is not counted where a list, a mean or the most was asked", async () => {
    for (const question of ["List the boxes of each depot", "The mean weight by depot"])
      expect((await asked(question, "SELECT box, depot FROM boxes")).note ?? "").not.toContain("counted by");
  });
});

describe("what there is none of", () => {
  const SHARE = "SELECT count(*) AS n FROM snow WHERE place = 'Up' AND snow_cm IS NULL";
  test.each([
    "How many days without snow had Up?",
    "Wie viele Tage ohne snow hatte Up?",
    "Combien de jours sans snow à Up ?",
    "¿Cuántos días sin snow hubo en Up?",
  ])("is 0 where many rows say so: %s", async (question) => {
    const { rows, note } = await asked(question, SHARE);
    expect(rows).toEqual([[2]]);
    expect(note).toContain("1 rows have no value of it");
  });

  test.each([
    "How many days have no measurement of snow in Up?",
    "An wie vielen Tagen gibt es keine Messung von snow in Up?",
    "Combien de jours n'ont pas de mesure de snow à Up ?",
    "¿Cuántos días no tienen medición de snow en Up?",
    "Up没有snow记录的日子有几天?",
    "Upでsnowの記録がない日は何日?",
  ])("is missing where nobody measured it: %s", async (question) => {
    expect((await asked(question, SHARE)).rows).toEqual([[1]]);
  });

  test("is missing where the question says so, or 0 is rare", async () => {
    expect((await asked("On how many days was the snow of Up not recorded?", SHARE)).rows).toEqual([[1]]);
    const wines = "SELECT count(*) AS n FROM wines WHERE sugar IS NULL";
    expect((await asked("How many wines have no sugar?", wines)).rows).toEqual([[2]]);
  });
});

describe("the whole of a share", () => {
  const LATE =
    "SELECT 100.0 * count(*) FILTER (WHERE origin = 'Oslo' AND minutes > 0) / count(*) AS percent FROM trains";
  test.each([
    "What percentage of the trains from Oslo were late, by more than 0 minutes?",
    "Wie viel Prozent der Züge aus Oslo hatten mehr als 0 minutes?",
    "Quelle part des trains de Oslo ont eu plus de 0 minutes, en pourcentage ?",
    "¿Qué porcentaje de los trenes de Oslo tuvo más de 0 minutes?",
  ])("is what it is said of: %s", async (question) => {
    const { rows, note } = await asked(question, LATE);
    expect(rows).toEqual([[50]]);
    expect(note).toContain("of all rows it is 25");
  });

  test("is all rows where the question says so", async () => {
    const question = "What percentage of all trains were from Oslo and had more than 0 minutes?";
    expect((await asked(question, LATE)).rows).toEqual([[25]]);
  });
});

describe("a mean", () => {
  test.each([
    [
      "Wie ist der Notenschnitt je class?",
      "SELECT class, count(*) AS Notenschnitt FROM pupils GROUP BY class ORDER BY class",
    ],
    ["What is the average note by class?", "SELECT class, sum(note) AS m FROM pupils GROUP BY class ORDER BY class"],
  ])("that was counted or added up is computed: %s", async (question, query) => {
    expect((await asked(question, query)).rows).toEqual([
      ["7a", 2.5],
      ["8b", 3.5],
    ]);
  });
});

describe("one of each", () => {
  const SUM = "SELECT sum(数量) AS n FROM 注文";
  test.each([
    ["What is the total 数量 by city?", SUM],
    ["Wie hoch ist die Summe der 数量 je Stadt?", SUM],
    ["Quel est le total de 数量 par ville ?", SUM],
    ["¿Cuál es el total de 数量 por ciudad?", SUM],
    ["各城市的数量总和是多少?", SUM],
    ["都市ごとの数量の合計は?", SUM],
  ])("is no number of all: %s", async (question, query) => {
    expect((await asked(question, query)).rows).toEqual([
      ["大阪", 5],
      ["東京", 7],
    ]);
  });

  test("may be of a field", async () => {
    const { rows } = await asked("What is the mean temp per room?", "SELECT avg(temp) AS m FROM 'sensors.jsonl'");
    expect(rows).toEqual([
      ["hall", 20],
      ["lab", 31],
    ]);
  });

  test.each([
    ["What is the mean weight per box?", "SELECT avg(weight) AS m FROM boxes"], // each row is a box
    ["What is the total weight in the depot East?", "SELECT sum(weight) AS s FROM boxes WHERE depot = 'East'"],
    ["How many boxes are there, sorted by weight?", "SELECT count(*) AS n FROM boxes"],
    ["What is the total weight by hand?", "SELECT sum(weight) AS s FROM boxes"],
  ])("is not asked for: %s", async (question, query) => {
    expect((await asked(question, query)).rows).toHaveLength(1);
  });
});

describe("what is known", () => {
  const SHARE = "SELECT 100.0 * count(*) FILTER (WHERE sugar > 4) / count(*) AS percent FROM wines";
  test.each([
    "What share of the wines with a known sugar has more than 4 of it, in percent?",
    "Wie viel Prozent der Weine mit bekanntem sugar haben mehr als 4?",
    "¿Qué porcentaje de los vinos con sugar conocido tiene más de 4?",
    "Quel pourcentage des vins dont le sugar est connu en a plus de 4 ?",
    "在已知sugar的酒中，超过4的占百分之几?",
    "sugarが分かっているワインのうち、4を超えるのは何%ですか?",
  ])("is the whole of a share: %s", async (question) => {
    expect((await asked(question, SHARE)).rows).toEqual([[(100 * 7) / 12]]); // two of the 14 have none
  });

  test("is beside the other conditions", async () => {
    const query = "SELECT count(*) AS n FROM wines WHERE wine < 'D' OR wine > 'K' GROUP BY ALL";
    expect((await asked("How many wines before D or after K have a known sugar?", query)).rows).toEqual([[4]]);
  });

  test.each(["What share of the wines has more than 4 sugar?", "How many wines have an unknown sugar?"])(
    "is not asked for: %s",
    async (question) => {
      expect((await asked(question, SHARE)).note ?? "").not.toContain("known");
    },
  );
});

describe("what falls to each", () => {
  test.each([
    ["How much rent is that per unit of size in Oslo?", "size = 1 AND city = 'Oslo'"],
    ["Wie viel Miete kommt auf einen Quadratmeter?", "city = 'Oslo' AND size = 1"],
    ["奥斯陆每1平方米的租金是多少?", "city = 'Oslo' AND (size = 1)"],
  ])("is no condition: %s", async (question, condition) => {
    const { rows, note } = await asked(question, `SELECT sum(rent) / sum(size) AS r FROM rents WHERE ${condition}`);
    expect(rows).toEqual([[condition.includes("(") ? null : 24 / 110]]); // brackets are not read
    expect(note === undefined).toBe(condition.includes("("));
  });

  test("is none where nothing is divided by it", async () => {
    const query = "SELECT sum(units) AS n FROM items WHERE units = 1";
    expect((await asked("What is the sum of the units in rows of one?", query)).note).toBeUndefined();
  });
});

describe("totals that are divided", () => {
  const MEAN = "SELECT avg(rent / size) AS r FROM rents WHERE city = 'Oslo'";
  test.each([
    "In Oslo, what is the total rent divided by the total size?",
    "Wie hoch ist in Oslo die Summe von rent geteilt durch die Summe von size?",
    "À Oslo : total des rent divisé par total des size ?",
    "¿Cuál es el total de rent dividido por el total de size?",
    "奥斯陆的rent总和除以size总和是多少?",
    "Osloのrentの合計÷sizeの合計は?",
  ])("are no mean of ratios: %s", async (question) => {
    expect((await asked(question, MEAN)).rows).toEqual([[24 / 110]]);
  });

  test("may be: a mean of ratios is asked for", async () => {
    expect((await asked("What is the mean rent per size in Oslo?", MEAN)).note).toBeUndefined();
  });
});

test("a column that says how many is added up, unless it is a condition", async () => {
  const query = "SELECT count(*) AS n FROM trains WHERE stops > 0";
  expect((await asked("How many stops were there?", query)).rows).toEqual([[7]]);
  const over = "SELECT count(*) AS n FROM trains WHERE minutes > 4";
  expect((await asked("How many minutes are over 4?", over)).rows).toEqual([[2]]);
});

describe("a correction of one value", () => {
  const BEFORE = "SELECT max(rent) AS m FROM rents WHERE city = 'Oslo'";
  test.each([
    "No, I meant Bergen",
    "Nein, ich meinte Bergen",
    "Non, je voulais dire Bergen",
    "No, quería decir Bergen",
  ])("changes nothing else: %s", async (question) => {
    const { rows, note } = await asked(question, "SELECT rent FROM rents WHERE city = 'Bergen'", BEFORE);
    expect(rows).toEqual([[8]]);
    expect(note).toBeTruthy();
  });

  test("of a code, of a year, and of what is computed", async () => {
    const pupils = "SELECT avg(note) AS m FROM pupils WHERE class = '7a'";
    expect((await asked("Und in der 8b?", "SELECT note FROM pupils WHERE note = 8b", pupils)).rows).toEqual([[3.5]]);
    const years = "SELECT sum(rent) AS s FROM rents WHERE year = 2024";
    expect((await asked("sorry, I meant 2023", "SELECT count(*) FROM rents WHERE year = 2023", years)).rows).toEqual([
      [16],
    ]);
    const mean = "SELECT city, avg(rent) AS m FROM rents GROUP BY city ORDER BY city";
    expect((await asked("No, I meant the size", mean, mean)).rows).toEqual([
      ["Bergen", 75],
      ["Oslo", 55],
    ]);
  });

  test.each([
    ["non pardon, en août", "month(day) = 7 AND place = 'Up'", true],
    ["And in August?", "strftime(day, '%Y-%m') = '2024-07' AND place = 'Up'", true],
    ["8月だけだと?", "day LIKE '2024-07%' AND place = 'Up'", true],
    ["Nein, im August", "7 = month(day) AND place = 'Up'", false], // in no form that is read
    ["Und im August 2025?", "month(day) = 7 AND place = 'Up'", false],
    ["And on August 3?", "month(day) = 7 AND place = 'Up'", false],
  ])("of a month: %s", async (question, condition, isRead) => {
    const before = `SELECT sum(visitors) AS s FROM huts WHERE ${condition}`;
    const own = "SELECT visitors FROM huts WHERE month(day) = 8 AND year(day) = 2024 AND place = 'Up'";
    const { rows, note } = await asked(question, own, before);
    expect(rows).toEqual([[30]]);
    expect(note?.includes("August instead of July")).toBe(isRead);
  });

  test("is none where more is asked", async () => {
    const own = "SELECT avg(size) AS m FROM rents WHERE city = 'Bergen'";
    expect((await asked("And the mean size in Bergen?", own, BEFORE)).rows).toEqual([[75]]);
  });
});

describe("a query's shape", () => {
  const shapes = async (question: string, table: string) => {
    const tables = await context().session.tables();
    return sqlShapes(question, async () => tables.filter(({ name }) => name === `'${table}'`));
  };

  test.each([
    "How many times higher is the mean rent in Oslo than in Bergen?",
    "Wie viel mal höher ist die durchschnittliche rent in Oslo als in Bergen?",
    "Combien de fois plus élevée est la moyenne de rent à Oslo ?",
    "¿Cuántas veces mayor es la media de rent en Oslo que en Bergen?",
    "Oslo的rent平均值是Bergen的几倍？",
    "Osloのrentの平均はBergenの何倍ですか？",
  ])("is that of a ratio: %s", async (question) => {
    expect(await shapes(question, "rents.csv")).toContain(
      'avg("rent") FILTER (WHERE ...) / avg("rent") FILTER (WHERE ...)',
    );
  });

  test("has the column that is named in another form, and the year", async () => {
    const shape = await shapes("Show the running total of the snows by month in 2024", "snow.csv");
    expect(shape).toContain('WHERE year("day") = 2024');
    expect(shape).toContain("snow_cm");
  });
});

describe("one end of a list", () => {
  test.each([
    ["What is the highest rent in Oslo?", 14],
    ["Wie hoch ist die höchste rent in Oslo?", 14],
    ["Quel est le rent maximum à Oslo ?", 14],
    ["¿Cuál es el rent mínimo de Oslo?", 10],
    ["Oslo最高的rent是多少？", 14],
    ["Osloで最も高いrentは？", 14],
  ])("is computed: %s", async (question, value) => {
    expect((await asked(question, "SELECT rent FROM rents WHERE city = 'Oslo'")).rows).toEqual([[value]]);
  });

  test("is not, where a list, both ends or another column was asked", async () => {
    for (const question of [
      "List the rents in Oslo",
      "The highest and the lowest rent in Oslo",
      "The highest size in Oslo",
    ])
      expect((await asked(question, "SELECT rent FROM rents WHERE city = 'Oslo'")).note ?? "").not.toContain(
        "it is that of",
      );
  });
});

test("missing values by what the question groups by have a shape", async () => {
  const tables = await context().session.tables();
  const of = (question: string) =>
    missingHint(
      question,
      tables.filter(({ name }) => name === "'snow.csv'"),
    );
  for (const question of [
    "How many days have no snow recorded, per place?",
    "In which place is the snow missing most often?",
  ])
    expect(of(question)).toContain('SELECT "place", count(*) AS missing');
  expect(of("How many days have no snow recorded?")).toContain('"snow_cm" IS NULL');
});
