// Queries that run and answer another question, by what the question says and by what the tables hold.
import { describe, expect, test } from "vitest";
import { codeThatRan, type SqlResult, type TableInfo } from "../../../interpreter/index.ts";
import { fakeSession, oneCell } from "../fake-session.ts";
import { run } from "./agent-run.ts";

const block = (query: string) => `\`\`\`sql\n${query}\n\`\`\``;
const said = (model: Awaited<ReturnType<typeof run>>["model"], request: number) =>
  String(model.requests[request]?.messages.at(-1)?.content);

describe("groups that nobody asked for", () => {
  const GROUPED = "SELECT origin, avg(horsepower) AS mean FROM 'cars.csv' GROUP BY origin";
  const table: SqlResult = {
    columns: [
      { name: "origin", type: "VARCHAR" },
      { name: "mean", type: "DOUBLE" },
    ],
    rows: [
      { origin: "USA", mean: 119.9 },
      { origin: "Japan", mean: 79.8 },
    ],
    rowCount: 2,
  };
  const session = () => fakeSession({ sql: (query) => (query.includes("GROUP BY") ? table : oneCell("mean", 105.1)) });
  const ANSWER = "The mean of USA is 119.9, and of Japan 79.8.";

  test.each([
    "What is the mean horsepower?",
    "Wie hoch ist die mittlere Leistung (horsepower)?",
    "¿Cuál es la potencia media (horsepower)?",
    "Quelle est la puissance moyenne (horsepower) ?",
    "平均马力(horsepower)是多少?",
    "平均馬力(horsepower)はいくらですか?",
  ])("%s is answered without them", async (question) => {
    const { results, end } = await run([block(GROUPED), "It is 105.1."], { question, session: session() });
    expect(results[0]?.content).toContain("one value was asked for, and not one of each origin");
    expect(codeThatRan(results[0]?.facts ?? [])).toBe("SELECT avg(horsepower) AS mean FROM 'cars.csv'");
    expect(results[0]?.cell).toContain("SELECT avg(horsepower) AS mean FROM 'cars.csv'");
    expect(end.answer).toContain("105.1");
    expect(end.doubts).toBeUndefined();
  });

  test("whatever they are computed from", async () => {
    const query =
      "SELECT year(day) AS y, avg(horsepower) AS mean, max(day) FROM 'cars.csv' WHERE a > 1 GROUP BY 1 LIMIT 9";
    const rows: SqlResult = {
      columns: [
        { name: "y", type: "BIGINT" },
        { name: "mean", type: "DOUBLE" },
        { name: "max(day)", type: "DATE" },
      ],
      rows: [
        { y: 1970, mean: 119.9, "max(day)": "1970-01-02" },
        { y: 1971, mean: 79.8, "max(day)": "1971-01-02" },
      ],
      rowCount: 2,
    };
    const session = fakeSession({ sql: (text) => (text.includes("GROUP BY") ? rows : oneCell("mean", 100)) });
    await run([block(query), "It is 100."], { question: "What is the mean horsepower?", session });
    expect(session.queries.map((one) => one.query)).toContain(
      "SELECT avg(horsepower) AS mean FROM 'cars.csv' WHERE a > 1",
    );
  });

  describe("where they cannot be left out", () => {
    const OVER = `${GROUPED} HAVING count(*) > 1`;

    test("are told, and the model is asked for another query", async () => {
      const question = "What is the mean horsepower?";
      const { model, end } = await run([block(OVER), ANSWER, ANSWER], { question, session: session() });
      expect(said(model, 2)).toContain("the question asks for one value, and the query gives one for each origin");
      expect(end.doubts).toEqual([expect.stringContaining("one for each origin")]);
    });

    test("are no fault once they are added up", async () => {
      const answers = [block(OVER), "All of them are 199.7 together."];
      const { end } = await run(answers, { question: "How much horsepower is there?", session: session() });
      expect(end.doubts).toBeUndefined();
    });
  });

  test.each([
    "What is the mean horsepower by origin?",
    "What is the mean horsepower in each region?",
    "What is the mean horsepower of the origins?",
    "How much horsepower do Japanese cars have?",
    "What is the highest mean horsepower?",
    "Show the mean horsepower.",
  ])("%s may mean them", async (question) => {
    const { end } = await run([block(GROUPED), ANSWER, ANSWER], { question, session: session() });
    expect(end.doubts).toBeUndefined();
  });
});

test("the row of the highest value is not taken for that of each group", async () => {
  const session = fakeSession({
    sql(query) {
      if (query.includes("arg_max")) return oneCell("origin", "USA");
      throw new Error('Binder Error: column "origin" must appear in the GROUP BY clause');
    },
  });
  const query = block("SELECT origin, max(horsepower) FROM 'cars.csv'");
  const asked = (question: string) => run([query, "USA.", "USA."], { question, session });
  expect((await asked("What is the highest horsepower of each origin?")).end.doubts).toEqual([
    "the question asks for a value of each, and the query has no GROUP BY",
  ]);
  expect((await asked("Which origin has the highest horsepower?")).end.doubts).toBeUndefined();
});

