import { describe, expect, test } from "vitest";
import { loadBench, type Question, type Row } from "./load.js";
import { beside, verdict } from "./worth.js";

const { judge, reportLines } = await loadBench();

describe("words beside a right result", () => {
  const rows: Row[] = [
    ["Nord", 12.25],
    ["Süd", 9.63],
  ];

  test.each([
    ["a row's value for all of them", "The returned share was 9.63 by region."],
    ["a value with another row's key", "Nord has 9.63 and Süd has 12.25."],
    ["a value of no row", "Nord has 14.5 and Süd has 9.63."],
  ])("mislead by %s", async (_what, answer) => expect(await beside(answer, rows)).toBe("misleading"));

  test.each([
    "See the table.",
    "Nord has the most.",
    "There are 2 regions, 21.88 in total.",
    "Nord has 12.25.",
    "In 2024: see above.",
  ])("do not by %s", async (answer) =>
    expect(await beside(answer, rows, { ask: "What was the share in 2024?" })).toBe("right"),
  );

  test("mislead by another value, or name, than the one of the result", async () => {
    expect(await beside("It is about 2.1.", [[2.0712]])).toBe("right");
    expect(await beside("It is 2.2.", [[2.0712]])).toBe("misleading");
    expect(await beside("It is 14.", [["12"]])).toBe("misleading");
    expect(await beside("It is there.", [["12"]])).toBe("right");
    expect(await beside("It is Süd.", [["Nord"]], {}, [[["Süd"]]])).toBe("misleading");
  });
});

describe("a chart is judged by what it draws", () => {
  const values = [
    { day: "2024-03-05", kg: 4 },
    { day: "2024-03-09", kg: 6 },
    { day: "2024-04-02", kg: 7 },
  ];
  const rows: Row[] = [
    ["2024-03", 10],
    ["2024-04", "7"],
  ];
  const spec = (mark: string, aggregate: string) => ({
    data: { values },
    mark,
    encoding: {
      x: { field: "day", type: "temporal", timeUnit: "yearmonth" },
      y: { field: "kg", type: "quantitative", aggregate },
    },
  });
  const seen = (chart?: object) => ({ end: "answered", answer: "", tables: [], ...(chart && { chart }) });
  const question = { ask: "?", sql: "", chart: { mark: "line" } };

  test("by month, summed by Vega", async () => {
    expect((await judge(question, seen(spec("line", "sum")), { rows })).verdict).toBe("right");
  });

  test.each([
    ["another mark", spec("bar", "sum")],
    ["a mean", spec("line", "mean")],
    ["none", undefined],
  ])("not %s", async (_what, chart) => {
    expect((await judge(question, seen(chart), { rows })).verdict).toBe("wrong");
  });
});

describe("what no table can answer", () => {
  test.each([
    "The tables have no column for that.",
    "I don't see prices here.",
    "Prices are not recorded.",
    "Das steht nicht in den Tabellen.",
    "No hay ningún dato.",
    "Impossible à dire.",
    "没有这一列。",
    "ありません。",
  ])("is answered by %s", async (answer) => expect(await verdict(answer, [], { impossible: true })).toBe("right"));

  test("is not answered by a number, nor by one after a no", async () => {
    expect(await verdict("The mean age is 41.", [], { impossible: true })).toBe("wrong");
    expect(await verdict("There is no age, so here is the mass: 41.", [], { impossible: true }, [[[41]]])).toBe(
      "wrong",
    );
  });
});

describe("the asked form", () => {
  const rows: Row[] = [["12", 3.456]];
  const judged = async (answer: string, form: object, of: Row[] = rows) =>
    judge({ ask: "?", form } as Partial<Question>, { end: "answered", answer, tables: [] }, { rows: of });

  test("is kept, with the right value or not", async () => {
    expect(await judged('{"n": 12, "mean": 3.456}', { json: ["n", "mean"] })).toEqual({ verdict: "right", form: true });
    expect(await judged('```json\n{"n": 12, "mean": 3.46}\n```', { json: ["n", "mean"] })).toEqual({
      verdict: "right",
      form: true,
    });
    expect(await judged('{"n": 3.46, "mean": 12}', { json: ["n", "mean"] })).toEqual({ verdict: "wrong", form: true });
  });

  test.each([
    "Aquanord a analysé 12 échantillons.",
    "Il y en a 12, d'après le tableau.",
    "Les 12 échantillons sont d'Aquanord.",
  ])("French is kept by %s", async (answer) =>
    expect(await judged(answer, { language: "fr" }, [["12"]])).toEqual({ verdict: "right", form: true }),
  );

  test.each([
    ["n is 12, mean is 3.456", { json: ["n", "mean"] }],
    ['{"count": 12, "mean": 3.456}', { json: ["n", "mean"] }],
    ["It is 12.", { number: true }],
    ["12", { number: true, decimals: 1 }],
    ["@count[n]", { tag: "count" }],
    ["@count[12] it is", { tag: "count" }],
    ["n: 12", { template: "n={}" }],
    ["There are 12 of them.", { language: "fr" }],
    ["12 samples", { bullets: true }],
    ["12 | 3.46", { table: true }],
    ["It is 12", { word: true }],
  ])("is not kept by %s", async (answer, form) => {
    expect(await judged(answer, form, [["12"]])).toEqual({ verdict: "wrong", form: false });
  });
});

test("the report tells parts apart, with misleading answers and forms kept", () => {
  const entry = { setting: "full", kind: "form", lang: "en", calls: [{ failed: false }], tokens: 40, seconds: 2 };
  const lines = reportLines([
    { ...entry, part: "work", verdict: "right" },
    { ...entry, part: "work", verdict: "wrong" },
    { ...entry, part: "unseen", verdict: "right", form: true },
    { ...entry, part: "unseen", verdict: "misleading" },
    { ...entry, part: "unseen", verdict: "wrong", form: false },
    { ...entry, part: "unseen", verdict: "gave up", calls: [] },
    { ...entry, part: "unseen", verdict: "doubted" },
  ]);
  const cells = (part: string) =>
    lines
      .find((line) => line.startsWith(`full ${part}`))!
      .split(/ {2,}/)
      .slice(1);
  expect(lines[0]!.split(/ {2,}/)).toEqual(
    expect.arrayContaining(["right", "misleading", "wrong", "doubted", "gave up", "forms kept"]),
  );
  expect(cells("work")).toEqual(["50 %", "0 %", "50 %", "0 %", "0 %", "-", "100 %", "100 %", "40", "2.0"]);
  expect(cells("unseen")).toEqual(["20 %", "20 %", "20 %", "20 %", "20 %", "50 %", "100 %", "100 %", "40", "2.0"]);
  expect(lines).toContain("  form 1/5");
});
