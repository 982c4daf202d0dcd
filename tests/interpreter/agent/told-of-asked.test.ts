// Results that say no more than the question does, numbers of an earlier result told as one of the last, and queries of a
// table that lacks what they name.
import { describe, expect, test } from "vitest";
import type { SqlResult, TableInfo } from "../../../interpreter/index.ts";
import { fakeSession, oneCell } from "../fake-session.ts";
import { run } from "./agent-run.ts";

const block = (query: string) => `\`\`\`sql\n${query}\n\`\`\``;
const table = (name: string, ...columns: string[]): TableInfo => ({
  name: `'${name}'`,
  kind: "file",
  rowCount: 9,
  columns: columns.map((column) => ({ name: column, type: "VARCHAR" })),
});

describe("a result that shows only what its condition says", () => {
  const tables = [table("ports.csv", "code", "harbour", "state")];
  const ROW = { code: "SFO", harbour: "San Francisco", state: "CA" };
  const session = () =>
    fakeSession({
      tables,
      sql: (query) => {
        const names = Object.keys(ROW).filter((name) => query.includes("*") || query.split("WHERE")[0]!.includes(name));
        const row = Object.fromEntries(Object.entries(ROW).filter(([name]) => names.includes(name)));
        return { columns: names.map((name) => ({ name, type: "VARCHAR" })), rows: [row], rowCount: 1 };
      },
    });
  const ONLY = block("SELECT code FROM 'ports.csv' WHERE code = 'SFO'");

  test.each([
    "Which harbour has the code SFO?",
    "Welcher Hafen hat den code SFO?",
    "¿Qué puerto tiene el code SFO?",
    "Quel port a le code SFO ?",
    "code是SFO的港口是哪个?",
    "codeがSFOの港はどれですか?",
  ])("%s is asked again with all columns", async (question) => {
    const all = "SELECT * FROM 'ports.csv' WHERE code = 'SFO'";
    const { model, end } = await run([ONLY, "SFO", block(all), "San Francisco"], {
      question,
      session: session(),
    });
    expect(String(model.requests[2]?.messages.at(-1)?.content)).toContain(all);
    expect(end.answer).toContain("San Francisco");
  });

  test("is doubted where the model stays with it, and nothing is said of another column, or of a question that is answered by it", async () => {
    const question = "Which harbour has the code SFO?";
    const stays = await run([ONLY, "It is SFO.", "It is SFO."], { question, session: session() });
    expect(stays.end.doubts?.join()).toContain("the result shows only code");
    const other = block("SELECT harbour FROM 'ports.csv' WHERE code = 'SFO'");
    const right = await run([other, "It is San Francisco."], { question, session: session() });
    expect(right.end.doubts).toBeUndefined();
    const is = await run([ONLY, "Yes, SFO is there."], { question: "Is there a code SFO?", session: session() });
    expect(is.end.doubts).toBeUndefined();
  });
});

test("a number of an earlier result is no excuse where the last one has it in one of its rows", async () => {
  const means: SqlResult = {
    columns: [{ name: "mean", type: "DOUBLE" }],
    rows: [{ mean: 32.67 }, { mean: 48.11 }],
    rowCount: 2,
  };
  const keyed: SqlResult = {
    columns: [{ name: "site", type: "VARCHAR" }, ...means.columns],
    rows: [
      { site: "North", mean: 32.67 },
      { site: "South", mean: 48.11 },
    ],
    rowCount: 2,
  };
  const session = fakeSession({
    tables: [table("fields.csv", "site", "harvest")],
    sql: (query) => (query.includes("SELECT site") ? keyed : means),
  });
  const answers = [
    block("SELECT avg(harvest) AS mean FROM 'fields.csv' GROUP BY site"),
    block("SELECT site, avg(harvest) AS mean FROM 'fields.csv' GROUP BY site"),
    "The average harvest per site is 32.67.",
    "The average harvest per site is 32.67.",
  ];
  const { end } = await run(answers, { question: "average harvest per site", session });
  expect(end.answer).toMatch(/North.*32\.67.*South.*48\.11/s);
});

const answered = async (answer: string, result: SqlResult, question: string) => {
  const session = fakeSession({ tables: [table("rain.csv", "day", "mm")], sql: () => result });
  const { end, model } = await run([block("SELECT x FROM 'rain.csv'"), answer, answer], { question, session });
  return { ...end, said: model.requests.slice(2).map(({ messages }) => String(messages.at(-1)?.content)) };
};