describe("a mean that no query computes", () => {
  const HIGHEST = block("SELECT origin, max(weight) AS max_weight FROM 'cars.csv' GROUP BY origin");
  const asked = (question: string, query = HIGHEST) =>
    run([query, "It is 5140.", "It is 5140."], {
      question,
      session: fakeSession({ sql: () => oneCell("weight", 5140) }),
    });

  test.each([
    "What is the mean weight by origin?",
    "Show the average horsepower of each origin",
    "Wie schwer sind die Autos im Durchschnitt je Herkunft?",
    "¿Cuál es el peso medio por origen?",
    "Quel est le poids moyen par origine ?",
    "各产地的平均重量是多少?",
    "各国の平均馬力は?",
  ])("%s", async (question) => {
    const { model, end } = await asked(question);
    expect(said(model, 2)).toContain("asks for a mean, and the query computes none");
    expect(end.doubts).toEqual(["the question asks for a mean, and the query computes none, as avg(...) does"]);
    const isMean = await asked(question, HIGHEST.replace("max", "avg"));
    expect(isMean.end.doubts ?? []).not.toContain(
      "the question asks for a mean, and the query computes none, as avg(...) does",
    );
  });

  test.each([
    ["What is the mean weight?", "SELECT sum(weight) / count(*) AS w FROM 'cars.csv'"],
    ["What is the average price in Oslo?", "SELECT avg_price FROM 'prices.csv' WHERE city = 'Oslo'"],
    [
      "Which cars are heavier than average?",
      "SELECT name FROM 'cars.csv' WHERE weight > (SELECT avg(weight) FROM 'cars.csv')",
    ],
    ["What does the heaviest car mean for us? Its weight, please.", "SELECT max(weight) AS w FROM 'cars.csv'"],
    ["I mean the highest weight.", "SELECT max(weight) AS w FROM 'cars.csv'"],
  ])("%s is computed by %s", async (question, query) => {
    const { end } = await asked(question, block(query));
    expect(end.doubts ?? []).not.toContain(
      "the question asks for a mean, and the query computes none, as avg(...) does",
    );
  });

  test("under the name of a mean it is none", async () => {
    const { end } = await asked("What is the mean weight?", block("SELECT max(weight) AS mean_weight FROM 'cars.csv'"));
    expect(end.doubts).toContain("the question asks for a mean, and the query computes none, as avg(...) does");
  });
});

describe("zeros that are taken for missing values", () => {
  const ZEROS = block("SELECT count(*) AS n FROM 'cars.csv' WHERE horsepower = 0");
  const session = (missing: number) =>
    fakeSession({ sql: (query) => oneCell("n", query.includes('"horsepower" IS NULL') ? missing : 19) });
  const asked = (question: string, missing: number, query = ZEROS) =>
    run([query, "There are 19.", "There are 19."], { question, session: session(missing) });

  test.each([
    "How many cars have no horsepower?",
    "Wie viele Autos sind ohne Leistung?",
    "¿Cuántos coches no tienen potencia?",
    "Combien de voitures n'ont pas de puissance ?",
    "有多少汽车没有马力数据?",
    "馬力が不明の車は何台?",
  ])("%s", async (question) => {
    const { model, end } = await asked(question, 6);
    expect(said(model, 2)).toContain('6 rows have no horsepower: "horsepower" IS NULL finds them');
    expect(end.doubts).toEqual([expect.stringContaining("6 rows have no horsepower")]);
  });

  test("are nothing to tell of where no value is missing, none is asked for, or the query looks for NULL", async () => {
    const both = block("SELECT count(*) AS n FROM 'cars.csv' WHERE horsepower = 0 OR horsepower IS NULL");
    expect((await asked("How many cars have no horsepower?", 0)).end.doubts).toBeUndefined();
    expect((await asked("How many cars have zero horsepower?", 6)).end.doubts).toBeUndefined();
    expect((await asked("How many cars have no horsepower?", 6, both)).end.doubts).toBeUndefined();
  });
});

test("the values of a file's columns are looked up once, until it is described anew", async () => {
  let tables: readonly TableInfo[] = [describedCars()];
  const session = { ...fakeSession(), tables: async () => tables };
  const ask = () => run([block("SELECT 1 AS n FROM 'cars.csv'"), "It is 1."], { session });
  const lookups = () => session.quietQueries.filter(({ query }) => query.includes("DISTINCT")).length;
  await ask();
  await ask();
  expect(lookups()).toBe(1);
  tables = [describedCars()];
  await ask();
  expect(lookups()).toBe(2);
});

function describedCars(): TableInfo {
  return { name: "'cars.csv'", kind: "file", rowCount: 2, columns: [{ name: "origin", type: "VARCHAR" }] };
}

