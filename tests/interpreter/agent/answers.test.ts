// What guards make of answers, with a scripted model.
import { describe, expect, test } from "vitest";
import { unsupportedNumbers } from "../../../interpreter/agent/sentences/unsupported-numbers.ts";
import { codeThatRan, newTurn, type SqlResult } from "../../../interpreter/index.ts";
import { fakeSession, oneCell } from "../fake-session.ts";
import { COUNT, run } from "./agent-run.ts";

describe("numbers of an answer", () => {
  test("without any result are not taken: the model is sent back to the tables", async () => {
    const { model, end } = await run(["The mean price is 35.5.", "```sql\nSELECT 1\n```", "It is 1."]);
    expect(JSON.stringify(model.requests[1]?.messages.at(-1))).toContain("Nothing was computed. Write the query");
    expect(end).toMatchObject({ reason: "answered", answer: "It is 1." });
  });

  test("not even a small one", async () => {
    const { end, model } = await run(["The mean age is 2.", "The mean age is 2.", "The mean age is 2."]);
    expect(model.requests).toHaveLength(3);
    expect(end.doubts).toContain("2 is in no result");
  });

  test("that are in no result are named at the end", async () => {
    const session = fakeSession({ sql: () => oneCell("n", 406) });
    const { end } = await run(["```sql\nSELECT count(*) FROM cars\n```", "There are 406 cars, 57.5 % of them red."], {
      session,
    });
    expect(end).toMatchObject({ doubts: ["57.5 is in no result"] });
  });
});

describe("a number that another table has", () => {
  const TOLD =
    "'cars.csv' (406 rows): name VARCHAR, hp BIGINT\n'boats.csv' (77 rows): kind VARCHAR ('33', '48')\nOther tables: 'class 61.csv'";
  const asked = async (question: string, answers: readonly string[]) => {
    const session = fakeSession({ sql: () => oneCell("n", 119.9) });
    return run(answers, { question, notebook: TOLD, session });
  };
  const QUERY = "```sql\nSELECT avg(hp) AS n FROM 'cars.csv'\n```";

  test.each([
    ["What is the mean hp?", "It is 119.9, of 33."],
    ["Wie hoch ist das mittlere hp?", "Es ist 119.9, von 48."],
    ["¿Cuál es el hp medio?", "Es 119.9, de 77."],
    ["hpの平均は?", "119.9で、61です。"],
  ])("%s is not the answer's: %s", async (question, answer) => {
    const { end } = await asked(question, [QUERY, answer]);
    expect(end.doubts).toEqual([expect.stringMatching(/^(33|48|77|61) is in no result$/)]);
  });

  test.each([
    ["What is the mean hp?", "It is 119.9, of 406 rows."],
    ["What is the mean hp of the boats?", "It is 119.9, of 77."],
    ["What is the mean hp?", "It is 119.9; boats.csv has 77 rows."],
  ])("unless it is named: %s %s", async (question, answer) => {
    expect((await asked(question, [QUERY, answer])).end.doubts).toBeUndefined();
  });
});

describe("a question that changes the one before", () => {
  const session = fakeSession({ sql: () => oneCell("mean", 3372.7) });
  const first = "```sql\nSELECT avg(hp) AS mean FROM 'cars.csv'\n```";
  const changed = "```sql\nSELECT avg(weight) AS mean FROM 'cars.csv'\n```";
  const asked = async (question: string, answers: readonly string[]) => {
    const { conversation: earlier } = await run([first, "It is 119.9."], {
      question: "What is the mean horsepower?",
      session: fakeSession({ sql: () => oneCell("mean", 119.9) }),
    });
    return run(answers, { question, earlier, session });
  };

  test("is not answered by the result before: its query is to be changed, and to run", async () => {
    const { model, end } = await asked("And the mean weight?", ["It is 119.9.", changed, "It is 3372.7."]);
    expect(JSON.stringify(model.requests[1]?.messages.at(-1))).toContain("SELECT avg(hp) AS mean FROM 'cars.csv'");
    expect(end).toMatchObject({ reason: "answered", answer: "It is 3372.7." });
    expect(end.doubts).toBeUndefined();
  });

  test("and where the model insists, the user is told so", async () => {
    const { end } = await asked("And the mean weight?", ["It is 119.9.", "It is 119.9."]);
    expect(end.doubts).toEqual([expect.stringContaining("nothing was computed for this question")]);
  });

  test("one that stands by itself is none", async () => {
    const { model } = await asked("Is there a column for the mean weight of each of the cars?", ["Yes."]);
    expect(model.requests).toHaveLength(1);
  });
});

