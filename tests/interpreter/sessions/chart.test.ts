import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chartTool, ToolCallError, type ToolContext } from "../../../interpreter/index.ts";
import { type NotebookSession, openNotebook } from "./notebook-session.ts";

const CARS = `name,origin,mpg,weight (lbs),built
a,USA,18,3000,Jan 5 1970
b,USA,22,2500,Feb 1 1970
c,Japan,31,2000,Mar 1 1971
d,Japan,,1900,Apr 1 1972
e,Europe,27,2200,May 1 1972
`;
const VEGA_LITE = "application/vnd.vegalite.v5+json";

interface Spec {
  readonly mark: { readonly type: string };
  readonly encoding: Readonly<Record<string, { readonly field: string; readonly type: string; readonly bin?: object }>>;
  readonly data: { readonly values: readonly Record<string, unknown>[] };
}

let notebook: NotebookSession;
beforeAll(async () => {
  notebook = await openNotebook({ files: { "cars.csv": CARS } });
});
afterAll(() => notebook[Symbol.asyncDispose]());

async function chart(options: Record<string, unknown>) {
  const bundle = await notebook.session.chart({ table: "cars.csv", mark: "bar", x: "origin", ...options });
  return {
    spec: bundle[VEGA_LITE] as Spec,
    svg: String(bundle["image/svg+xml"]),
    text: String(bundle["text/plain"]),
    bundle,
  };
}

test("a mean by group is computed, drawn, and told; there is no html beside it", async () => {
  const { spec, svg, text, bundle } = await chart({ y: "mpg", aggregate: "mean" });
  expect(spec.data.values).toEqual([
    { origin: "Japan", "mean of mpg": 31 },
    { origin: "Europe", "mean of mpg": 27 },
    { origin: "USA", "mean of mpg": 20 },
  ]);
  expect(text).toContain("1 of 5 rows without mpg");
  expect(svg).toMatch(/^<svg[\s\S]*mean of mpg/);
  expect(text).toContain("USA | 20");
  expect(Object.keys(bundle)).not.toContain("text/html");
});

test.each([
  ["a count, where nothing is measured", { aggregate: undefined }, { "y.field": "count" }],
  ["a histogram of numbers", { x: "mpg", bin: true }, { "x.type": "quantitative", "y.field": "count" }],
  [
    "points, with a name that has brackets",
    { mark: "point", x: "weight (lbs)", y: "mpg" },
    { "x.field": "weight (lbs)", "y.type": "quantitative" },
  ],
  ["dates that were words", { mark: "line", x: "built", y: "mpg" }, { "x.type": "temporal" }],
  ["years of dates", { mark: "bar", x: "built", timeUnit: "year" }, { "x.type": "temporal", "y.field": "count" }],
  ["a pie", { mark: "pie" }, { "theta.field": "count", "color.field": "origin" }],
  ["a heatmap", { mark: "heatmap", y: "name" }, { "color.field": "count", "y.field": "name" }],
  ["a boxplot", { mark: "boxplot", y: "mpg" }, { "y.field": "mpg" }],
])("draws %s", async (_what, options, expected) => {
  const { spec, svg } = await chart(options);
  for (const [path, value] of Object.entries(expected)) {
    const [channel = "", key = ""] = path.split(".");
    expect(spec.encoding[channel]).toMatchObject({ [key]: value });
  }
  expect(svg.length).toBeGreaterThan(500);
});

test.each([
  ["a column that there is not", { y: "mgp", aggregate: "mean" }, /no column "mgp"; did you mean mpg\?/],
  ["a mean of words", { y: "name", aggregate: "mean" }, /mean needs numbers/],
  ["steps of words", { bin: true }, /bin needs numbers/],
  ["years of what is no date", { x: "mpg", timeUnit: "year" }, /timeUnit needs dates/],
  ["a file that there is not", { table: "bikes.csv" }, /bikes\.csv/],
  ["a mark that there is not", { mark: "donut" }, /mark/],
  ["an option that there is not", { colour: "origin" }, /colour/],
])("refuses %s", async (_what, options, message) => {
  await expect(chart(options)).rejects.toThrow(message);
});

test("a query may be the table, and stays locked", async () => {
  const { spec } = await chart({ table: "SELECT origin, mpg FROM cars WHERE mpg > 20", y: "mpg", aggregate: "max" });
  expect(spec.data.values).toHaveLength(3);
  await expect(chart({ table: "SELECT * FROM read_csv('/etc/passwd')" })).rejects.toThrow(ToolCallError);
});

test("a cell draws with the same words, of arrays too, and its types are checked", async () => {
  await notebook.session.execute('const mine = [{ k: "x", v: 1 }, { k: "y", v: 2 }]', { cellId: "1" });
  const outcome = await notebook.session.execute('await chart({ table: "mine", mark: "bar", x: "k", y: "v" })', {
    cellId: "2",
  });
  expect(outcome).toMatchObject({ status: "ok", result: { data: { [VEGA_LITE]: { mark: { type: "bar" } } } } });
  const wrong = await notebook.session.check('await chart({ table: "mine", mark: "donut", x: "k" })');
  expect(wrong[0]?.message).toContain("donut");
});

describe("the model's tool", () => {
  const shown: unknown[] = [];
  const context = (): ToolContext => ({
    session: notebook.session,
    cellId: "agent",
    signal: undefined,
    display: (data) => shown.push(data),
    onSessionEvent: () => () => {},
  });

  test.each([
    [{ mark: "scatter", x: "weight (lbs)", y: "mpg" }, "point"],
    [{ mark: "histogram", x: "mpg", y: "count" }, "bar"],
    [{ mark: "bar", x: "origin", y: "count(*)" }, "bar"],
    [{ mark: "bar", x: "origin", y: "avg(mpg)" }, "bar"],
    [{ mark: "bar", x: "origin", y: "mpg", aggregate: "average", color: null }, "bar"],
  ])("takes %j as it is meant", async (written, mark) => {
    const { content, cell } = await chartTool.call(JSON.stringify({ table: "cars.csv", ...written }), context());
    expect(content).toContain("The chart is shown");
    expect(shown.at(-1)).toMatchObject({ [VEGA_LITE]: { mark: { type: mark } } });
    expect(await notebook.result(cell ?? "")).toMatchObject({ [VEGA_LITE]: expect.anything() });
  });
});
