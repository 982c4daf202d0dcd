import { z } from "zod";
import { CHART_OPTIONS } from "../sessions/charts/chart-options.ts";
import type { ChartOptions } from "../sessions/charts/chart-types.ts";
import type { TableInfo } from "../sessions/session.ts";
import { callText } from "../sessions/typescript/source-text.ts";
import { cutMiddle, defineTool, type JsonSchema } from "./tool.ts";

const MARKS: Readonly<Record<string, ChartOptions["mark"]>> = {
  arc: "pie",
  box: "boxplot",
  circle: "point",
  column: "bar",
  hist: "bar",
  histogram: "bar",
  rect: "heatmap",
  scatter: "point",
  scatterplot: "point",
};
const AGGREGATES: Readonly<Record<string, NonNullable<ChartOptions["aggregate"]>>> = {
  average: "mean",
  avg: "mean",
  "count(*)": "count",
  total: "sum",
};

/** What models write beside the words that there are: "scatter", "avg", y: "count(*)", y: "avg(price)". */
function asMeant(written: Record<string, unknown>): Record<string, unknown> {
  const chart = { ...written };
  const word = (value: unknown) => (typeof value === "string" ? value.trim().toLowerCase() : "");
  if (/^hist/.test(word(chart.mark)) && chart.bin === undefined && chart.aggregate === undefined) {
    chart.bin = true;
    delete chart.y;
  }
  chart.mark = MARKS[word(chart.mark)] ?? chart.mark;
  const [, call, column] = /^(\w+)\((.*)\)$/.exec(word(chart.y)) ?? [];
  if (/^count(\(.*\))?$/.test(word(chart.y))) {
    chart.aggregate ??= "count";
    delete chart.y;
  } else if (call && column) {
    chart.aggregate ??= call;
    chart.y = String(chart.y)
      .trim()
      .slice(call.length + 1, -1);
  }
  // Points are the rows themselves; a small model adds an aggregate because there is one.
  if (chart.mark === "point" && chart.y !== undefined && chart.timeUnit === undefined) delete chart.aggregate;
  chart.aggregate = AGGREGATES[word(chart.aggregate)] ?? chart.aggregate;
  for (const name of ["y", "color", "aggregate", "timeUnit", "title"]) {
    if (chart[name] === null || chart[name] === "" || chart[name] === "none") delete chart[name];
  }
  return chart;
}

/** A chart from a flat list of choices; which columns there are is checked before anything is drawn. */
export const chartTool = defineTool({
  name: "chart",
  description: "Draws a chart of a table's columns.",
  effect: "reads",
  asMeant,
  parameters: CHART_OPTIONS,
  preview: (options) => ({ language: "typescript", code: callText("chart", options) }),
  async execute(options, { session, signal, display }) {
    const bundle = await session.chart(options, signal);
    display(bundle, {});
    return {
      content: cutMiddle(`The chart is shown. ${String(bundle["text/plain"])}`),
      cell: callText("chart", options),
    };
  },
});

const MAX_TABLES = 4; // in a schema: each is a branch of it

/** "by month", in the languages that the models are best at. */
const UNITS_ASKED_FOR: readonly (readonly [asked: RegExp, unit: ChartOptions["timeUnit"]])[] = [
  [/\b(by|per|each|every) year\b|\bpar an(née)?\b|\bpor año\b|每年|按年|年ごと/iu, "year"],
  [/\b(by|per|each|every) month\b|\bpar mois\b|\bpor mes\b|每月|按月|月ごと/iu, "month"],
  [/\b(by|per|each|every) week\b|\bpar semaine\b|\bpor semana\b|每周|按周|週ごと/iu, "week"],
];

/**
 * The tool's arguments with the real names of tables and columns: what a grammar holds a small model to. Asked "by month"
 * of a table that has dates and no column month, it can draw nothing else.
 */
export function chartSchema(tables: readonly TableInfo[], question: string): JsonSchema | undefined {
  const usable = tables.filter(({ columns }) => columns.length > 0).slice(0, MAX_TABLES);
  if (usable.length === 0) return undefined;
  const { mark, aggregate, timeUnit, bin } = z.toJSONSchema(CHART_OPTIONS, { io: "input" }).properties ?? {};
  const unit = UNITS_ASKED_FOR.find(([asked]) => asked.test(question))?.[1];
  const branches = usable.map(({ name, columns }) => {
    const column = { enum: columns.map((one) => one.name) };
    const dates = columns.filter(({ type }) => /^(DATE|TIMESTAMP)/.test(type)).map((one) => one.name);
    const isCut = unit !== undefined && dates.length > 0 && !columns.some((one) => one.name.toLowerCase() === unit);
    const table = { const: name.replace(/^'(.*)'$/, "$1") };
    return {
      type: "object",
      properties: {
        ...{ table, mark, x: isCut ? { enum: dates } : column, y: column, color: column },
        ...{ aggregate, timeUnit: isCut ? { const: unit } : timeUnit, bin },
      },
      required: ["table", "mark", "x", ...(isCut ? ["timeUnit"] : [])],
      additionalProperties: false,
    };
  });
  return branches.length === 1 ? branches[0] : { anyOf: branches };
}