describe("what an answer says of a chart", () => {
  const axis = (field: string, type: string) => ({ field, title: field, type });
  const values = Object.entries({ Oslo: 5, Lyon: 3 }).map(([city, units]) => ({ city, units }));
  const spec = { data: { values }, encoding: { x: axis("city", "nominal"), y: axis("units", "quantitative") } };
  const columns = { city: "VARCHAR", units: "BIGINT", price: "DOUBLE" };
  const session = () =>
    fakeSession({
      chart: async () => ({ "application/vnd.vegalite.v5+json": spec, "text/plain": "Oslo | 5\nLyon | 3" }),
      tables: [
        {
          ...{ name: "'sales.csv'", kind: "file", rowCount: 2 },
          columns: Object.entries(columns).map(([name, type]) => ({ name, type })),
        },
      ],
    });
  const DRAW = '```chart\n{"table": "sales.csv", "mark": "bar", "x": "city", "y": "units"}\n```';
  const tell = (answers: readonly string[], question = "Draw the units by city.") =>
    run([DRAW, ...answers], { session: session(), question });

  test("is held against what is drawn", async () => {
    const { model, end } = await tell(["Lyon has 5 units.", "The chart shows Oslo with 5, and Lyon with 3."]);
    expect(JSON.stringify(model.requests[2]?.messages.at(-1))).toContain("5 is of Oslo, not of Lyon");
    expect(end).toMatchObject({ answer: "The chart shows Oslo with 5, and Lyon with 3." });
  });

  test("is said by a sentence that is true of it where the model's are not", async () => {
    const { end } = await tell(["Lyon has 5 units.", "Lyon has the most units."]);
    expect(end).toMatchObject({ reason: "answered", answer: "The chart shows units by city." });
  });

  test("in the question's language, at once", async () => {
    const { model, end } = await tell(
      ["The chart is shown, and that is what there is."],
      "Zeichne ein Diagramm der units nach city.",
    );
    expect(model.requests).toHaveLength(2);
    expect(end).toMatchObject({ answer: "Das Diagramm zeigt units nach city." });
  });

  test("a chart that is asked for again has been drawn", async () => {
    const { model, end } = await tell([DRAW]);
    expect(model.requests).toHaveLength(2);
    expect(end).toMatchObject({ reason: "answered", answer: "The chart shows units by city." });
  });

  test("in the form that is asked for, from what is drawn", async () => {
    const { end } = await tell(["The chart is shown."], "How many units by city? Réponds en JSON.");
    expect(end).toMatchObject({ answer: '[{"city":"Oslo","units":5},{"city":"Lyon","units":3}]' });
  });

  test("a column that the model itself takes for another is told", async () => {
    const { end } = await tell(["No", "The chart shows the weight."], "Draw the weight by city.");
    expect(end.doubts).toEqual(["the chart shows units, which may be something else than what was asked for"]);
  });
});

test("revenue that no column holds is computed as its quantity and price", async () => {
  const columns = { region: "VARCHAR", units: "BIGINT", price: "DOUBLE" };
  const of = (names: Record<string, string>) =>
    fakeSession({
      tables: [
        {
          ...{ name: "'sales.csv'", kind: "file", rowCount: 2 },
          columns: Object.entries(names).map(([name, type]) => ({ name, type })),
        },
      ],
    });
  const told = async (question: string, session = of(columns)) => {
    const { model } = await run(["This cannot be answered.", "This cannot be answered."], { question, session });
    return String(model.requests[0]?.messages.at(-1)?.content);
  };
  const hint = "(No column holds the revenue: it is sum(units * price) AS revenue.)";
  expect(await told("What is the revenue by region?")).toContain(hint);
  expect(await told("Wie hoch ist der Umsatz je Region?")).toContain(hint);
  expect(await told("How many units were sold?")).not.toContain("revenue");
  expect(await told("What is the revenue by region?", of({ ...columns, revenue: "DOUBLE" }))).not.toContain("sum(");
});

