// The column that tells a chart's lines apart, where the question asks for several: "one line per symbol".
import { wholeWord } from "../escape-regexp.ts";
import type { ChartOptions } from "../sessions/charts/chart-types.ts";
import type { TableInfo } from "../sessions/session.ts";
import { identifier } from "../sessions/sql/database.ts";
import { fileOf, isNumeric, isTime, withoutUnit } from "../sessions/table-info.ts";
import type { ToolContext } from "./tool.ts";

const MAX_SERIES = 20; // more lines cannot be told apart
const PLURALS = ["", "s", "es", "n", "en"];

/** A chart along dates or numbers with the series that its question names, by the one text column that it names. */
export async function withAskedSeries<Options extends ChartOptions>(
  options: Options,
  context: ToolContext,
): Promise<Options> {
  const { question = "", session, signal } = context;
  const tables = await session.tables();
  const table = tables.find((one) => fileOf(one) === fileOf({ name: String(options.table) }));
  const column = table && seriesAskedFor(question, table, options);
  if (table === undefined || column === undefined) return options;
  const name = identifier(column);
  const query = `SELECT count(DISTINCT ${name}) AS n FROM ${table.name}`;
  const result = await session.sql(query, { locked: true, isQuiet: true, maxRows: 1, ...(signal && { signal }) });
  const count = Number(result.rows[0]?.["n"]);
  return count > 1 && count <= MAX_SERIES ? { ...options, color: column } : options;
}

/** Steps are of numbers: of names and of dates, which a small model asks for as well, there are none to be made. */
export async function withoutVainSteps<Options extends ChartOptions>(
  options: Options,
  { session }: ToolContext,
): Promise<Options> {
  if (options.bin !== true) return options;
  const table = (await session.tables()).find((one) => fileOf(one) === fileOf({ name: String(options.table) }));
  const type = table?.columns.find(({ name }) => name === options.x)?.type;
  if (type === undefined || isNumeric(type)) return options;
  const { bin: _, ...rest } = options;
  return rest as Options; // as: `bin` may always be left out
}

/** @returns undefined where the chart is of another kind, has series, or the question names no text column, or several */
export function seriesAskedFor(
  question: string,
  { columns }: TableInfo,
  { mark, x, color, facet, y2, bin }: ChartOptions,
): string | undefined {
  const type = columns.find(({ name }) => name === x)?.type ?? "VARCHAR";
  const isOfSeries = /^(line|area)$/.test(mark) ? type !== "VARCHAR" : /^(bar|point)$/.test(mark) && isTime(type);
  if (!isOfSeries || color !== undefined || facet !== undefined || y2 !== undefined || bin) return undefined;
  const isNamed = (name: string) =>
    PLURALS.some((ending) => [name, withoutUnit(name)].some((word) => wholeWord(word + ending).test(question)));
  const named = columns.filter(({ name, type: own }) => own === "VARCHAR" && name !== x && isNamed(name));
  return named.length === 1 ? named[0]?.name : undefined;
}
