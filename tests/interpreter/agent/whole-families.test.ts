// Files of one kind: a query of one of them, where the question is about all, and the other way round.
import { describe, expect, test } from "vitest";
import { saidFiles } from "../../../interpreter/agent/question/said-files.ts";
import { contextOver } from "../sessions/notebook-session.ts";
import { readQuery } from "./read-queries.ts";

const context = contextOver({
  "bookings_2023.csv": "ref;day;paid\nA1;03.01.2023;1.234,50\nA2;14.02.2023;65,50\n",
  "bookings_2024.csv": "ref;day;paid\nB1;02.03.2024;100,25\nB2;13.12.2024;99,75\nB3;30.12.2024;2.000,00\n",
  "sales_oslo.csv": "item,units\npen,1\ncup,2\n",
  "sales_lyon.csv": "units,item\n4,pen\n8,cup\n",
  "sales_málaga.csv": "units,item\n16,pen\n",
  "课程_上半年.csv": "班级,学费\n一班,10\n二班,20\n",
  "课程_下半年.csv": "班级,学费\n一班,40\n",
  "rooms.csv": "room,beds\n1,2\n",
  "log/2023-12.csv": "n\n1\n",
  "log/2024-01.csv": "n\n2\n",
  "log/2024-02.csv": "n\n4\n",
});
const asked = async (question: string, query: string, before = "") => {
  const { rows, note = "" } = await readQuery(context, question, query, before);
  return { rows: rows?.map((row) => row.map(String)), note };
};

describe("of one file", () => {
  test.each([
    ["How many bookings are there?", "SELECT count(*) FROM 'bookings_2023.csv'", ["5"]],
    ["Wie viele Buchungen gibt es?", "SELECT count(*) FROM bookings_2023", ["5"]],
    ["¿Cuánto se ha pagado en total?", 'SELECT sum("bookings_2024.csv".paid) FROM "bookings_2024.csv"', ["3500"]],
    ["Combien d'articles avons-nous vendus ?", "SELECT sum(s.units) FROM 'sales_oslo.csv' AS s", ["31"]],
    ["一共多少学费?", "SELECT sum(学费) FROM '课程_上半年.csv'", ["70"]],
    ["学費の合計は?", "SELECT sum(学费) FROM 课程_上半年", ["70"]],
    ["What was paid since 2023?", "SELECT sum(paid) FROM 'bookings_2023.csv'", ["3500"]],
  ])("%s is about all", async (question, query, expected) => {
    const { rows, note } = await asked(question, query);
    expect(rows).toEqual([expected]);
    expect(note).toMatch(/\(read from '.*\*.*': of \d files of one kind the question names none\)/);
  });

  test.each([
    ["What was paid in 2023?", "SELECT sum(paid) FROM 'bookings_2023.csv'", ["1300"]],
    ["What do the bookings of bookings_2023.csv add up to?", "SELECT sum(paid) FROM bookings_2023", ["1300"]],
    ["Wie viel wurde in Oslo verkauft?", "SELECT sum(units) FROM 'sales_oslo.csv'", ["3"]],
    ["¿Cuántas unidades se vendieron en Málaga?", "SELECT sum(units) FROM 'sales_málaga.csv'", ["16"]],
    ["上半年的学费一共多少?", "SELECT sum(学费) FROM '课程_上半年.csv'", ["30"]],
    ["How many beds?", "SELECT sum(beds) FROM rooms", ["2"]],
  ])("%s stays", async (question, query, expected) => {
    const { rows, note } = await asked(question, query);
    expect(rows).toEqual([expected]);
    expect(note).not.toContain("read from");
  });

  test("goes on with the file of the question before", async () => {
    const before = "SELECT sum(paid) FROM 'bookings_2023.csv'";
    const { rows } = await asked("And the highest?", "SELECT max(paid) FROM 'bookings_2023.csv'", before);
    expect(rows).toEqual([["1234.5"]]);
  });

  test.each(["SELECT sum(n) FROM 'log/2024-02.csv'", "SELECT sum(n) FROM 'log/*.csv'"])(
    "is those that the question says: %s",
    async (query) => {
      const { rows, note } = await asked("What is the sum of n in 2024?", query);
      expect(rows).toEqual([["6"]]);
      expect(note).toContain("(read from 'log/2024-*.csv': the question says 2024)");
    },
  );

  test("is the one that the question says", async () => {
    const { rows, note } = await asked("How many units in Lyon?", "SELECT sum(units) FROM 'sales_oslo.csv'");
    expect(rows).toEqual([["12"]]);
    expect(note).toContain("(read from 'sales_lyon.csv': the question says lyon)");
  });
});

