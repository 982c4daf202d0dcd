import { afterAll, beforeAll, expect, test } from "vitest";
import type { ChartOptions } from "../../../interpreter/sessions/charts/chart-types.ts";
import { drawnValues } from "../../../interpreter/tools/drawn-values.ts";
import { type NotebookSession, openNotebook } from "../sessions/notebook-session.ts";

let notebook: NotebookSession;
beforeAll(async () => {
  const regions = Array.from({ length: 12 }, (_, i) => `Region ${String.fromCharCode(65 + i)},${i + 1}`);
  notebook = await openNotebook({
    files: {
      "sales.csv": "region,units\nNorth,1\nNorth,2\nSouth,5\n",
      "many.csv": `region,units\n${regions.join("\n")}\n`,
    },
  });
});
afterAll(() => notebook[Symbol.asyncDispose]());

const draw = async (options: ChartOptions) => drawnValues(await notebook.session.chart(options));

test("are the marks of a chart, with what they stand for and what they measure", async () => {
  expect(await draw({ table: "sales.csv", mark: "bar", x: "region", y: "units", aggregate: "sum" })).toEqual({
    key: "region",
    measure: "sum of units",
    table: {
      columns: [
        { name: "region", type: "VARCHAR" },
        { name: "sum of units", type: "DOUBLE" },
      ],
      rows: [
        { region: "South", "sum of units": 5 },
        { region: "North", "sum of units": 3 },
      ],
      rowCount: 2,
    },
  });
});

test("are the same where bars lie", async () => {
  const drawn = await draw({ table: "many.csv", mark: "bar", x: "region", y: "units", aggregate: "max" });
  expect(drawn).toMatchObject({ key: "region", measure: "max of units", table: { rowCount: 12 } });
});

test("are none of a chart without two axes", async () => {
  expect(await draw({ table: "sales.csv", mark: "pie", x: "region", y: "units", aggregate: "sum" })).toBeUndefined();
});