/** Rows of a query's columns, each a column of numbers but for the first where it is text. */
function rowsOf(...rows: readonly Readonly<Record<string, unknown>>[]): SqlResult {
  const columns = Object.entries(rows[0] ?? {}).map(([name, value]) => {
    return { name, type: typeof value === "number" ? "DOUBLE" : "VARCHAR" };
  });
  return { columns, rows, rowCount: rows.length };
}

describe("rows that are told where a total is asked for", () => {
  const LISTED = block("SELECT origin, weight FROM 'cars.csv' ORDER BY weight DESC LIMIT 2");
  const SUMMED = block("SELECT origin, sum(weight) AS weight FROM 'cars.csv' GROUP BY origin");
  const ROWS = rowsOf({ origin: "USA", weight: 5140 }, { origin: "Japan", weight: 4997 });
  const TOLD = "The USA has 5140, Japan 4997.";
  const asked = (question: string, query = LISTED, tables: readonly TableInfo[] = [describedCars()]) =>
    run([query, TOLD, TOLD], { question, session: fakeSession({ sql: () => ROWS, tables }) });

  test.each([
    "Which origins have the largest total weight?",
    "Welche Herkunft hat insgesamt das größte Gewicht?",
    "¿Qué origen tiene el mayor peso en total?",
    "Quelle origine a le plus grand poids total ?",
    "哪个产地的总重量合计最大?",
    "重量の合計が一番大きい産地は?",
  ])("%s", async (question) => {
    const { model, end } = await asked(question);
    expect(said(model, 2)).toContain("the query adds nothing up");
    expect(end.doubts).toEqual([expect.stringContaining("the query adds nothing up")]);
  });

  test.each([
    "Which origin has the largest average weight?",
    "Welche Herkunft ist im Durchschnitt, mit dem mittleren Gewicht, schwerer?",
    "¿Qué origen tiene el mayor peso promedio?",
    "Quelle origine a le poids moyen le plus élevé ?",
    "哪个产地的平均重量最大?",
    "平均重量が一番大きい産地は?",
  ])("%s", async (question) => {
    expect((await asked(question)).end.doubts).toEqual([expect.stringContaining("the query computes none")]);
  });

  test("the query that answers is run where the names tell it", async () => {
    const table = { ...describedCars(), columns: [...describedCars().columns, { name: "weight", type: "DOUBLE" }] };
    const { results, end } = await asked("Which origin has the largest total weight?", LISTED, [table]);
    expect(codeThatRan(results[0]?.facts ?? [])).toContain('SELECT "origin", sum("weight") AS total');
    expect(end.doubts).toBeUndefined();
  });

  test("are no fault where they are added up, or where a column holds the totals", async () => {
    expect((await asked("Which origins have the largest total weight?", SUMMED)).end.doubts).toBeUndefined();
    expect((await asked("Which origins have the largest weight?")).end.doubts).toBeUndefined();
    const totals = { ...describedCars(), columns: [{ name: "total_weight", type: "DOUBLE" }] };
    expect((await asked("Which has the largest total weight?", LISTED, [totals])).end.doubts).toBeUndefined();
  });
});

describe("a share", () => {
  const query = block("SELECT origin, 100 * sum(weight) / count(*) AS percent FROM 'cars.csv' GROUP BY origin");
  const asked = (question: string, ...values: readonly [number, number]) => {
    const [usa, japan] = values;
    const told = `The USA has ${usa}, Japan ${japan}.`;
    const table = rowsOf({ origin: "USA", percent: usa }, { origin: "Japan", percent: japan });
    return run([query, told, told], { question, session: fakeSession({ sql: () => table }) });
  };

  test.each([
    "What percentage of the weight does each origin have?",
    "Welcher Anteil des Gewichts kommt von jeder Herkunft?",
    "¿Qué porcentaje del peso tiene cada origen?",
    "Quelle est la part du poids de chaque origine ?",
    "每个产地的重量占比是多少?",
    "各産地は重量の何%を占めますか?",
  ])("%s: is not above 100", async (question) => {
    const { model, end } = await asked(question, 4842.5, 7292);
    expect(said(model, 2)).toContain("4842.5 is no share of a whole");
    expect(end.doubts).toEqual([expect.stringContaining("between 0 and 100")]);
    expect((await asked(question, 60, 40)).end.doubts).toBeUndefined();
  });

  test("is doubted, too, where the model only runs its query again and again", async () => {
    const table = rowsOf({ origin: "USA", percent: 4842 }, { origin: "Japan", percent: 7292 });
    const question = "What percentage of the weight does each origin have?";
    const { end } = await run([query, query, query], { question, session: fakeSession({ sql: () => table }) });
    expect(end).toMatchObject({ reason: "answered", answer: "percent by origin: USA (4842), Japan (7292)." });
    expect(end.doubts).toEqual([expect.stringContaining("4842 is no share")]);
  });

  test("is what is called so: one above 100 is none", async () => {
    const { end } = await asked("What percentage of the weight does each origin have?", 108, 41);
    expect(end.doubts).toEqual(["108 is no share of a whole, which is between 0 and 100 %"]);
  });

  test("is something else than a change, or than what a column holds", async () => {
    const change = "By what percentage of the previous year did it change?";
    expect((await asked(change, 150, 250)).end.doubts).toBeUndefined();
    expect((await asked("What is the weight of each origin?", 4842.5, 7292)).end.doubts).toBeUndefined();
  });
});

