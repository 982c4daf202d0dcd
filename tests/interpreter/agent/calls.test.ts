// What guards make of calls and their results, with a scripted model.
import { describe, expect, test } from "vitest";
import { simplerQuery } from "../../../interpreter/agent/guards/other-way.ts";
import { runSql, statisticsTool, type TableInfo } from "../../../interpreter/index.ts";
import { CARS, fakeSession, oneCell } from "../fake-session.ts";
import { run } from "./agent-run.ts";

describe("a query that fails in the same way again", () => {
  const failing = () => fakeSession({ sql: () => Promise.reject(new Error("Binder Error: no such thing")) });
  const query = (n: number) =>
    `\`\`\`sql\nSELECT origin, sum(x) OVER (ORDER BY ${n}) AS s FROM cars WHERE origin = 'USA'\n\`\`\``;

  test("is answered with a simpler one", async () => {
    const { results } = await run([query(1), query(2), "This cannot be answered."], { session: failing() });
    expect(results[0]?.content).not.toContain("as before");
    expect(results[1]?.content).toContain(
      "It fails as before. Write it in another way, one step at a time. Begin with:",
    );
    expect(results[1]?.content).toContain("SELECT origin FROM cars WHERE origin = 'USA' LIMIT 5");
  });

  test("of a table that is not there, is answered with a look at the one that is", async () => {
    const orders = (item: string) => `\`\`\`sql\nSELECT month, ${item} AS s FROM orders\n\`\`\``;
    const answers = [orders("sum(x)"), orders("avg(x)"), "This cannot be answered."];
    const { results } = await run(answers, { session: failing() });
    expect(results[1]?.content).toContain("Begin with:\nSELECT * FROM 'cars.csv' LIMIT 3");
  });

  test("is answered with the statistics call, under its schema, where a test was asked for", async () => {
    const { model } = await run([query(1), query(1), "This cannot be answered."], {
      session: failing(),
      question: "Is the difference significant?",
      options: { tools: [runSql, statisticsTool] },
    });
    expect(model.requests[2]?.responseSchema).toMatchObject({ properties: { name: { const: "statistics" } } });
  });
});

describe("a look at the table, after a query that failed,", () => {
  const FAILS = "```sql\nSELECT nonsense(name) FROM 'cars.csv'\n```";
  const LOOK = "```sql\nSELECT * FROM 'cars.csv' LIMIT 3\n```";
  const columns = CARS.columns.map(({ name, type }) => ({ name, type }));
  const rows = [{ name: "a", horsepower: 130, origin: "USA" }];
  const session = () =>
    fakeSession({
      sql: (query) => {
        if (query.includes("nonsense")) throw new Error("Catalog Error: no such function");
        return /count|avg/.test(query) ? oneCell("n", 406) : { columns, rows, rowCount: 406 };
      },
    });
  const tell = (answers: readonly string[], question = "How many cars are there?") =>
    run(answers, { session: session(), question });

  test("is no answer, though the system proposed it: the task ends without one, and shows no rows", async () => {
    const { end, results } = await tell([FAILS, FAILS, LOOK, "There are 130 cars.", "There are 130 cars."]);
    expect(results.at(-1)).toMatchObject({ failed: false, facts: [], cell: undefined });
    expect(results.at(-1)?.content).toContain("only a look at the table");
    expect(end).toMatchObject({
      reason: "max-repairs",
      answer: "This could not be answered: no query that was tried gives what was asked.",
      cell: undefined,
    });
  });

  test("nor are rows of one column that the system proposed", async () => {
    const two = "```sql\nSELECT origin, nonsense(name) FROM 'cars.csv'\n```";
    const proposed = "```sql\nSELECT origin FROM 'cars.csv' LIMIT 5;\n```";
    const { end, model } = await tell([two, two, proposed, "It is USA.", "It is USA."]);
    expect(JSON.stringify(model.requests[2]?.messages.at(-1))).toContain("SELECT origin FROM 'cars.csv' LIMIT 5");
    expect(end.reason).toBe("max-repairs");
  });

  test("leads to the answer where the model goes on to a query of its own", async () => {
    const own = "```sql\nSELECT count(*) AS n FROM 'cars.csv'\n```";
    const { end, model } = await tell([FAILS, LOOK, "There are 130.", own, "There are 406 cars."]);
    expect(JSON.stringify(model.requests[3]?.messages.at(-1))).toContain(
      "Write the query that answers: How many cars are there?",
    );
    expect(end).toMatchObject({ reason: "answered", answer: "There are 406 cars." });
  });

  test("may end in saying that there is no answer", async () => {
    const { end } = await tell([FAILS, LOOK, "This cannot be answered, there is no column for it."]);
    expect(end).toMatchObject({ reason: "answered" });
  });

  test.each([
    ["SELECT * FROM 'cars.csv' LIMIT 3", "Show me 3 cars."],
    ["SELECT * FROM 'cars.csv' ORDER BY horsepower DESC LIMIT 1", "Which car has the highest horsepower?"],
    ["SELECT * FROM 'cars.csv' WHERE origin = 'USA'", "Show me the cars from the USA."],
  ])("is none where its rows are what was asked for: %s", async (query, question) => {
    const { end } = await tell([FAILS, `\`\`\`sql\n${query}\n\`\`\``, "a has 130."], question);
    expect(end).toMatchObject({ reason: "answered", answer: "a has 130." });
  });
});