test("of a result without rows nothing is told but that", async () => {
  const session = fakeSession({ sql: () => ({ columns: [{ name: "name", type: "VARCHAR" }], rows: [], rowCount: 0 }) });
  const query = "```sql\nSELECT name FROM cars WHERE origin = 'x'\n```";
  const question = "What is the name of the car from x?";
  const { model, end } = await run([query, "It is Oslo.", "It is Oslo."], { question, session });
  expect(JSON.stringify(model.requests[2]?.messages.at(-1))).toContain("it has no rows");
  expect(end).toMatchObject({ answer: "The result has no rows." });
  expect((await run([query, "There is none."], { question, session })).end).toMatchObject({ answer: "There is none." });
});

describe("what the question names and the query leaves out", () => {
  const fields = { hours: "VARCHAR", Entity: "VARCHAR", count: "BIGINT" };
  const columns = Object.entries(fields).map(([name, type]) => ({ name, type }));
  const tables = [{ name: "'strikes.csv'", kind: "file" as const, rowCount: 9, columns }];
  const session = (rows: readonly Record<string, unknown>[] = [{ n: 7 }]) =>
    fakeSession({
      tables,
      sql: (query) => {
        if (query.startsWith("SELECT list(")) return oneRow({ c0: ["Day", "Night"], c1: ["All of them", "Flood"] });
        if (query.startsWith("SELECT DISTINCT")) return oneRow({ value: "Flood" });
        const names = Object.keys(rows[0] ?? {});
        return { columns: names.map((name) => ({ name, type: "VARCHAR" })), rows: [...rows], rowCount: rows.length };
      },
    });
  const oneRow = (row: Record<string, unknown>): SqlResult => ({ columns: [], rows: [row], rowCount: 1 });
  const sql = (condition: string) =>
    `\`\`\`sql\nSELECT first(Entity) AS n FROM 'strikes.csv' WHERE ${condition}\n\`\`\``;

  test.each([
    ["How many at night?", "Entity = 'x'", "the question names Night, a value of hours, and the query does not use it"],
    [
      "How many by night?",
      "Entity = 'Night'",
      "the question names Night, a value of hours, and the query does not use it",
    ],
    ["How many in 1990?", "1 = 1", "the question names 1990, and the query does not use it"],
    ["How many of 'Flood'?", "1 = 1", 'the question names "Flood", and the query does not use it'],
    ["How many weigh more than 450 kg?", "1 = 1", "the question names 450, and the query does not use it"],
    ["Wie viele kosten über 1.200 €?", "year(day) > 2000", "the question names 1.200, and the query does not use it"],
    ["20分以上遅れたのは何件ですか?", "1 = 1", "the question names 20, and the query does not use it"],
  ])("%s by %s: is asked about once, and told", async (question, condition, doubt) => {
    const { model, end } = await run([sql(condition), "There are 7.", "There are 7."], {
      question,
      session: session(),
    });
    expect(JSON.stringify(model.requests[2]?.messages.at(-1))).toContain("That may answer another question");
    expect(end.doubts).toContain(doubt);
  });

  test.each([
    ["How many at night?", "hours = 'Night'"],
    ["How many in 1990?", "year(day) = 1990"],
    ["How many until 1990?", "day < '1991-01-01'"],
    ["How many of 'Flood'?", "Entity ILIKE 'flood%'"],
    ["How many rows are there at the most?", "1 = 1"],
    ["How many weigh more than 450 kg?", "weight >= 451"],
    ["How many took over 2 hours?", "minutes > 120"],
    ["How many are in the top 10 percent?", "share >= 0.9"],
    ["¿Cuántos cuestan más de 1.200 €?", "price > 1200"],
    ["How many were there on 5 May?", "strftime(day, '%m-%d') = '05-05'"],
    ["How heavy is one, rounded to 2 decimals?", "1 = 1"],
    ["How many CO2 and PM10 sensors are there?", "1 = 1"],
  ])("%s by %s: nothing is", async (question, condition) => {
    const { model, end } = await run([sql(condition), "There are 7."], { question, session: session() });
    expect(model.requests).toHaveLength(2);
    expect(end.doubts).toBeUndefined();
  });

  test("a query that is corrected is told without a doubt", async () => {
    const answers = [sql("1 = 1"), "There are 7.", sql("hours = 'Night'"), "There are 7."];
    const { end } = await run(answers, { question: "How many at night?", session: session() });
    expect(end).toMatchObject({ reason: "answered", answer: "There are 7." });
    expect(end.doubts).toBeUndefined();
  });

  test("a row that is to be left out is seen in the result", async () => {
    const answers = [sql("1 = 1"), "It is All of them.", "It is All of them."];
    const question = "Which entity other than 'All of them' is the largest?";
    const { end } = await run(answers, { question, session: session([{ Entity: "All of them" }]) });
    expect(end.doubts).toEqual(['the question leaves out "All of them", and the result has it']);
  });

  test("rows that hold counts are not counted themselves", async () => {
    const query = "```sql\nSELECT count(*) AS n FROM 'strikes.csv'\n```";
    const asked = (question: string) => run([query, "It is 7.", "It is 7."], { question, session: session() });
    const { results, end } = await asked("How many strikes are there?");
    expect(codeThatRan(results[0]?.facts ?? [])).toBe("SELECT sum(\"count\") AS n FROM 'strikes.csv'");
    expect(end.doubts).toBeUndefined();
    const rows = await asked("How many rows are there?");
    expect(codeThatRan(rows.results[0]?.facts ?? [])).toContain("count(*)");
    expect(rows.end.doubts).toBeUndefined();
  });

  test("a question about the rows before keeps their filter", async () => {
    const { conversation: earlier } = await run([sql("hours = 'Night'"), "There are 7."], {
      question: "How many are there by night?",
      session: session(),
    });
    const question = "How many of those are floods?";
    const dropped = [sql("Entity = 'Flood'"), "There are 7.", "There are 7."];
    const { model, end } = await run(dropped, { question, earlier, session: session() });
    expect(model.requests[2]?.messages.at(-1)?.content).toContain(
      "in this shape: SELECT first(Entity) AS n FROM 'strikes.csv' WHERE (hours = 'Night') AND (Entity = 'Flood')",
    );
    expect(end.doubts).toEqual(["the question is about the rows before, where hours = 'Night'"]);
    const kept = [sql("Entity = 'Flood' AND hours = 'Night'"), "There are 7."];
    expect((await run(kept, { question, earlier, session: session() })).end.doubts).toBeUndefined();
  });

  test.each([
    ["Which hours are the worst?", "Please answer in English."],
    ["昼間は何件ですか?", "日本語で答えてください。"],
    ["Combien de nuit ?", "Le fichier contient des collisions."],
    ["Wie viel war es nachts?", "Es ist in der Tabelle."],
    ["Strikes per Entity, as JSON with the keys a and b", '{"a": "Flood", "b": 7}'],
    ["Schläge je Entity? Antworte als JSON mit den Schlüsseln a und b", '```json\n{"a": "Flood", "b": 7}\n```'],
    ["Ile było powodzi w nocy?", "Było ich 7."], // in languages that we do not read
    ["Сколько было ночью?", "7."],
  ])("%s is not answered by words without a result: %s", async (question, words) => {
    const again = (answer: string) => Array<string>(4).fill(answer); // others may ask for it once more
    const { model, end } = await run([words, sql("hours = 'Night'"), ...again("There are 7.")], {
      question,
      session: session(),
    });
    expect(model.requests[1]?.messages.at(-1)?.content).toContain(`Write the query that answers: ${question}`);
    expect(end.reason).toBe("answered");
    const insists = await run(again(words), { question, session: session() });
    expect(insists.end.doubts).toContain("nothing was computed: the answer rests on no result");
  });

  test.each(["And in the daytime?", "Und am Tag?", "¿Y de día?", "Et de jour ?", "那白天呢?"])(
    "%s is not answered by the query before",
    async (question) => {
      const { conversation: earlier } = await run([sql("hours = 'Night'"), "There are 7."], {
        question: "How many are there by night?",
        session: session(),
      });
      const same = sql("hours  =  'Night'").replace("SELECT", "select");
      const { model, end } = await run([same, sql("hours = 'Day'"), "There are 7."], {
        question,
        earlier,
        session: session(),
      });
      expect(model.requests[1]?.messages.at(-1)?.content).toContain("That is the query before");
      expect(end.doubts).toBeUndefined();
      const insists = await run([same, same, "There are 7."], { question, earlier, session: session() });
      expect(insists.end.doubts).toEqual(["the query is the one before, unchanged: it answers the question before"]);
    },
  );
});