describe("a year that nobody named", () => {
  const TRIPS: TableInfo = { ...describedCars(), name: "'trips.csv'", columns: [{ name: "day", type: "DATE" }] };
  const JULY = "SELECT count(*) AS n FROM 'trips.csv' WHERE day >= '2020-07-01' AND day < '2020-08-01'";
  const session = (first: string, last: string) =>
    fakeSession({
      sql: (query) => (query.includes("min(") ? rowsOf({ a: first, b: last }) : oneCell("n", 14)),
      tables: [TRIPS],
    });
  const asked = (question: string, query = JULY, [first, last] = ["2023-05-01", "2024-10-31"]) =>
    run([block(query), "There are 14.", "There are 14."], { question, session: session(first ?? "", last ?? "") });

  test.each([
    "How many trips were there in July?",
    "Wie viele Fahrten gab es im Juli?",
    "¿Cuántos viajes hubo en julio?",
    "Combien de trajets en juillet ?",
    "7月有多少次行程?",
    "7月の件数は何件ですか?",
  ])("gives way to the month of all: %s", async (question) => {
    const { results, end } = await asked(question);
    expect(codeThatRan(results[0]?.facts ?? [])).toContain('WHERE month("day") = 7');
    expect(end.doubts).toBeUndefined();
  });

  test.each(["How many trips were there?", "Wie viele Fahrten gab es?", "行程有多少次?"])("%s", async (question) => {
    const { model, end } = await asked(question);
    const fact = "the query looks for 2020, which nobody named; day goes from 2023-05-01 to 2024-10-31";
    expect(said(model, 2)).toContain(
      `${fact}. Write the corrected query, in this shape: SELECT count(*) AS n FROM 'trips.csv'`,
    );
    expect(end.doubts).toEqual([fact]);
  });

  test.each([
    ["How many trips were there in July 2020?", JULY],
    ["How many trips were there last July?", JULY],
    ["How many trips were there in the 20s?", JULY],
    [
      "How many trips are longer than two thousand metres?",
      "SELECT count(*) AS n FROM 'trips.csv' WHERE length > 2000",
    ],
    ["How many trips were there in July?", "SELECT count(*) AS n FROM 'trips.csv' WHERE month(day) = 7"],
  ])("is none in %s", async (question, query) => {
    expect((await asked(question, query)).end.doubts).toBeUndefined();
  });

  test("may be the only one that the table has", async () => {
    const only = await asked("How many trips were there in July?", JULY, ["2020-05-01", "2020-10-31"]);
    expect(only.end.doubts).toBeUndefined();
  });
});

describe("the wrong end of an order", () => {
  const table = { ...describedCars(), columns: [...describedCars().columns, { name: "price", type: "DOUBLE" }] };
  const ROWS = rowsOf({ origin: "USA", price: 10 }, { origin: "Japan", price: 20 });
  const TOLD = "USA has 10, Japan 20.";
  const asked = (question: string, order: string, tables: readonly TableInfo[] = [table]) =>
    run([block(`SELECT origin, price FROM 'cars.csv' ORDER BY ${order} LIMIT 2`), "yes", TOLD, TOLD], {
      question,
      session: fakeSession({ sql: () => ROWS, tables }),
    });

  test.each([
    "Which 2 cars are the most expensive?",
    "Welche 2 Autos sind am teuersten?",
    "¿Cuáles son los 2 coches más caros?",
    "Quelles sont les 2 voitures les plus chères ?",
    "最贵的2辆车是哪些?",
    "価格が最も高い車2台は?",
  ])("%s", async (question) => {
    const fact = "the question asks for the highest, and ORDER BY price takes the lowest";
    const { model, end } = await asked(question, "price ASC");
    expect(said(model, 3)).toContain(fact);
    expect(said(model, 3)).toContain("in this shape: SELECT origin, price FROM 'cars.csv' ORDER BY price DESC LIMIT 2");
    expect(end.doubts).toEqual([fact]);
    expect((await asked(question, "price DESC")).end.doubts).toBeUndefined();
  });

  test("of what is counted", async () => {
    const { model } = await asked("Which 2 are the most expensive?", "count(DISTINCT price) ASC NULLS LAST");
    expect(said(model, 3)).toContain("ORDER BY count(DISTINCT price) DESC LIMIT 2");
  });

  test("the other end", async () => {
    const { end } = await asked("Which 2 cars are the cheapest?", "price DESC");
    expect(end.doubts).toEqual(["the question asks for the lowest, and ORDER BY price takes the highest"]);
    expect((await asked("Which 2 cars are the cheapest?", "price")).end.doubts).toBeUndefined();
  });

  test("is none where both are spoken of, or where ranks or texts are ordered by", async () => {
    expect((await asked("Are the cheapest the largest?", "price")).end.doubts).toBeUndefined();
    expect((await asked("Which are the largest?", "origin")).end.doubts).toBeUndefined();
    const ranked = { ...table, columns: [...table.columns, { name: "price_rank", type: "BIGINT" }] };
    expect((await asked("Which are the most expensive?", "price_rank", [ranked])).end.doubts).toBeUndefined();
  });
});