test.each([
  ["SELECT a, b FROM t", "SELECT a FROM t LIMIT 5"],
  ["SELECT a FROM t", "SELECT * FROM t LIMIT 3"],
  [
    "SELECT count(DISTINCT a) FROM 'x.csv' AS x JOIN 'y.csv' AS y ON x.k = y.k WHERE y.z > 1",
    "SELECT count(DISTINCT a) FROM 'x.csv' AS x JOIN 'y.csv' AS y ON x.k = y.k LIMIT 5",
  ],
  [
    "SELECT a, n FROM (SELECT a, count(*) AS n FROM t WHERE b = 1 GROUP BY a) WHERE n > 2",
    "SELECT a FROM t WHERE b = 1 LIMIT 5",
  ],
  ["not a query", undefined],
])("%s begins with %s", (query, simpler) => {
  expect(simplerQuery(query)).toBe(simpler);
});

describe("what the tables do not have", () => {
  const lacking = fakeSession({
    sql: () => Promise.reject(new Error('Binder Error: Referenced column "price" not found in FROM clause!')),
  });
  const QUERY = "```sql\nSELECT avg(price) FROM cars\n```";

  test("is said by the system, once the model has tried", async () => {
    const { end } = await run([QUERY, QUERY, QUERY], { session: lacking, question: "What is the mean price?" });
    expect(end).toMatchObject({
      reason: "unanswerable",
      answer: "This cannot be answered: the tables have no price.",
    });
  });

  test.each([
    ["Wie hoch ist der mittlere price der Autos?", "Das kann nicht beantwortet werden: Die Tabellen haben kein price."],
    ["¿Cuál es el price medio de los coches?", "No se puede responder: las tablas no tienen price."],
    ["price 的平均值是多少？", "无法回答：表中没有price。"],
    [
      "What is the mean price? Answer in French.",
      "Il ne peut pas y avoir de réponse : les tableaux n'ont pas de price.",
    ],
  ])("in the language that it is asked in: %s", async (question, answer) => {
    const { end } = await run([QUERY, QUERY, QUERY], { session: lacking, question });
    expect(end).toMatchObject({ reason: "unanswerable", answer });
  });

  test("but not of a column that another table has", async () => {
    const session = fakeSession({
      sql: () => Promise.reject(new Error('Binder Error: Referenced column "origin" not found in FROM clause!')),
    });
    const { end } = await run([QUERY, QUERY, QUERY], { session });
    expect(end.reason).toBe("repeated");
  });
});