describe("a month that the result does not have", () => {
  const months = (name: string, ...values: (string | number)[]): SqlResult => ({
    columns: [{ name, type: typeof values[0] === "number" ? "BIGINT" : "VARCHAR" }],
    rows: values.map((value) => ({ [name]: value })),
    rowCount: values.length,
  });
  test.each([
    ["In which month did it rain most?", "It rained most in September.", months("month", 1)],
    ["In welchem Monat hat es am meisten geregnet?", "Am meisten hat es im September geregnet.", months("Monat", 1)],
    ["¿En qué mes llovió más?", "Llovió más en septiembre.", months("mes", 1)],
    ["En quel mois a-t-il plu le plus ?", "Il a plu le plus en septembre.", months("m", "2013-01")],
    ["哪个月下雨最多?", "下雨最多的是9月。", months("月", 1)],
    ["一番雨の多い月はいつですか?", "一番雨の多い月は9月です。", months("月", "January")],
  ])("%s %s is not told", async (question, answer, result) => {
    const { said, answer: told } = await answered(answer, result, question);
    expect(said.join()).toMatch(/September is not in the result, which has January|the number is 1, not 9/);
    expect(told).not.toBe(answer);
  });

  test.each([
    ["In which month did it rain most?", "It rained most in January.", months("month", 1)],
    [
      "In which month before September did it rain most?",
      "Before September, January had most rain.",
      months("month", 1),
    ],
    ["How many months did each job last?", "Started in May, it lasted 1.", months("jobs", 1)],
  ])("%s %s is fine", async (question, answer, result) => {
    expect((await answered(answer, result, question)).answer).toBe(answer);
  });
});

describe("one of many rows that nothing tells apart", () => {
  const ratios: SqlResult = {
    columns: [{ name: "ratio", type: "DOUBLE" }],
    rows: [0.25, 0.75, 3.5, 1.5].map((ratio) => ({ ratio })),
    rowCount: 4,
  };
  const question = "What is the ratio of rain and sun?";
  test("is not told as the value of all", async () => {
    const { said } = await answered("The ratio is 0.75.", ratios, question);
    expect(said.join()).toContain("the result has 4 rows, and 0.75 is one of them");
  });
  test.each([
    "The highest ratio is 3.5.",
    "The mean ratio is 1.5.",
    "The ratios are 0.25, 0.75, 3.5 and 1.5.",
    "There are 4.",
  ])("%s holds for all", async (answer) => {
    expect((await answered(answer, ratios, question)).said.join()).not.toContain("is one of them");
  });
});

describe("that there is none", () => {
  const ratios: SqlResult = {
    columns: [{ name: "ratio", type: "DOUBLE" }],
    rows: [3.5, 2.5].map((ratio) => ({ ratio })),
    rowCount: 2,
  };
  test.each([
    ["How many deaths were there for each wound?", "There are no deaths."],
    ["Wie viele Tote kamen auf jeden Verletzten?", "Es gibt keine Toten."],
    ["¿Cuántas muertes hubo por cada herida?", "No hay muertes."],
    ["Combien de morts pour chaque blessé ?", "Il n'y a pas de morts."],
  ])("is no answer of rows that have values: %s", async (question, answer) => {
    expect((await answered(answer, ratios, question)).said.join()).toContain("the result has 2 rows");
  });
  test("holds of zeros", async () => {
    const zeros = { ...ratios, rows: [{ ratio: 0 }, { ratio: null }] };
    const { said } = await answered("There are no deaths.", zeros, "How many deaths were there of each?");
    expect(said.join()).not.toContain("the result has 2 rows");
  });
});

test("a year that the question says tells nothing of rows that are of that year", async () => {
  const result: SqlResult = {
    columns: [
      { name: "day", type: "VARCHAR" },
      { name: "mm", type: "DOUBLE" },
    ],
    rows: [
      { day: "2008-01-01", mm: 14.5 },
      { day: "2008-02-01", mm: 15.5 },
    ],
    rowCount: 2,
  };
  const { answer } = await answered("The rain changed in 2008.", result, "How did the rain change in 2008?");
  expect(answer).toContain("14.5");
});

test("an answer in English to a question in another language is told in that, however few its words", async () => {
  const result: SqlResult = { ...oneCell("n", 85), columns: [{ name: "n", type: "BIGINT" }] };
  const { answer } = await answered("Oslo had most, with 85.", result, "Wie viele Tage hat es in Oslo geregnet?");
  expect(answer).not.toContain("had");
});

describe("a query that fails again for want of a column", () => {
  const tables = [
    table("jobs.csv", "job", "perc", "count"),
    table("films.csv", "title", "maker", "year"),
    table("a.csv", "x"),
  ];
  const session = () =>
    fakeSession({
      tables,
      sql: (query) => {
        if (!query.includes("films"))
          throw new Error('Binder Error: Referenced column "maker" not found in FROM clause!');
        return oneCell("maker", "Ann");
      },
    });

  test("is answered with the one table that has it, by what was tried before, too; functions are no columns", async () => {
    const first = "SELECT maker, count(*) FROM 'jobs.csv' GROUP BY maker";
    const { results } = await run(
      [block(first), block("SELECT maker FROM 'jobs.csv' WHERE job = 'Maker'"), "This cannot be answered."],
      { question: "Who made the most?", session: session() },
    );
    expect(results[1]?.content).toContain(
      'films.csv has these columns. Write:\nSELECT maker, count(*) FROM "films.csv"',
    );
  });
});