describe("another column than the one that the question names", () => {
  const air: TableInfo = {
    name: "'air.csv'",
    kind: "file",
    rowCount: 9,
    columns: [
      { name: "place", type: "VARCHAR" },
      { name: "CO2", type: "DOUBLE" },
      { name: "adjusted CO2", type: "DOUBLE" },
      { name: "騒音", type: "BIGINT" },
      { name: "height", type: "BIGINT" },
    ],
  };
  const session = () => fakeSession({ tables: [air], sql: () => oneCell("mean", 400) });
  const asked = (question: string, query: string) =>
    run([block(query), "It is 400.", "It is 400."], {
      question,
      session: session(),
    });

  test.each([
    ["What is the mean CO2?", "SELECT avg(\"adjusted CO2\") AS mean FROM 'air.csv'", "CO2", "adjusted CO2"],
    ["Wie hoch ist CO2 im Mittel?", "SELECT avg(height) AS mean FROM 'air.csv'", "CO2", "height"],
    ["¿Cuál es la media de CO2 en Oslo?", "SELECT avg(height) AS mean FROM 'air.csv'", "CO2", "height"],
    ["Quel est le CO2 moyen ?", "SELECT avg(height) AS mean FROM 'air.csv'", "CO2", "height"],
    ["平均的CO2是多少?", "SELECT avg(height) AS mean FROM 'air.csv'", "CO2", "height"],
    ["騒音の平均は?", "SELECT avg(height) AS mean FROM 'air.csv'", "騒音", "height"],
  ])("%s", async (question, query, named, other) => {
    const { results, end } = await asked(question, query);
    expect(codeThatRan(results[0]?.facts ?? [])).toBe(`SELECT avg("${named}") AS mean FROM 'air.csv'`);
    expect(results[0]?.content).toContain(`the question names ${named}: it is taken instead of ${other}`);
    expect(end.doubts ?? []).toEqual([]);
  });

  test.each([
    ["What is the mean CO2?", "SELECT avg(CO2) AS mean FROM 'air.csv'"],
    ["What is the mean adjusted CO2?", "SELECT avg(\"adjusted CO2\") AS mean FROM 'air.csv'"],
    ["How many places have a CO2 over 400?", "SELECT count(*) AS n FROM 'air.csv' WHERE CO2 > 400 AND height > 0"],
    ["What is the height of the place with the most CO2?", "SELECT height FROM 'air.csv' ORDER BY CO2 DESC LIMIT 1"],
    ["Which place is at the greatest height?", "SELECT place FROM 'air.csv' ORDER BY height DESC LIMIT 1"],
  ])("%s is answered by %s", async (question, query) => {
    const { results } = await asked(question, query);
    expect(codeThatRan(results[0]?.facts ?? [])).toBe(query);
  });
});

describe("a month or a day of the week that the question names", () => {
  const trips: TableInfo = {
    name: "'trips.csv'",
    kind: "file",
    rowCount: 9,
    columns: [
      { name: "starts at", type: "TIMESTAMP" },
      { name: "line", type: "VARCHAR" },
    ],
  };
  const asked = (question: string, query: string) =>
    run([block(query), "It is 7.", "It is 7.", "It is 7."], {
      question,
      session: fakeSession({ tables: [trips], sql: () => oneCell("n", 7) }),
    });
  const ALL = "SELECT count(*) AS n FROM 'trips.csv'";

  test.each([
    ["How many trips were there in July?", `month("starts at") = 7`],
    ["Wie viele Fahrten gab es im März 2024?", `year("starts at") = 2024 AND month("starts at") = 3`],
    ["combien de trajets le dimanche", `dayname("starts at") = 'Sunday'`],
    ["2024年8月は何件ですか?", `year("starts at") = 2024 AND month("starts at") = 8`],
  ])("%s is told as a condition, and asked for where the query lacks it", async (question, condition) => {
    const { model, end } = await asked(question, ALL);
    expect(said(model, 0)).toContain(condition);
    expect(said(model, 2)).toContain(`in this shape: ${ALL} WHERE ${condition}`);
    expect(end.doubts).toContainEqual(expect.stringContaining("and the query does not look for it"));
    expect((await asked(question, `${ALL} WHERE ${condition}`)).end.doubts).toBeUndefined();
  });

  test.each([
    ["How many trips in July?", `${ALL} WHERE "starts at" BETWEEN '2024-07-01' AND '2024-07-31'`],
    ["How many trips on Sundays?", `${ALL} WHERE isodow("starts at") = 7`],
    ["How many trips by month?", ALL],
  ])("%s: %s", async (question, query) => {
    expect((await asked(question, query)).end.doubts ?? []).not.toContainEqual(expect.stringContaining("look for it"));
  });
});