test.each([
  ["It is 119.9.", ["mean\n119.9"], []],
  ["1. Load it.\n2. Count: 406", ["406"], []],
  ["About 120 hp.", ["119.9"], []],
  ["46 % are rated R.", ["0.45993"], []],
  ["45,99 %", ["45.993"], []],
  ["2 145 906 people", ["2145906"], []],
  ["1,234.5 in 2013", ["1234.5", "in 2013?"], []],
  ["the 3 best", ["x"], []],
  ["12,345 and 77", ["12.345"], ["77"]],
  ["The mean is 5.573077.", ["5.573077"], []],
  ["12,345,678.9 km", ["12345678.9"], []],
  ["It is 35.", ["Name, Horsepower"], ["35"]],
  ["p = 3.2e-17", ["p_value\n3.217e-17"], []],
  ["p is 3.2 × 10⁻¹⁷, or 3.2 x 10^-17", ["3.217e-17"], []],
  ["p = 3.2e-17", ["p_value\n0.04"], ["3.2e-17"]],
  ["on 2013-05-01", ["2013-05-01"], []],
  ["共有254辆", ["254"], []],
  ["flights-2k.json has Q14", ["x"], []],
  ["25km and 31%", ["25"], ["31"]],
])("%j after %j: %j is in no result", (answer, shown, unsupported) => {
  expect(unsupportedNumbers(answer, shown)).toEqual(unsupported);
});

