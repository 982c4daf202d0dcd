// What the question names and the query leaves out.
import { describe, expect, test } from "vitest";
import { codeThatRan, type TableInfo } from "../../../interpreter/index.ts";
import { fakeSession, oneCell } from "../fake-session.ts";
import { run } from "./agent-run.ts";
import { block, describedCars, doubtsAbout } from "./queried.ts";

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