/** What is doubtful of a query whose result is 7, by a model that insists on it. */
async function doubtsAbout(table: TableInfo, question: string, query: string): Promise<readonly string[]> {
  const session = fakeSession({ tables: [table], sql: () => oneCell("n", 7) });
  return (await run([block(query), "It is 7.", "It is 7."], { question, session })).end.doubts ?? [];
}

describe("a column of true and false that the question speaks of", () => {
  const rides: TableInfo = {
    name: "'rides.csv'",
    kind: "file",
    rowCount: 9,
    columns: [
      { name: "line", type: "VARCHAR" },
      { name: "annulée", type: "BOOLEAN" },
      { name: "is_late", type: "BOOLEAN" },
      { name: "店内", type: "BOOLEAN" },
    ],
  };
  const doubtsOf = (question: string, query: string) => doubtsAbout(rides, question, query);
  const ALL = "SELECT count(*) AS n FROM 'rides.csv'";

  test.each([
    ["Combien de trajets annulés ?", "annulée", ALL],
    ["Quelle part est annulée ?", "annulée", "SELECT count(*) AS traversées_annulées FROM 'rides.csv'"],
  ])("%s", async (question, name, query) => {
    const fact = `the question speaks of ${name}, which is true or false, and the query does not use it`;
    expect(await doubtsOf(question, query)).toContain(fact);
    expect(await doubtsOf(question, `${ALL} WHERE ${name}`)).toEqual([]);
  });

  test.each([
    ["Liste les lignes avec leurs traversées annulées", 'WHERE "annulée"'],
    ["店内は何件ですか?", 'WHERE "店内"'],
    ["Combien de traversées non annulées ?", 'WHERE NOT "annulée"'],
    ["店内ではないのは何件ですか?", 'WHERE NOT "店内"'],
  ])("%s is read as a condition", async (question, condition) => {
    const session = fakeSession({ tables: [rides], sql: () => oneCell("n", 7) });
    const { results, end } = await run([block(ALL), "It is 7."], { question, session });
    expect(codeThatRan(results[0]?.facts ?? [])).toContain(condition);
    expect(end.doubts).toBeUndefined();
  });

  test.each(["How many are on the late line?", "Combien d'annuaires ?", "How many rides are there?"])(
    "none in %s",
    async (question) => {
      expect(await doubtsOf(question, ALL)).toEqual([]);
    },
  );
});

describe("numbers that are counted as rows", () => {
  const rides: TableInfo = {
    name: "'rides.csv'",
    kind: "file",
    rowCount: 9,
    columns: [
      { name: "line", type: "VARCHAR" },
      { name: "passengers", type: "BIGINT" },
      { name: "Besucher", type: "BIGINT" },
      { name: "asistentes", type: "BIGINT" },
      { name: "visiteurs", type: "BIGINT" },
    ],
  };
  const doubtsOf = (question: string, query: string) => doubtsAbout(rides, question, query);
  const count = (what: string) => `SELECT count(${what}) AS n, count(line) AS lines FROM 'rides.csv'`;

  test.each([
    ["How many passengers did line 9 carry?", "passengers"],
    ["What is the number of passengers?", "passengers"],
    ["Wie viele Besucher hatten wir?", "Besucher"],
    ["¿Cuántos asistentes hubo?", "asistentes"],
    ["Combien de visiteurs au total ?", "visiteurs"],
  ])("%s", async (question, name) => {
    const fact = `count(...) counts rows; to add up the column ${name} write sum("${name}")`;
    expect(await doubtsOf(question, count(name))).toContain(fact);
    expect(await doubtsOf(question, `SELECT sum(${name}) AS n FROM 'rides.csv'`)).not.toContain(fact);
  });

  test.each([
    ["How many euros did we spend?", "Betrag in €"],
    ["Wie viele Euro haben wir ausgegeben?", "Betrag in €"],
    ["Combien d'euros avons-nous dépensés ?", "total_eur"],
    ["¿Cuántos dólares gastamos?", "amount_usd"],
    ["一共花了多少美元?", "amount_usd"],
    ["How many dollars were spent?", "amount ($)"],
  ])("%s", async (question, name) => {
    const bills: TableInfo = { ...rides, columns: [rides.columns[0]!, { name, type: "DOUBLE" }] };
    const fact = `count(...) counts rows; to add up the column ${name} write sum("${name}")`;
    expect(await doubtsAbout(bills, question, count("*"))).toContain(fact);
    const session = fakeSession({ tables: [bills], sql: () => oneCell("n", 7) });
    const sum = `SELECT sum("${name}") AS n FROM 'rides.csv'`;
    const { results } = await run([block(sum), "It is 7.", "It is 7."], { question, session });
    expect(codeThatRan(results[0]?.facts ?? [])).toBe(sum); // its rows are not counted instead
  });

  test.each([
    ["How many rides had more than 7 passengers?", `${count("*")} WHERE passengers > 7`],
    ["How many rides had no passengers?", count("*")],
    ["How many rows have a number of passengers?", count("passengers")],
  ])("%s: rows are meant", async (question, query) => {
    expect(await doubtsOf(question, query)).not.toContainEqual(expect.stringContaining("counts rows"));
  });
});

