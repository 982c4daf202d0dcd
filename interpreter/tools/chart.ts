import { z } from "zod";
import { wholeWord } from "../escape-regexp.ts";
import { groupWords } from "../languages/measures.ts";
import { CHART_OPTIONS } from "../sessions/charts/chart-options.ts";
import { MARKS as CHART_MARKS, type ChartOptions } from "../sessions/charts/chart-types.ts";
import type { TableInfo } from "../sessions/session.ts";
import { fileOf, isNumeric, isTime, withoutUnit } from "../sessions/table-info.ts";
import { callText } from "../sessions/typescript/source-text.ts";
import {
  chartOptionsAskedFor,
  columnsNamed,
  derivedMeasure,
  isMapAskedFor,
  isOverTime,
  isRowCountAskedFor,
  markAskedFor,
  timeUnitAskedFor,
} from "./asked-chart.ts";
import { withAskedSeries, withoutUnaskedSeries, withoutVainSteps } from "./asked-series.ts";
import { drawnValues } from "./drawn-values.ts";
import type { Fact } from "./facts.ts";
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
  const [, call, column] = /^(\w+)\(([^()]*)\)$/.exec(word(chart.y)) ?? [];
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
  // A line for each moment, where one line over the time is meant.
  const isSplit = chart.color === chart.x && (chart.timeUnit !== undefined || chart.mark === "line");
  if (isSplit) delete chart.color;
  chart.aggregate = AGGREGATES[word(chart.aggregate)] ?? chart.aggregate;
  for (const name of Object.keys(chart)) {
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
  async execute(asked, context) {
    const { session, signal, display } = context;
    const stepped = await withoutVainSteps(asked, context);
    const options = await withAskedSeries(await withoutUnaskedSeries(stepped, context), context);
    const bundle = await session.chart(options, signal);
    display(bundle, {});
    const drawn = drawnValues(bundle);
    const facts: Fact[] = drawn ? [{ kind: "drawn", ...drawn }] : [];
    const { y, aggregate } = options;
    if (y !== undefined && aggregate !== "count") facts.push({ kind: "measured", column: y });
    return {
      content: cutMiddle(`The chart is shown. ${String(bundle["text/plain"])}`),
      cell: callText("chart", options),
      facts,
    };
  },
});

const MAX_TABLES = 4; // in a schema: each is a branch of it

/**
 * The tool's arguments with the real names of tables and columns: what a grammar holds a small model to. Asked "by month"
 * of a table that has dates and no column month, it can draw nothing else; asked for revenue, which no column holds, it
 * draws what the revenue is computed from. Options that the question has no word for are not offered.
 */
export function chartSchema(tables: readonly TableInfo[], question: string): JsonSchema | undefined {
  const usable = tables.filter(({ columns }) => columns.length > 0).slice(0, MAX_TABLES);
  const branches = usable.map((table) => branchFor(table, question));
  return branches.length > 1 ? { anyOf: branches } : branches[0];
}

function branchFor(table: TableInfo, question: string): JsonSchema {
  const { columns } = table;
  const options = z.toJSONSchema(CHART_OPTIONS, { io: "input" }).properties ?? {};
  const { aggregate, timeUnit, bin } = options;
  const column = { enum: columns.map((one) => one.name) };
  const unit = timeUnitAskedFor(question);
  const dates = columns.filter(({ type }) => isTime(type)).map((one) => one.name);
  const isCut = unit !== undefined && dates.length > 0 && !columns.some((one) => one.name.toLowerCase() === unit);
  const derived = derivedMeasure(question, table);
  const kind = markAskedFor(question);
  const named = columnsNamed(question, table);
  const [only, ...others] = columns.filter((one) => named.includes(one.name));
  if (kind === "histogram" && only && others.length === 0 && isNumeric(only.type)) return histogramOf(table, only.name);
  const isPair = kind === "point" && named.length > 1;
  const isCount = derived === undefined && !isPair && isRowCountAskedFor(question, table);
  const place = isPair ? { enum: named } : column;
  const group = kind === "bar" && !isCut ? groupNamed(table, question) : undefined;
  const more = chartOptionsAskedFor(question).map((option) => {
    return [option, option === "facet" || option === "y2" ? column : options[option]] as const;
  });
  return {
    type: "object",
    properties: {
      table: { const: fileOf(table) },
      mark:
        kind !== undefined && kind !== "histogram"
          ? { const: kind }
          : { enum: CHART_MARKS.filter((mark) => mark !== "map" || isMapAskedFor(question)) },
      x: group
        ? { const: group.name }
        : isCut || (dates.length === 1 && isOverTime(question))
          ? { enum: dates }
          : place,
      ...(isCount ? {} : { y: derived === undefined ? place : { const: derived } }),
      color: column,
      ...{
        aggregate: isCount ? { const: "count" } : derived === undefined ? aggregate : { const: "sum" },
        timeUnit: isCut ? { const: unit } : timeUnit,
        bin,
      },
      ...Object.fromEntries(more),
    },
    required: [
      "table",
      "mark",
      "x",
      ...(isCut ? ["timeUnit"] : []),
      ...(isPair || derived !== undefined ? ["y"] : []),
      ...(isCount || derived !== undefined ? ["aggregate"] : []),
    ],
    additionalProperties: false,
  };
}

/** The one column that the question groups by: "site" of "the mean yield by site". */
function groupNamed({ columns }: TableInfo, question: string): TableInfo["columns"][number] | undefined {
  const words = groupWords(question);
  const [column, ...others] = columns.filter(({ name }) => words.some((one) => wholeWord(withoutUnit(name)).test(one)));
  return others.length === 0 ? column : undefined;
}

/** The rows by the one column that the question names, in steps. */
function histogramOf(table: TableInfo, column: string): JsonSchema {
  return {
    type: "object",
    properties: {
      table: { const: fileOf(table) },
      mark: { const: "bar" },
      x: { const: column },
      bin: { const: true },
    },
    required: ["table", "mark", "x", "bin"],
    additionalProperties: false,
  };
}
