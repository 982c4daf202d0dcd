import { numberText } from "../sessions/number-text.ts";
import type { TableInfo } from "../sessions/session.ts";
import { STATISTICS_OPTIONS } from "../sessions/statistics/statistics.ts";
import type { StatisticsTest } from "../sessions/statistics/statistics-types.ts";
import { FORMS } from "../sessions/statistics/test-forms.ts";
import { fileOf } from "../sessions/table-info.ts";
import { callText } from "../sessions/typescript/source-text.ts";
import { methodAskedFor, settingsAskedFor, testsAskedFor } from "./asked-tests.ts";
import { cellText } from "./text-table.ts";
import { cutMiddle, defineTool, type JsonSchema } from "./tool.ts";

const MAX_ITEMS = 20; // of a list in the result that the model reads

/** What SQL cannot: tests with p-values, regressions, outliers, clusters, seasons. */
export const statisticsTool = defineTool({
  name: "statistics",
  description: "A statistical test or model of a table's columns: p-values, regressions, outliers, clusters, seasons.",
  effect: "reads",
  parameters: STATISTICS_OPTIONS,
  preview: (options) => ({ language: "typescript", code: callText("statistics", options) }),
  async execute(given, { session, signal }) {
    const options = { ...given, x: othersThan(given.y, given.x) };
    const result = await session.statistics(options, signal);
    const facts = [{ kind: "statistics", test: options.test, result } as const];
    return { content: cutMiddle(resultText(result)), cell: callText("statistics", options), facts };
  },
});

/** What is explained is not among what explains it: a model that names all columns does not mean that. */
function othersThan(y: string | undefined, x: string | readonly string[]): string | string[] {
  if (typeof x === "string") return x;
  const others = x.filter((name) => name !== y);
  return others.length > 0 ? others : [...x];
}

/** A line for each number, a table for each list. */
function resultText(result: object): string {
  const lines = Object.entries(result).map(([name, value]) => {
    if (!Array.isArray(value)) return `${name}: ${valueText(value)}`;
    const [first] = value;
    const more = value.length > MAX_ITEMS ? [`(first ${MAX_ITEMS} of ${value.length})`] : [];
    const shown = value.slice(0, MAX_ITEMS);
    if (typeof first !== "object" || first === null) return `${name}: ${[...shown.map(valueText), ...more].join(", ")}`;
    const keys = Object.keys(first);
    const rows = shown.map((row) => keys.map((key) => valueText(row[key])).join(" | "));
    return [`${name}:`, keys.join(" | "), ...rows, ...more].join("\n");
  });
  return lines.join("\n");
}

function valueText(value: unknown): string {
  if (typeof value === "string") return value; // how it was computed, or a condition: never cut
  if (typeof value !== "object" || value === null) return cellText(value);
  const entries = Object.entries(value).map(
    ([key, one]) => `${key} ${typeof one === "number" ? numberText(one) : one}`,
  );
  return entries.join(", ");
}

const MAX_TABLES = 3; // in a schema: each is a branch of it
const NUMBERS = /INT|^(FLOAT|DOUBLE|DECIMAL|BOOLEAN)/;
const DATES = /^(DATE|TIMESTAMP)/;

/**
 * The tool's arguments for what the question asks, with the real names of tables and columns: what a grammar holds a small
 * model to. Of the tests only those that the question's words call for. undefined where it asks for none.
 */
export function statisticsSchema(tables: readonly TableInfo[], question: string): JsonSchema | undefined {
  const usable = tables.filter(({ columns }) => columns.length > 0).slice(0, MAX_TABLES);
  const branches = usable.flatMap((table) => testsAskedFor(question).map((test) => testSchema(table, test, question)));
  const possible = branches.filter((branch) => branch !== undefined);
  return possible.length > 1 ? { anyOf: possible } : possible[0];
}

/** undefined where the table has no columns for it. */
function testSchema(table: TableInfo, test: StatisticsTest, question: string): JsonSchema | undefined {
  const { columns } = table;
  const form = FORMS[test];
  const named = (types: RegExp) => columns.filter(({ type }) => types.test(type)).map((column) => column.name);
  const all = columns.map((column) => column.name);
  const numbers = named(NUMBERS);
  const isGrouping = /^(t-test|anova|chi-square|regression|logistic-regression|prediction)$/.test(test);
  const xs = test === "seasonal" ? named(DATES) : isGrouping ? all : numbers;
  const ys = /^(chi-square|logistic-regression|prediction)$/.test(test) ? all : numbers;
  if (xs.length === 0 || (form.hasY && ys.length === 0)) return undefined;
  const x =
    form.x === "columns" ? { type: "array", items: { enum: xs }, minItems: 1, maxItems: xs.length } : { enum: xs };
  const method = methodAskedFor(question, form.methods);
  const settings = Object.entries(settingsAskedFor(question)).filter(([name]) =>
    form.settings.some((one) => one === name),
  );
  return {
    type: "object",
    properties: {
      ...{ table: { const: fileOf(table) }, test: { const: test }, x },
      ...(form.hasY && { y: { enum: ys } }),
      ...(method && { method: { const: method } }),
      ...(test === "k-means" && { clusters: { type: "integer", minimum: 2, maximum: 50 } }),
      ...Object.fromEntries(settings.map(([name, value]) => [name, { const: value }])),
    },
    required: [
      ...["table", "test", "x", ...(form.hasY ? ["y"] : []), ...(method ? ["method"] : [])],
      ...settings.map(([name]) => name),
    ],
    additionalProperties: false,
  };
}