describe("a file that the question names", () => {
  const file = (name: string): TableInfo => ({
    name: `'${name}'`,
    kind: "file",
    rowCount: 5,
    columns: [{ name: "product", type: "VARCHAR" }],
  });
  const doubtsOf = async (question: string, query: string) => {
    const session = fakeSession({
      tables: [file("tabs.tsv"), file("mixed.csv")],
      sql: () => oneCell("product", "nut"),
    });
    const answers = Array<string>(4).fill("It is nut.");
    const { end } = await run([`\`\`\`sql\n${query}\n\`\`\``, ...answers], { question, session });
    return end.doubts ?? [];
  };
  const FACT = "the question names 'tabs.tsv', and the query reads 'mixed.csv'";

  test.each([
    "Which product of tabs.tsv has the largest quantity?",
    "Welches Produkt aus tabs.tsv gibt es am meisten?",
    "tabs.tsvで一番多い製品は?",
  ])("%s", async (question) => {
    expect(await doubtsOf(question, "SELECT product FROM 'mixed.csv'")).toContain(FACT);
    expect(await doubtsOf(question, "SELECT product FROM 'tabs.tsv'")).not.toContain(FACT);
    expect(await doubtsOf(question, "SELECT product FROM 'tabs.tsv' JOIN 'mixed.csv' USING (product)")).not.toContain(
      FACT,
    );
  });

  test("none is named", async () => {
    expect(await doubtsOf("Which product is there?", "SELECT product FROM 'mixed.csv'")).not.toContain(FACT);
  });
});

describe("a filter that nobody asked for is told", () => {
  const doubtsOf = async (question: string, condition: string) => {
    const query = block(`SELECT count(*) AS n FROM 'cars.csv' WHERE ${condition}`);
    const { end, model } = await run([query, "It is 7."], {
      question,
      session: fakeSession({ sql: () => oneCell("n", 7) }),
    });
    expect(model.requests).toHaveLength(2); // it may be what the question says in another language
    return (end.doubts ?? []).filter((one) => one.includes("does not speak"));
  };

  test.each([
    ["How many have a sunroof?", "member = 'yes'", "member is yes"],
    ["Wie viele fuhren am Sonntag?", "cancelled = FALSE", "cancelled is FALSE"],
    ["Combien ont un balcon ?", "meublé = 'oui'", "meublé is oui"],
    ["¿Cuántos tienen balcón?", "horsepower > 3 AND agotado = 'Sí'", "agotado is Sí"],
    ["バルコニー付きは何件ですか?", "店内 IS TRUE", "店内 is TRUE"],
    ["有多少?", "incluido = 'true'", "incluido is true"],
  ])("%s %s", async (question, condition, filter) => {
    expect(await doubtsOf(question, condition)).toEqual([
      `only rows are taken where ${filter}, of which the question does not speak`,
    ]);
  });

  test.each([
    ["How many American cars?", "origin = 'USA'"],
    ["How many were cancelled?", "cancelled = TRUE"],
    ["How many members are there?", "member = 'yes'"],
    ["Combien de traversées annulées ?", "annulée IS TRUE"],
    ["店内の会計は何件ですか?", "店内 = true"],
  ])("none is in %s %s", async (question, condition) => {
    const query = block(`SELECT count(*) AS n FROM 'cars.csv' WHERE ${condition}`);
    const { end } = await run([query, "It is 7.", "It is 7.", "It is 7."], {
      question,
      session: fakeSession({ sql: () => oneCell("n", 7) }),
    });
    expect((end.doubts ?? []).filter((one) => one.includes("does not speak"))).toEqual([]);
  });
});

describe("a sum of no row at all", () => {
  const nothing: SqlResult = { columns: [{ name: "r", type: "DOUBLE" }], rows: [{ r: null }], rowCount: 1 };
  const session = () => fakeSession({ sql: () => nothing });
  const QUERY = "SELECT sum(weight) AS r FROM 'cars.csv'  WHERE origin = 'USA'\nAND cylinders = 1";

  test("is asked for again, and then doubted", async () => {
    const { model, end } = await run([block(QUERY), "It is NULL.", "It is NULL."], {
      question: "What do the cars of the USA weigh per cylinder?",
      session: session(),
    });
    const fact = "no row fulfils origin = 'USA' AND cylinders = 1 and has a value";
    expect(said(model, 2)).toContain(fact);
    expect(end.doubts).toContain(fact);
  });

  test("is none where the answer says that there is none", async () => {
    const { end } = await run([block(QUERY), "This cannot be answered: there is no such car."], {
      question: "What do the cars of the USA weigh per cylinder?",
      session: session(),
    });
    expect(end.doubts).toBeUndefined();
  });
});