describe("of several", () => {
  test("all that the model unites stay", async () => {
    const query = "SELECT sum(units) FROM (FROM 'sales_oslo.csv' UNION ALL BY NAME FROM 'sales_lyon.csv')";
    expect(await asked("How many units in all?", query)).toEqual({ rows: [["15"]], note: "" });
  });

  test.each([
    ["How many units did Oslo sell?", "SELECT sum(units) FROM 'sales_*.csv'", ["3"]],
    ["Wie viel wurde 2024 bezahlt?", "SELECT sum(paid) FROM 'bookings_*.csv'", ["2200"]],
    ["下半年的学费一共多少?", "SELECT sum(学费) FROM '课程_*半年.csv'", ["40"]],
  ])("%s is about one", async (question, query, expected) => {
    const { rows, note } = await asked(question, query);
    expect(rows).toEqual([expected]);
    expect(note).toContain(": the question says ");
  });

  test.each([
    ["What was paid in 2024?", "SELECT sum(paid) FROM 'bookings_*.csv' WHERE year(day) = 2024", [["2200"]]],
    ["How many units did Oslo sell?", "SELECT sum(units) FROM 'sales_*.csv' WHERE filename LIKE '%oslo%'", [["3"]]],
    ["What was paid in 2023 and in 2024?", "SELECT sum(paid) FROM 'bookings_*.csv'", [["3500"]]],
    ["What was paid since 2023?", "SELECT sum(paid) FROM 'bookings_*.csv'", [["3500"]]],
    [
      "How many units?",
      "SELECT filename, sum(units) FROM 'sales_*.csv' GROUP BY 1 ORDER BY 2 LIMIT 1",
      [["sales_oslo.csv", "3"]],
    ],
  ])("%s: %s stays", async (question, query, expected) => {
    const { rows, note } = await asked(question, query);
    expect(rows).toEqual(expected);
    expect(note).not.toContain("the question says");
  });
});

describe("the files that a question says", () => {
  const said = (files: readonly string[], question: string) =>
    saidFiles(
      { name: "'*'", kind: "file", columns: [], rowCount: 1, files: files.map((file) => `'${file}'`) },
      question,
    )
      .map(({ name, isCertain }) => `${name.slice(1, -1)}${isCertain ? "" : "?"}`)
      .join(" ");
  const MONTHS = ["2023-12.csv", "2024-01.csv", "2024-02.csv"];

  test.each([
    [MONTHS, "sales in January 2024", "2024-01.csv"],
    [MONTHS, "ventas de febrero", "2024-02.csv"],
    [MONTHS, "2月的销售额", "2024-02.csv"],
    [MONTHS, "sales of 2024", "2024-01.csv 2024-02.csv"],
    [MONTHS, "sales in all", ""],
    [MONTHS, "the top 2 items", "2024-02.csv?"],
    [["in_202401.csv", "in_202402.csv"], "im Januar", "in_202401.csv"],
    [["jan sales.csv", "feb sales.csv"], "in February", "feb sales.csv"],
    [["x-2024-05.csv", "x-2024-06.csv"], "Which item may be sold out?", ""],
    [["x-2024-05.csv", "x-2024-06.csv"], "sales in May", "x-2024-05.csv"],
    [["week_1.csv", "week_2.csv"], "the top 2 items", "week_2.csv?"],
    [["meals.xlsx", "meals.xlsx#Oct"], "meals in October", "meals.xlsx#Oct"],
    [["sales_oslo.csv", "sales_lyon.csv"], "oslo and lyon", ""],
  ])("of %j: %s", (files, question, expected) => expect(said(files, question)).toBe(expected));
});
