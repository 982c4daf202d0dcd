// The column that tells a chart's lines apart, where the question asks for several: "one line per symbol".
import { wholeWord } from "../escape-regexp.ts";
import { isTranslationOf } from "../languages/column-words.ts";
import { type Language, saysInAnyLanguage } from "../languages/index.ts";
import { groupWords } from "../languages/measures.ts";
import { withoutAccents, withoutCamelCase } from "../name-words.ts";
import type { ChartOptions } from "../sessions/charts/chart-types.ts";
import type { TableInfo } from "../sessions/session.ts";
import { identifier } from "../sessions/sql/database.ts";
import { fileOf, isNumeric, isTime, withoutUnit } from "../sessions/table-info.ts";
import { sharesWord } from "./renamed-columns.ts";
import type { ToolContext } from "./tool.ts";

const MAX_SERIES = 20; // more lines cannot be told apart
const MAX_VALUES = 200; // of a column, each of which is looked for in the question
const SEVERAL =
  /\b(?:and|und|y|et|vs|versus|against|between|zwischen|entre|compar\w*|vergl\w*|split|break\w*|aufge\w*|stack\w*|gestapelt|empil\w*|apil\w*|shares?|anteil\w*|lines|linien|lignes|líneas|colou?r\w*|farb\w*|couleurs?|groups?|series|reihen)\b|[和与跟及、]|比[较べ較]|对比|分[别组類类]|色|堆|積/iu;
/** What a chart along time is grouped by already. */
const TIME =
  /^(?:years?|quarters?|months?|weeks?|days?|hours?|dates?|jahre?n?|quartale?n?|monate?n?|wochen?|tage?n?|stunden?|années?|ans?|trimestres?|mois|semaines?|jours?|heures?|años?|mes(?:es)?|semanas?|días?|horas?)(?!\p{L})|^[年月周週日天]|^(?:季度|小时|時間|四半期|星期|曜日)/iu;
const PLURALS = ["", "s", "es", "n", "en"];

/** The table that a chart is of. */
async function tableOf({ table }: ChartOptions, session: ToolContext["session"]): Promise<TableInfo | undefined> {
  return (await session.tables()).find((one) => fileOf(one) === fileOf({ name: String(table) }));
}

/** A chart along dates or numbers with the series that its question names, by the one text column that it names. */
export async function withAskedSeries<Options extends ChartOptions>(
  options: Options,
  context: ToolContext,
): Promise<Options> {
  const { question = "", session, signal } = context;
  const table = await tableOf(options, session);
  const column = table && seriesAskedFor(question, table, options);
  if (table === undefined || column === undefined) return options;
  const name = identifier(column);
  const query = `SELECT count(DISTINCT ${name}) AS n FROM ${table.name}`;
  const result = await session.sql(query, { locked: true, isQuiet: true, maxRows: 1, ...(signal && { signal }) });
  const count = Number(result.rows[0]?.["n"]);
  return count > 1 && count <= MAX_SERIES ? { ...options, color: column } : options;
}

/** A chart along time, without the series that nothing in its question speaks of: a small model takes any column for one. */
export async function withoutUnaskedSeries<Options extends ChartOptions>(
  options: Options,
  context: ToolContext,
): Promise<Options> {
  const { question = "", session, signal } = context;
  const table = await tableOf(options, session);
  const typeOf = (name: unknown) => table?.columns.find((one) => one.name === name)?.type;
  const { x, color } = options;
  const isUnasked = isTime(typeOf(x) ?? "") && typeOf(color) === "VARCHAR" && !mayAskForSeries(question, String(color));
  if (question === "" || table === undefined || !isUnasked) return options;
  const query = `SELECT DISTINCT ${identifier(String(color))} AS value FROM ${table.name} LIMIT ${MAX_VALUES}`;
  const { rows } = await session.sql(query, {
    locked: true,
    isQuiet: true,
    maxRows: MAX_VALUES,
    ...(signal && { signal }),
  });
  if (rows.length === MAX_VALUES || rows.some(({ value }) => wholeWord(String(value)).test(question))) return options;
  const { color: _, ...rest } = options;
  return rest as Options; // as: `color` may always be left out
}

/** By the column's name, by groups that are no times, by a word for several, or as a change of the chart before. */
function mayAskForSeries(question: string, column: string): boolean {
  const leansOnOther = [
    ({ changes }: Language) => changes,
    ({ beginsFollowUp }: Language) => beginsFollowUp,
    ({ pointsBack }: Language) => pointsBack,
  ].some((words) => saysInAnyLanguage(question, words));
  const isOfGroups = groupWords(question).some((words) => !TIME.test(words));
  const words = (text: string) => withoutAccents(withoutCamelCase(text)).match(/\p{L}+/gu) ?? [];
  const isTranslated = words(question).some((word) => isTranslationOf([word], words(column)));
  return leansOnOther || isOfGroups || SEVERAL.test(question) || sharesWord(column, question) || isTranslated;
}

/** Steps are of numbers: of names and of dates, which a small model asks for as well, there are none to be made. */
export async function withoutVainSteps<Options extends ChartOptions>(
  options: Options,
  { session }: ToolContext,
): Promise<Options> {
  if (options.bin !== true) return options;
  const table = await tableOf(options, session);
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