describe("what the question says how to compute", () => {
  const notebook = "'sales.csv' (9 rows): drink VARCHAR, price BIGINT, units BIGINT, 単価 BIGINT, 個数 BIGINT";
  const REFUSAL = "This cannot be answered: the table has no column for the revenue.";
  const tried = (question: string, ...answers: string[]) =>
    run(answers, { question, notebook, session: fakeSession({ sql: () => oneCell("share", 57) }) });

  test.each([
    ["What share of the revenue (price × units) is tea?", "price × units"],
    ["Welchen Anteil am Umsatz (price * units) hat Tee?", "price * units"],
    ["売上金額(単価×個数)のうち、お茶は何%ですか?", "単価×個数"],
  ])("is no column that lacks: %s", async (question, formula) => {
    const { model, end } = await tried(question, REFUSAL, block("SELECT 57 AS share"), "57 %.");
    expect(said(model, 1)).toContain(`The question says how to compute it: ${formula}.`);
    expect(end.answer).toContain("57");
    const refused = await tried(question, REFUSAL, REFUSAL);
    expect(refused.end.doubts?.join()).toContain(formula);
  });

  test("may be of columns that nobody has", async () => {
    const { model, end } = await tried("What is the profit (price - cost)?", REFUSAL);
    expect(model.requests).toHaveLength(1);
    expect(end.doubts).toBeUndefined();
  });
});

describe("which of several tables", () => {
  const table = (name: string, ...columns: string[]): TableInfo => ({
    name: `'${name}'`,
    kind: "file",
    columns: columns.map((column) => ({ name: column, type: "BIGINT" })),
    rowCount: 9,
  });
  const tables = [
    table("barley.csv", "year", "crop"),
    table("birdstrikes.csv", "year", "cost"),
    table("cars.csv", "year", "mpg"),
  ];
  const notebook = "'barley.csv' (9 rows): year BIGINT\n(2 tables left out)";
  const session = () => fakeSession({ tables, sql: () => oneCell("n", 7) });
  const tried = (question: string, query: string, ...more: string[]) =>
    run([block(query), ...more], { question, notebook, session: session() });

  test.each([
    "How many bird strikes were there in all?",
    "Wie viele birdstrikes gab es insgesamt?",
    "¿Cuántos birdstrikes hubo en total?",
    "Combien de birdstrikes y a-t-il eu en tout ?",
    "birdstrikes一共有多少次?",
    "birdstrikesは全部で何件ですか?",
  ])("has what the question speaks of: %s", async (question) => {
    const query = "SELECT count(*) AS n FROM 'barley.csv'";
    const { model, end } = await tried(question, query, "7", "7");
    const fact = "the question has words of birdstrikes.csv, and none of barley.csv, which the query reads";
    expect(said(model, 2)).toContain(fact);
    expect(end.doubts).toContain(fact);
  });

  test("has a value that the question names, where the query reads one that has not", async () => {
    const lands = [
      table("lands.csv", "people"),
      { ...table("world.csv"), columns: [{ name: "country", type: "VARCHAR" }] },
    ];
    const countries = ["Brazil", "Chad", ...Array.from({ length: 9 }, (_, i) => `Land ${i}`)];
    const session = fakeSession({
      tables: lands,
      sql: (query) =>
        query.includes("c0") ? { columns: [], rows: [{ c0: countries }], rowCount: 1 } : oneCell("n", 7),
    });
    const query = "SELECT min(people) AS n FROM 'lands.csv'";
    const asked = (question: string) => run([block(query), "7", "7", "7"], { question, notebook, session });
    expect((await asked("2005年のブラジル(Brazil)のpeopleはいくらですか?")).end.doubts).toContain(
      "the question names Brazil, a value of country in world.csv, which the query does not read",
    );
    expect((await asked("What is the least people of all?")).end.doubts).toBeUndefined();
  });

  test("is meant, where several have it, is told", async () => {
    const { model, end } = await tried(
      "What is the earliest year in the table?",
      "SELECT min(year) AS n FROM 'cars.csv'",
      "7",
    );
    expect(model.requests).toHaveLength(2);
    expect(end.doubts).toEqual(["only cars.csv was read, and barley.csv, birdstrikes.csv may be meant as well"]);
  });

  test.each([
    ["How many rows has barley.csv?", "SELECT count(*) AS n FROM 'barley.csv'"],
    ["What is the mean mpg?", "SELECT avg(mpg) AS n FROM 'cars.csv'"],
    ["What is the latest year of the cars?", "SELECT max(year) AS n FROM 'cars.csv'"],
  ])("is no question: %s", async (question, query) => {
    const { end } = await tried(question, query, "7");
    expect(end.doubts).toBeUndefined();
  });
});
