// Numbers in a column of texts are compared as numbers; ties that a numbering of rows leaves out are told.
import { describe, expect, test } from "vitest";
import { contextOver } from "../sessions/notebook-session.ts";
import { run } from "./agent-run.ts";
import { readQuery } from "./read-queries.ts";

const context = contextOver({
  "offers.csv": "item,price,code\na,9,0012\nb,10,0099\nc,ask us,A1\nd,100,0007\ne,20,0100\nf,free,0200\n",
  "marks.csv": "student,class,mark\nAnn,A,9\nBob,A,9\nCid,B,8\nDee,B,4\nEva,B,4\n",
});
const COUNT = (where: string) => `SELECT count(*) AS n FROM 'offers.csv' WHERE ${where}`;

describe("a number among texts", () => {
  test.each([
    ["How many items cost more than 9?", COUNT("price > 9"), [[3]]],
    ["How many items cost more than 9?", COUNT("price > '9'"), [[3]]],
    ["How many items cost 9 or more?", COUNT("o.price >= 9").replace("'offers.csv'", "'offers.csv' o"), [[4]]],
    ["How many items cost between 9 and 20?", COUNT("price BETWEEN '9' AND '20'"), [[3]]],
    ["How many items cost less than 50?", COUNT("50 > price"), [[3]]],
    ["How many items have a price other than 10?", COUNT("price != 10"), [[3]]],
    ["Which item has the highest price?", "SELECT item FROM 'offers.csv' ORDER BY price DESC LIMIT 1", [["d"]]],
    ["Which item has the lowest price?", "SELECT item FROM 'offers.csv' ORDER BY price LIMIT 1", [["a"]]],
    ["What is the highest price?", "SELECT max(price) AS m FROM 'offers.csv'", [[100]]],
  ])("%s %s", async (question, query, rows) => {
    const read = await readQuery(context, question, query);
    expect(read.rows).toEqual(rows);
    expect(read.note).toContain('(price is text: read as numbers; 2 values are none: "ask us", "free")');
  });

  test.each([
    ["Which item has the last code?", "SELECT item FROM 'offers.csv' ORDER BY code DESC LIMIT 1"],
    ["List the items", "SELECT item FROM 'offers.csv' ORDER BY item"],
    ["How many items have the price 10?", COUNT("price = '10'")],
    ["How many items come after 'b'?", COUNT("item > 'b'")],
  ])("and what is none stays: %s", async (question, query) => {
    expect((await readQuery(context, question, query)).note ?? "").not.toContain("read as numbers");
  });
});

describe("numbers with signs between their thousands, among texts", () => {
  const homes = contextOver({
    "homes.csv":
      "city;price;rooms\nA;85 000;2\nA;ask us;3\nB;120 500;3\nB;на рассмотрении;4\nB;9 500;1\nC;;2\nC;n/a;1\n",
    "bikes.csv": "shop;price\nA;1'200.50\nA;on request\nB;800\nB;2'000\n",
    "land.csv": "shop;price\nA;1.200,50\nA;auf Anfrage\nB;800,00\nB;2.000,00\n",
  });
  const STRAYS = '(price is text: read as numbers; 2 values are none: "ask us", "на рассмотрении")';

  test.each([
    ["What is the sum of the prices?", "SELECT sum(price) AS s FROM 'homes.csv'", [[215000]]],
    ["What is the sum of the prices?", "SELECT sum(TRY_CAST(price AS DOUBLE)) AS s FROM 'homes.csv'", [[215000]]],
    [
      "What is the sum of the prices?",
      "SELECT sum(CAST(h.price AS DECIMAL(10, 2))) AS s FROM 'homes.csv' h",
      [[215000]],
    ],
    ["What is the sum of the prices?", "SELECT sum(price::INT) AS s FROM 'homes.csv'", [[215000]]],
    ["What is the mean price?", "SELECT avg(price) AS m FROM 'homes.csv'", [[71666.66666666667]]],
    ["What is the highest price?", "SELECT max(price) AS m FROM 'homes.csv'", [[120500]]],
    ["How many cost more than 50000?", "SELECT count(*) AS n FROM 'homes.csv' WHERE price > 50000", [[2]]],
    ["What is the price times the rooms?", "SELECT sum(price * rooms) AS s FROM 'homes.csv'", [[541000]]],
  ])("%s %s", async (question, query, rows) => {
    const read = await readQuery(homes, question, query);
    expect(read.rows).toEqual(rows);
    expect(read.note).toContain(STRAYS);
  });

  test.each([
    ["bikes.csv", 4000.5, "on request"],
    ["land.csv", 4000.5, "auf Anfrage"],
  ])("as %s has them", async (file, sum, stray) => {
    const read = await readQuery(homes, "What is the sum of the prices?", `SELECT sum(price) AS s FROM '${file}'`);
    expect(read.rows).toEqual([[sum]]);
    expect(read.note).toContain(`1 value is none: "${stray}"`);
  });

  test("a name that the query gives is no column", async () => {
    const query = "SELECT city, count(*) AS price FROM 'homes.csv' GROUP BY city ORDER BY price DESC";
    expect((await readQuery(homes, "How many homes are there by city?", query)).note ?? "").not.toContain(
      "read as numbers",
    );
  });
});

describe("ties", () => {
  test.each([
    [
      "Who has the best mark in each class?",
      "SELECT class, student, mark FROM 'marks.csv' QUALIFY row_number() OVER (PARTITION BY class ORDER BY mark DESC, student) = 1",
      undefined, // the names decide
    ],
    [
      "Who has the best mark in each class?",
      "SELECT class, student, mark FROM 'marks.csv' QUALIFY row_number() OVER (PARTITION BY class ORDER BY mark DESC) = 1",
      "A, Bob, 9 is equal in that order, and left out",
    ],
    [
      "Who has the best mark?",
      "SELECT student FROM (SELECT student, row_number() OVER (ORDER BY mark DESC) AS r FROM 'marks.csv') WHERE r = 1",
      "Bob is equal in that order, and left out",
    ],
    [
      "Who is second?",
      "SELECT student, mark FROM 'marks.csv' ORDER BY mark DESC LIMIT 1 OFFSET 1",
      "Ann has the same mark, 9",
    ],
    ["Who is third?", "SELECT student, mark FROM 'marks.csv' ORDER BY mark DESC LIMIT 1 OFFSET 2", undefined],
  ])("%s %s", async (question, query, fact) => {
    const { session, onSessionEvent } = context();
    const { end } = await run([`\`\`\`sql\n${query}\n\`\`\``, ...Array<string>(4).fill("Done.")], {
      question,
      session: { ...session, onSessionEvent, queries: [], quietQueries: [], executed: [], interrupts: 0 },
    });
    const told = (end.doubts ?? []).join("\n");
    if (fact === undefined) expect(told).not.toMatch(/equal in that order|the same/);
    else expect(told).toMatch(fact.startsWith("Ann") ? /(Ann|Bob) has the same mark, 9/ : fact);
  });
});