describe("what an answer says of a result", () => {
  const rows = { USA: 254, Japan: 79 };
  const table = {
    columns: [
      { name: "origin", type: "VARCHAR" },
      { name: "n", type: "BIGINT" },
    ],
    rows: Object.entries(rows).map(([origin, n]) => ({ origin, n })),
    rowCount: 2,
  };
  const QUERY = "```sql\nSELECT origin, count(*) AS n FROM cars GROUP BY origin\n```";
  const QUESTION = "How many cars are there by origin?";
  const tell = (...answers: readonly string[]) =>
    run([QUERY, ...answers], { question: QUESTION, session: fakeSession({ sql: () => table }) });

  test("is taken where it fits", async () => {
    const { end, model } = await tell("254 are from the USA, 79 from Japan.");
    expect(end).toMatchObject({ reason: "answered", answer: "254 are from the USA, 79 from Japan." });
    expect(model.requests).toHaveLength(2);
  });

  test("is asked for again with the fact where it does not, and what was said is withdrawn", async () => {
    const { end, model, events } = await tell("Japan has 254 cars.", "The USA has 254 cars, Japan 79.");
    expect(JSON.stringify(model.requests[2]?.messages.at(-1))).toContain("254 is of USA, not of Japan");
    expect(events.filter(({ type }) => type === "text-withdrawn")).toHaveLength(1);
    expect(end).toMatchObject({ answer: "The USA has 254 cars, Japan 79." });
    expect(end).not.toHaveProperty("doubts");
  });

  test("is written from the result where it does not fit twice", async () => {
    const { end } = await tell("The number of cars is 254.", "Japan has the most cars.");
    expect(end).toMatchObject({ reason: "answered", answer: "n by origin: USA (254), Japan (79)." });
  });

  test("is not one row's where it is said of each", async () => {
    const { end, model } = await tell("The most frequent of each is USA.", "The most frequent of each is USA.");
    expect(JSON.stringify(model.requests[2]?.messages.at(-1))).toContain("USA is of one only");
    expect(end).toMatchObject({ answer: "n by origin: USA (254), Japan (79)." });
    const one = await tell("The most frequent is USA.");
    expect(one.end).toMatchObject({ answer: "The most frequent is USA." });
  });

  test("is written from the result where there is no round left", async () => {
    const { end } = await run([QUERY, "Japan has 254 cars."], {
      question: QUESTION,
      session: fakeSession({ sql: () => table }),
      options: { maxRounds: 2 },
    });
    expect(end).toMatchObject({ answer: "n by origin: USA (254), Japan (79)." });
  });

  test("has to be something: an answer without any value of the one row is asked for again", async () => {
    const session = () => fakeSession({ sql: () => oneCell("name", "plymouth 'cuda 340") });
    const { end, model } = await run([COUNT, "The heaviest car is heavy.", "It is the Plymouth Cuda 340."], {
      session: session(),
    });
    expect(JSON.stringify(model.requests[2]?.messages.at(-1))).toContain("it is not in your answer");
    expect(end).toMatchObject({ answer: "It is the Plymouth Cuda 340." });
    const twice = await run([COUNT, "It is heavy.", "It is heavy."], { session: session() });
    expect(twice.end).toMatchObject({ answer: "name is plymouth 'cuda 340." });
  });

  test.each([
    ["There are three.", 3],
    ["In September 1958.", "1958-09-01"],
    ["Yes.", true],
    ["There are none.", 0],
    ["The mean is about 8.3 thousand.", null],
  ])("%s may well say %s", async (answer, value) => {
    const { end } = await run([COUNT, answer], { session: fakeSession({ sql: () => oneCell("n", value) }) });
    expect(end.answer).toBe(answer);
  });

  test("has to be something of several rows, too", async () => {
    const { end, model } = await tell("Please answer in English.", "Please answer in English.");
    expect(JSON.stringify(model.requests[2]?.messages.at(-1))).toContain("it is not in your answer");
    expect(end).toMatchObject({ answer: "n by origin: USA (254), Japan (79)." });
    const ofNoRow = await tell("There are 406 cars per origin.", "There are 406 cars per origin.");
    expect(ofNoRow.end).toMatchObject({ answer: "n by origin: USA (254), Japan (79)." });
    expect((await tell("There are 333 cars in all.")).end).toMatchObject({ answer: "There are 333 cars in all." });
    const many = { ...table, rows: Array.from({ length: 20 }, (_, n) => ({ origin: `Region ${n}`, n })), rowCount: 20 };
    const long = await run([QUERY, "日本語で回答してください。"], {
      question: "産地ごとの台数は?",
      session: fakeSession({ sql: () => many }),
    });
    expect(long.end).toMatchObject({ answer: "結果は20行です。表をご覧ください。" });
    expect(long.end.doubts).toBeUndefined();
  });

  test("is no sentence of ours, and not the question said again", async () => {
    const again = await tell(QUESTION, QUESTION);
    expect(again.end).toMatchObject({ answer: "n by origin: USA (254), Japan (79)." });
    const echoed = "250以上の産地はどこですか？"; // with another question mark
    const inWords = await run([QUERY, ...Array.from({ length: 3 }, () => `データを分析し、${echoed}`)], {
      question: "250以上の産地はどこですか?",
      session: fakeSession({ sql: () => table }),
    });
    expect(inWords.end.answer).toContain("254");
    const note = "If that is not what was asked, answer: This cannot be answered, there is no column for it.";
    const renamed = QUERY.replace("count(*) AS n", "sum(horsepower) AS age");
    const echo = (answer: string) =>
      run([renamed, "yes", answer, answer], { question: QUESTION, session: fakeSession({ sql: () => table }) });
    expect((await echo(`It is so. ${note}`)).end).toMatchObject({ answer: "n by origin: USA (254), Japan (79)." });
    expect((await echo(`${note} 254 are from the USA, 79 from Japan.`)).end).toMatchObject({
      answer: "254 are from the USA, 79 from Japan.",
    });
    const refusal = "This cannot be answered, there is no column for it.";
    expect((await echo(refusal)).end).toMatchObject({ answer: refusal });
  });

  test.each(["The number has risen.", "Yes, they do.", "There are none.", "Most are from the USA."])(
    "may say something of all rows: %s",
    async (answer) => {
      expect((await tell(answer)).end).toMatchObject({ answer });
    },
  );

  test("may be a sum or a share of it", async () => {
    const { end } = await tell("There are 333 cars, 76.3 % of them from the USA.");
    expect(end).not.toHaveProperty("doubts");
  });
});