describe("a reason for no answer", () => {
  const tables = [table("visits.csv", "doctor", "reason"), table("cars.csv", "name", "mpg")];
  const session = () => fakeSession({ tables, sql: () => oneCell("doctor", "Ann") });
  const QUERY = block("SELECT doctor FROM 'visits.csv'");

  test.each([
    ["Which doctor had most visits?", "This cannot be answered: 'visits.csv' does not contain the 'reason' column."],
    ["Welcher doctor hatte die meisten visits?", "Das kann nicht beantwortet werden: reason fehlt."],
    ["¿Qué doctor tuvo más visits?", "No se puede responder: no hay columna reason."],
    ["Quel doctor a eu le plus de visits ?", "On ne peut pas répondre : il n'y a pas de colonne reason."],
    ["visits最多的doctor是谁?", "无法回答:没有reason列。"],
    ["visitsが一番多いdoctorは誰?", "答えられません。reason列がありません。"],
  ])("that does not hold is answered with the column: %s", async (question, denial) => {
    const { model, end } = await run([denial, QUERY, "Ann"], { question, session: session() });
    expect(String(model.requests[1]?.messages.at(-1)?.content)).toContain("visits.csv has a column reason");
    expect(end.answer).toContain("Ann");
  });

  const PROFIT = "This cannot be answered: the table has no column for the profit.";
  test.each(["How many visits had Ann?", "Wie viele visits hatte Ann?", "Annの訪問は何件?"])(
    "that is the example's is answered from the rows that there are: %s",
    async (question) => {
      const { model, end } = await run([QUERY, PROFIT, PROFIT], { question, session: session() });
      expect(String(model.requests[2]?.messages.at(-1)?.content)).toContain("does not ask for a profit");
      expect(end.answer).toContain("Ann");
      const before = await run([PROFIT, QUERY, "Ann"], { question, session: session() });
      expect(before.end.answer).toContain("Ann");
    },
  );

  test.each([
    "Which doctor made the most profit in visits.csv?",
    "Welcher doctor hatte den höchsten Gewinn?",
    "利益が一番多いdoctorは?",
  ])("of a profit that is asked for stays: %s", async (question) => {
    const { model } = await run([PROFIT], { question, session: session() });
    expect(model.requests).toHaveLength(1);
  });

  test.each([
    ["How much hourly wage did Ann earn?", "This cannot be answered: the table has no column for the hourly wage."],
    ["Wie hoch war der Lohn von Ann?", "Das kann nicht beantwortet werden: es fehlt der Lohn."],
  ])("that denies what a column is called in another language is answered with it: %s", async (question, denial) => {
    const own = fakeSession({ tables: [table("教师.csv", "姓名", "时薪(元)")], sql: () => oneCell("姓名", "Ann") });
    const { model, end } = await run([denial, block("SELECT 姓名 FROM '教师.csv'"), "Ann"], { question, session: own });
    expect(String(model.requests[1]?.messages.at(-1)?.content)).toContain("教师.csv has a column 时薪(元)");
    expect(end.answer).toContain("Ann");
  });

  test("that rests on a column which the model made up is answered without it", async () => {
    const failing = fakeSession({
      tables,
      sql: (text) => {
        if (text.includes("clinic"))
          throw new Error('Binder Error: Referenced column "clinic" not found in FROM clause!');
        return oneCell("doctor", "Ann");
      },
    });
    const answers = [
      block("SELECT doctor FROM 'visits.csv' WHERE clinic = 1"),
      "This cannot be answered.",
      QUERY,
      "Ann",
    ];
    const { model, end } = await run(answers, { question: "Which doctor had most visits?", session: failing });
    expect(String(model.requests[2]?.messages.at(-1)?.content)).toContain("does not ask for clinic");
    expect(end.answer).toContain("Ann");
    const asked = await run(answers, { question: "Which doctor had most visits in the clinic?", session: failing });
    expect(asked.model.requests).toHaveLength(2);
  });

  test("that may hold stays", async () => {
    const denial = "This cannot be answered: there is no column of salaries.";
    const { model } = await run([denial], { question: "Which doctor earns most in visits.csv?", session: session() });
    expect(model.requests).toHaveLength(1);
  });
});

describe("a table that is nowhere", () => {
  const tables = [table("销售.csv", "城市", "茶叶"), table("cars.csv", "name", "mpg")];
  const queried = async (question: string, query: string) => {
    const session = fakeSession({
      tables,
      sql: (text) => {
        if (text.includes("sales")) throw new Error("Catalog Error: Table with name sales does not exist!");
        return oneCell("n", 63);
      },
    });
    await run([block(query), "63", "63", "63", "63"], { question, session });
    return session.queries.map((one) => one.query);
  };
  test("is the one that the question is about, and not one of several, or another that it names", async () => {
    const query = "SELECT count(*) AS n FROM sales";
    expect(await queried("每个城市的茶叶有多少?", query)).toContainEqual('SELECT count(*) AS n FROM "销售.csv"');
    expect((await queried("每个城市的mpg是多少?", query)).join()).not.toContain('FROM "销售.csv"');
    expect((await queried("sales里每个城市的茶叶有多少?", query)).join()).not.toContain('FROM "销售.csv"');
  });
});
