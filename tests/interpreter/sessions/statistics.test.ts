// Reference values: scipy 1.16 (pearsonr, spearmanr, linregress, ttest_ind, f_oneway, chi2_contingency, normaltest).
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { statisticsTool, type ToolContext } from "../../../interpreter/index.ts";
import { chiSquareP, fisherP, studentP } from "../../../interpreter/sessions/statistics/distributions.ts";
import { type NotebookSession, openNotebook } from "./notebook-session.ts";

const X = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const Z = [5, 3, 8, 1, 9, 2, 7, 7, 4, 6];
const GROUPS = { a: [5.1, 4.9, 6.2, 5.8, 6.0, 5.5], b: [6.8, 7.1, 6.5, 7.4, 6.9, 7.7, 6.2], c: [5, 6, 7, 8] };

test.each([
  [studentP(2, 3), 0.13932596855884305],
  [studentP(0.5, 30), 0.6207230048851272],
  [studentP(10, 5), 0.00017094757574296363],
  [chiSquareP(3.84, 1), 0.05004352124870519],
  [chiSquareP(10, 5), 0.07523524614651217],
  [chiSquareP(0.1, 2), 0.951229424500714],
  [chiSquareP(200, 150), 0.003973185970821635],
  [fisherP(4, 1, 10), 0.07338803477074037],
  [fisherP(2.5, 3, 40), 0.07325435201794983],
  [fisherP(0.3, 5, 5), 0.8937909013038197],
])("a tail probability: %d is %d", (found, expected) => expect(found / expected).toBeCloseTo(1, 9));

describe("tests of columns", () => {
  let notebook: NotebookSession;
  beforeAll(async () => {
    const pairs = X.map((x, i) => `${x},${Z[i]}`).join("\n");
    const groups = Object.entries(GROUPS).flatMap(([name, values]) => values.map((value) => `${name},${value}`));
    const counts = [
      ["p", "u", 10],
      ["p", "v", 20],
      ["q", "u", 30],
      ["q", "v", 25],
    ] as const;
    const rows = counts.flatMap(([one, other, n]) => Array.from({ length: n }, () => `${one},${other}`));
    const skewed = [...Array.from({ length: 30 }, (_, i) => i), 100];
    notebook = await openNotebook({
      files: {
        "pairs.csv": `x,z\n${pairs}\n11,\n`,
        "groups.csv": `g,value\n${groups.join("\n")}\n`,
        "kinds.csv": `one,other\n${rows.join("\n")}\n`,
        "skewed.csv": `n\n${skewed.join("\n")}\n`,
      },
    });
  });
  afterAll(() => notebook[Symbol.asyncDispose]());
  const close = (value: number) => expect.closeTo(value, 9);

  test.each([
    [
      { table: "pairs.csv", test: "correlation", x: "x", y: "z" },
      { r: close(0.15185781720314004), p: close(0.6753661543279786), n: 10 },
    ],
    [
      { table: "pairs.csv", test: "rank-correlation", x: "x", y: "z" },
      { rho: close(0.12158110873601292), p: close(0.7379379712336097) },
    ],
    [
      { table: "pairs.csv", test: "regression", x: "x", y: "z" },
      { slope: close(0.13333333333333333), intercept: close(4.466666666666667), p: close(0.6753661543279784) },
    ],
    [
      { table: "SELECT * FROM groups WHERE g <> 'c'", test: "t-test", x: "g", y: "value" },
      {
        groups: ["a", "b"],
        t: close(-4.772106153080795),
        df: close(10.704098779186491),
        p: close(0.0006243246041918346),
      },
    ],
    [
      { table: "groups.csv", test: "anova", x: "g", y: "value" },
      { f: close(5.393447514577559), p: close(0.01833755193176299), n: [6, 7, 4] },
    ],
    [
      { table: "kinds.csv", test: "chi-square", x: "one", y: "other" },
      { chi2: close(3.505892255892255), df: 1, p: close(0.06115089757606777) },
    ],
    [
      { table: "skewed.csv", test: "normality", x: "n" },
      { k2: close(51.35192099447317), p: close(7.06434724221146e-12) },
    ],
  ] as const)("%j", async (options, expected) => {
    expect(await notebook.session.statistics(options)).toMatchObject(expected);
  });

  test.each([
    [{ table: "groups.csv", test: "t-test", x: "g", y: "value" }, /3 groups \(a, b, c\); a t-test has two/],
    [{ table: "pairs.csv", test: "correlation", x: "x" }, /needs a column y/],
    [{ table: "groups.csv", test: "correlation", x: "g", y: "value" }, /no number/],
    [{ table: "pairs.csv", test: "normality", x: "x" }, /needs 20 numbers/],
    [{ table: "pairs.csv", test: "magic", x: "x" }, /test/],
    [{ table: "pairs.csv", test: "normality", x: "none" }, /none/],
  ])("%j is refused with the reason", async (options, reason) => {
    await expect(notebook.session.statistics(options as never)).rejects.toThrow(reason);
  });

  test("a cell, and the model's tool, which leaves that cell", async () => {
    const context: ToolContext = {
      session: notebook.session,
      cellId: "c",
      signal: undefined,
      display() {},
      onSessionEvent: () => () => {},
    };
    const { content, cell } = await statisticsTool.call(
      '{"table":"pairs.csv","test":"correlation","x":"x","y":"z"}',
      context,
    );
    expect(content).toContain('"p":0.675');
    expect(JSON.stringify(await notebook.result(cell ?? ""))).toContain("0.675");
  });
});