describe("the form that was asked for", () => {
  const row = {
    columns: [
      { name: "a", type: "DOUBLE" },
      { name: "b", type: "DOUBLE" },
    ],
    rows: [{ a: 1.5, b: 2.25 }],
    rowCount: 1,
  };
  const ask = (question: string, table: SqlResult, ...answers: readonly string[]) =>
    run([COUNT, ...answers], { question, session: fakeSession({ sql: () => table }) });

  test("is filled without the model, where the result says which value goes where", async () => {
    const { end, model } = await ask("What are a and b? As JSON with keys b and a.", row, "They are 1.5 and 2.25.");
    expect(end).toMatchObject({ reason: "answered", answer: '{"b":2.25,"a":1.5}' });
    expect(model.requests).toHaveLength(2);
  });

  test("stands below the sentence, where that is what was asked", async () => {
    const { end } = await ask("End with @b[value], rounded to 1 decimal.", row, "The b is 2.25. @b[value]");
    expect(end).toMatchObject({ answer: "The b is 2.3.\n\n@b[2.3]" });
  });

  test("is else chosen by the model from the results, under a schema", async () => {
    const { end, model } = await ask(
      "Low and high? End with @low[x] @high[y]",
      row,
      "So it is.",
      '{"low":1.5,"high":2.25}',
    );
    expect(model.requests[2]?.responseSchema).toMatchObject({ properties: { low: { enum: [1.5, 2.25] } } });
    expect(model.requests[2]?.toolChoice).toBe("none");
    const doubts = ["which value of the result stands where was chosen by the model"];
    expect(end).toMatchObject({ answer: "@low[1.5] @high[2.25]", doubts });
  });

  test("yes or no is what a result says, whatever the model does", async () => {
    const { end } = await ask("Is a larger than b? Answer yes or no.", oneCell("is_larger", false), "Yes, it is.");
    expect(end).toMatchObject({ answer: "no" });
    expect(end).not.toHaveProperty("doubts");
  });

  test("yes or no that no result says is asked for as a query, and else a doubt", async () => {
    const question = "Is a larger than b? Answer yes or no.";
    const { end, model } = await ask(question, row, "Yes.", "Yes, it is.");
    expect(JSON.stringify(model.requests[2]?.messages.at(-1))).toContain("its one value is true or false");
    expect(end).toMatchObject({ answer: "yes", doubts: [expect.stringContaining("the model's conclusion")] });

    const compares = "```sql\nSELECT 1 > 2 AS answer\n```";
    const sql = (query: string) => (query.includes("answer") ? oneCell("answer", false) : row);
    const mended = await run([COUNT, "Yes.", compares, "Yes."], { question, session: fakeSession({ sql }) });
    expect(mended.end).toMatchObject({ answer: "no" });
    expect(mended.end).not.toHaveProperty("doubts");
  });

  test("that a server without grammar does not keep is a doubt", async () => {
    const { end } = await ask("Low and high? End with @low[x] @high[y]", row, "So it is.", "Low is 1.5.");
    expect(end).toMatchObject({ doubts: ["the answer is not in the form that was asked for"] });
  });

  test("an amount has the currency, and a doubt where no column says so", async () => {
    const { end } = await ask("What is the total in EUR?", oneCell("total", 12), "The total is 12.");
    expect(end).toMatchObject({
      answer: "The total is 12 (EUR).",
      doubts: ["no column says that its amounts are in EUR"],
    });
    const known = await ask("What is the total in EUR?", oneCell("total_eur", 12), "The total is 12 €.");
    expect(known.end).toMatchObject({ answer: "The total is 12 €." });
    expect(known.end).not.toHaveProperty("doubts");
  });

  test("a refusal is in no form", async () => {
    const { end } = await ask("What is b? As JSON with key b.", row, "This cannot be answered.");
    expect(end).toMatchObject({ answer: "This cannot be answered." });
  });
});

