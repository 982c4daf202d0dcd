import { describe, expect, test } from "vitest";
import { loadBench, type Row } from "./load.js";
import { verdict } from "./worth.js";

const { judge } = await loadBench();

describe("a number", () => {
  test.each([
    ["The total is 1,234,567.89.", 1_234_567.89],
    ["Es sind 1.234.567,89 €.", 1_234_567.89],
    ["Le total est de 1 234 567,89 €.", 1_234_567.89],
    ["Total: 1’234’567.89", 1_234_567.89],
    ["about 1.23 million", 1_234_567.89],
    ["约123.5万", 1_234_567.89],
    ["合計は１２件です", "12"],
    ["34.7 %", 34.712],
    ["it is 35", 34.712],
    ["7.2 on average", 7.216],
    ["-0.92", -0.9157],
    ["fell to −12.5", -12.5],
    ["in 2023 120 of them", "120"],
  ] as [string, string | number][])("%s is %s", async (answer, value) => {
    expect(await verdict(answer, [[value]])).toBe("right");
  });

  test.each([
    ["The total is 1,234,597.89.", 1_234_567.89],
    ["about 1.3 million", 1_234_567.89],
    ["There are 1235.", "1234"],
    ["34.2 %", 34.712],
    ["0.92", -0.9157],
    ["2.1 on average", 2.0712],
    ["about 1,000", "997"],
    ["hive H-12", "12"],
    ["on 2024-12-05", "12"],
    ["on 2024/12/05 at 10:12", "12"],
    ["120", "12"],
  ] as [string, string | number][])("%s is not %s", async (answer, value) => {
    expect(await verdict(answer, [[value]])).toBe("wrong");
  });

  test("of a share may be told as a fraction, and a difference without its sign, where the question allows it", async () => {
    expect(await verdict("0.347", [[34.7]])).toBe("wrong");
    expect(await verdict("0.347", [[34.7]], { percent: true })).toBe("right");
    expect(await verdict("12.5 more", [[-12.5]])).toBe("wrong");
    expect(await verdict("12.5 more", [[-12.5]], { abs: true })).toBe("right");
  });
});

describe("days and months", () => {
  test.each([
    "2024-03-05",
    "05.03.2024",
    "5/3/2024",
    "5 March 2024",
    "March 5, 2024",
    "5. März 2024",
    "5 de marzo de 2024",
    "5 mars 2024",
    "2024年3月5日",
  ])("%s is 5 March 2024", async (text) => expect(await verdict(`It was ${text}.`, [["2024-03-05"]])).toBe("right"));

  test.each(["2024-03", "March 2024", "März 2024", "marzo de 2024", "2024年3月"])("%s is March 2024", async (text) => {
    expect(await verdict(`It was ${text}.`, [["2024-03"]])).toBe("right");
    expect(await verdict(`It was ${text}.`, [["2024-04"]])).toBe("wrong");
    expect(await verdict(`It was ${text}.`, [["2023-03"]])).toBe("wrong");
  });

  test("the year may be left out where the question says it", async () => {
    expect(await verdict("In March.", [["2024-03"]])).toBe("wrong");
    expect(await verdict("In March.", [["2024-03"]], { ask: "Which month of 2024?" })).toBe("right");
  });
});

describe("several rows", () => {
  const rows: Row[] = [
    ["Nord", "12"],
    ["Süd", "7"],
    ["Nordost", "9"],
  ];

  test.each([
    "Nord: 12, Süd: 7, Nordost: 9",
    "12 in Nord, 7 in Süd und 9 in Nordost",
    "| Nord | 12 |\n| Süd | 7 |\n| Nordost | 9 |",
    "Nord, Süd and Nordost have 12, 7 and 9, respectively.",
  ])("%s", async (answer) => expect(await verdict(answer, rows)).toBe("right"));

  test.each([
    "Nord: 7, Süd: 12, Nordost: 9",
    "Nord, Süd and Nordost have 12, 9 and 7, respectively.",
    "Nord: 12, Süd: 7",
    "12, 7, 9",
    "Süd: 7, Nordost: 12 and 9",
  ])("not %s", async (answer) => expect(await verdict(answer, rows)).toBe("wrong"));

  test("stand in order where that is asked for", async () => {
    expect(await verdict("Süd: 7, Nord: 12, Nordost: 9", rows)).toBe("right");
    expect(await verdict("Süd: 7, Nord: 12, Nordost: 9", rows, { order: true })).toBe("wrong");
  });

  test("as a table may have numbers with units, and months by number or name", async () => {
    const table = (cells: Record<string, unknown>) => ({ end: "answered", answer: "", tables: [{ rows: [cells] }] });
    const wanted = { rows: [["2024-03", 34.712]] as Row[] };
    for (const month of [3, "March", "2024-03-01T00:00:00", Date.UTC(2024, 2, 1)]) {
      expect((await judge({ ask: "?" }, table({ month, share: "34,7 %" }), wanted)).verdict).toBe("right");
    }
    for (const month of [4, "May", "2024-03-17", Date.UTC(2023, 2, 1)]) {
      expect((await judge({ ask: "?" }, table({ month, share: "34,7 %" }), wanted)).verdict).toBe("wrong");
    }
  });

  test("as a table have no rows besides, but for what is missing or a total", async () => {
    const table = (more: Row[]) => ({
      end: "answered",
      answer: "",
      tables: [{ rows: [...rows, ...more].map((row) => ({ ...row })) }],
    });
    expect((await judge({ ask: "?" }, table([[null, "3"]]), { rows })).verdict).toBe("right");
    expect((await judge({ ask: "?" }, table([["West", "3"]]), { rows })).verdict).toBe("wrong");
  });

  test("are told by years and numbers as well", async () => {
    const years: Row[] = [
      ["2022", "12"],
      ["2023", "2022"],
    ];
    expect(await verdict("12 in 2022, 2022 in 2023", years)).toBe("right");
    expect(await verdict("2022: 2022, 2023: 12", years)).toBe("wrong");
    const clusters: Row[] = [
      ["0", "120"],
      ["5", "37"],
    ];
    const ask = { ask: "What was the population of each cluster in 2005?" };
    expect(await verdict("Cluster 0 in 2005 was 120, cluster 5 was 37.", clusters, ask)).toBe("right");
    expect(await verdict("Cluster 0 in 2005 was 37, cluster 5 was 120.", clusters, ask)).toBe("wrong");
  });
});