describe("a column under another name", () => {
  const query = "```sql\nSELECT avg(flipper_length) AS average_age FROM penguins\n```";
  const session = () =>
    fakeSession({
      sql: () => oneCell("average_age", 200),
      tables: [
        {
          ...{ name: "'penguins.json'", kind: "file", rowCount: 344 },
          columns: [
            { name: "species", type: "VARCHAR" },
            { name: "Flipper_Length", type: "BIGINT" },
          ],
        },
      ],
    });

  const given = () => ({ session: session(), question: "What is the mean age?" });

  test("is asked about in one word, apart from the conversation; a no ends it, and nothing is shown", async () => {
    const { model, end, results, conversation } = await run([query, "No."], given());
    expect(model.requests[1]?.messages.map(({ content }) => content)).toEqual([
      "You answer in one word.",
      'A table has the columns species, Flipper_Length. Somebody asks: What is the mean age? Is that in the column "Flipper_Length"? Answer yes or no.',
    ]);
    const answer =
      "This cannot be answered: the tables have no age. If Flipper_Length is meant, ask for it by its name.";
    expect(end).toMatchObject({ reason: "unanswerable", answer, cell: undefined });
    expect(results).toMatchObject([{ failed: true, facts: [], content: answer }]);
    expect(JSON.stringify(conversation)).not.toContain("Answer yes or no");
  });

  test("that the model stands by is told to it, and to the user at the end", async () => {
    const { model, end } = await run([query, "Yes", "The average age is 200."], given());
    expect(JSON.stringify(model.requests[2]?.messages.at(-1))).toContain(
      "average_age is computed as avg(flipper_length)",
    );
    expect(end).toMatchObject({ reason: "answered", doubts: ["average_age is the mean of flipper_length"] });
    const refusal = await run([query, "Yes", "This cannot be answered, there is no column for it."], given());
    expect(refusal.end).not.toHaveProperty("doubts");
  });

  test("a letter for a name is none: the user is told what was computed, unless the question names it", async () => {
    const letter = "```sql\nSELECT avg(Flipper_Length) AS m FROM penguins\n```";
    const { end } = await run([letter, "Yes", "It is 200."], given());
    expect(end.doubts).toEqual(["what is told is the mean of Flipper_Length, which the question does not name"]);
    const named = await run([letter, "It is 200."], { ...given(), question: "What is the mean flipper length?" });
    expect(named.end).not.toHaveProperty("doubts");
    const denied = await run([letter, "No."], given());
    expect(denied.end.answer).not.toContain("no m");
  });

  test("asked for in another language: the smallest models, which stand by anything, are not believed", async () => {
    const answers = ["```sql\nSELECT avg(Flipper_Length) FROM penguins\n```", "Yes", "La edad media es de 200."];
    const question = "¿Cuál es la edad media de los pingüinos?";
    const doubts = ["what is told is from the column Flipper_Length, which the question does not name"];
    expect((await run(answers, { ...given(), question })).end).toMatchObject({ reason: "answered", doubts });
    const larger = await run(answers, { ...given(), question, name: "qwen2.5-coder-1.5b" });
    expect(larger.end).not.toHaveProperty("doubts");
  });

  test("and one without another name, too", async () => {
    const { end } = await run(["```sql\nSELECT Flipper_Length FROM penguins LIMIT 1\n```", "No"], given());
    expect(end).toMatchObject({
      reason: "unanswerable",
      answer:
        'This cannot be answered: no column holds what is asked for, and "Flipper_Length" is something else. ' +
        "If Flipper_Length is meant, ask for it by its name.",
    });
  });

  test.each([
    ["the question names", "SELECT max(Flipper_Length) FROM penguins", "How long is the longest flipper?"],
    ["is only counted", "SELECT count(*) AS n FROM penguins", "How many are there?"],
    [
      "is one of several that are asked for",
      "SELECT max(Flipper_Length) FROM penguins",
      `Load it. ${"Then go on. ".repeat(15)}`,
    ],
  ])("a column that %s is not asked about", async (_, sql, question) => {
    const { model } = await run([`\`\`\`sql\n${sql}\n\`\`\``, "It is 200."], { ...given(), question });
    expect(model.requests).toHaveLength(2);
  });

  test("can be interrupted while it is asked about", async () => {
    const controller = new AbortController();
    const { end } = await run([query, { hangsAfter: "Y" }], {
      ...{ ...given(), controller },
      onEvent: ({ type }) => type === "tool-call" && setImmediate(() => controller.abort()),
    });
    expect(end).toMatchObject({ reason: "interrupted" });
  });
});

describe("a file that cannot be read", () => {
  const BAD = {
    name: "'sales.parquet'",
    kind: "file" as const,
    columns: [],
    rowCount: undefined,
    problem: "No magic bytes",
  };
  const query = (of: string) => `\`\`\`sql\nSELECT count(*) FROM '${of}'\n\`\`\``;
  const session = (tables: readonly TableInfo[]) =>
    fakeSession({
      tables,
      sql: (text) => (text.includes("cars") ? oneCell("n", 406) : Promise.reject(new Error("no magic bytes"))),
    });

  test.each([
    ["How many sales are there?", "sales.parquet cannot be read: No magic bytes. Save it anew as CSV"],
    ["Wie viele sales gibt es?", "sales.parquet kann nicht gelesen werden: No magic bytes. Speichern"],
    ["¿Cuántas filas hay en sales.parquet?", "sales.parquet no se puede leer: No magic bytes. Guárdelo"],
    ["Combien de lignes y a-t-il dans sales.parquet ?", "sales.parquet ne peut pas être lu : No magic bytes."],
    ["sales.parquet有多少行?", "无法读取sales.parquet：No magic bytes. 请将其重新保存为"],
    ["sales.parquetは何行ありますか?", "sales.parquetを読み取れません：No magic bytes."],
  ])("%s: the task ends with it, and with the way out", async (question, told) => {
    const { end, model } = await run([query("sales.parquet")], { question, session: session([BAD, CARS]) });
    expect(model.requests).toHaveLength(1);
    expect(end.reason).toBe("unanswerable");
    expect(end.answer).toContain(told);
  });

  test("that the question does not name: the model may choose another, once", async () => {
    const question = "How many are there?";
    const tables = [BAD, CARS];
    const other = await run([query("sales.parquet"), query("cars.csv"), "406."], {
      question,
      session: session(tables),
    });
    expect(other.end).toMatchObject({ reason: "answered", answer: expect.stringContaining("406") });
    const insists = await run([query("sales.parquet"), query("sales.parquet' AS s, 'sales")], {
      question,
      session: session(tables),
    });
    expect(insists.end.reason).toBe("unanswerable");
    const only = await run([query("sales.parquet")], { question, session: session([BAD]) });
    expect(only.end.reason).toBe("unanswerable");
  });
});