describe("an answer in words", () => {
  const told = (question: string, ...answers: readonly string[]) =>
    run([COUNT, ...answers], { question, session: fakeSession({ sql: () => oneCell("n", 406) }) });

  test("in another language is written from the result, where that is all there is to tell", async () => {
    const { end, model } = await told("Combien de voitures y a-t-il dans la table ?", "There are 406 cars.");
    expect(model.requests).toHaveLength(2);
    expect(end).toMatchObject({ answer: "n est 406." });
  });

  test("in another language is asked for again, where there is more", async () => {
    const second = COUNT.replace("count(*)", "count(name)");
    const both = "Il y a 406 voitures, et le maximum est de 406.";
    const { end, model } = await run([COUNT, second, "There are 406 cars, and the maximum is 406.", both], {
      question: "Combien de voitures y a-t-il, et quel est le maximum ?",
      session: fakeSession({ sql: () => oneCell("n", 406) }),
    });
    expect(model.requests[3]?.messages.at(-1)).toMatchObject({ content: "Réponds en français." });
    expect(end).toMatchObject({ answer: both });
  });

  test("in another language beside a file's name, whatever language that is in", async () => {
    const answer = "There are 406 cars in the table 'voitures de la région.csv' of the folder.";
    expect((await told("Combien de voitures y a-t-il dans la table ?", answer)).end).toMatchObject({
      answer: "n est 406.",
    });
    const japanese = "There are 406 rows in the table '車の一覧.csv' of the folder.";
    expect((await told("行は何件ありますか?", japanese)).end).toMatchObject({ answer: "nは406です。" });
  });

  test("in another language beside a mark", async () => {
    const { end } = await told(
      "Combien de voitures y a-t-il dans la table ? Termine par @n[nombre]",
      "There are 406 of the cars. @n[406]",
    );
    expect(end).toMatchObject({ answer: "n est 406.\n\n@n[406]" });
  });

  test("that there is none is told in the question's language", async () => {
    const refusal = "This cannot be answered, there is no column for it.";
    const { end } = await told("Combien de voitures y a-t-il dans la table ?", refusal);
    expect(end).toMatchObject({ answer: "On ne peut pas y répondre avec ces tableaux." });
    const own = "Aucune colonne ne le dit, et les tableaux sont là.";
    expect((await told("Combien de voitures y a-t-il dans la table ?", own)).end).toMatchObject({ answer: own });
  });

  test("to a question that does not tell its language is in that of the questions before it", async () => {
    const earlier = [newTurn("Combien de voitures y a-t-il dans la table en juillet ?", "")];
    const session = fakeSession({ sql: () => oneCell("n", 406) });
    const asked = (question: string) => run([COUNT, "There are 406 cars."], { question, earlier, session });
    expect((await asked("pardon, tout")).end).toMatchObject({ answer: "n est 406." });
    expect((await asked("How many cars are there in the table?")).end).toMatchObject({
      answer: "There are 406 cars.",
    });
  });

  test("in the language that was asked for is taken", async () => {
    const { end, model } = await told(
      "How many cars are there? Answer in German.",
      "Es gibt 406 Autos in der Tabelle.",
    );
    expect(model.requests).toHaveLength(2);
    expect(end.answer).toContain("Autos");
  });

  test.each(["406", "USA: 406", "406 cars"])("%s is in no language", async (answer) => {
    const { end } = await told("Combien de voitures y a-t-il dans la table ?", answer);
    expect(end).toMatchObject({ answer });
  });

  test("that is only code is asked for again, and then written from the result", async () => {
    const block = "```python\nprint(len(cars))\n```";
    const { end, model } = await told("How many cars are there?", block, block);
    expect(model.requests[2]?.messages.at(-1)).toMatchObject({ content: expect.stringContaining("That is code.") });
    expect(end).toMatchObject({ reason: "answered", answer: "n is 406." });
    const none = await run([block, block], { question: "How many cars are there?" });
    expect(none.end).toMatchObject({ doubts: ["the answer is code that was not run"] });
  });

  test("may be code where code was asked for", async () => {
    const { end } = await run(["```python\nlen(cars)\n```"], { question: "Write the Python code that counts cars." });
    expect(end).toMatchObject({ reason: "answered", answer: expect.stringContaining("len(cars)") });
  });
});
