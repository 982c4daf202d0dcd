// What the question names and the query leaves out: a text in quotes, a year, a value of a column, the filter of the
// question before. Such a query runs, and answers another question.
import { columnValues, fewValues } from "../../context/column-values.ts";
import { saysInAnyLanguage } from "../../languages/index.ts";
import type { SqlResult, TableInfo } from "../../sessions/session.ts";
import { identifier, quoted as literal } from "../../sessions/sql/database.ts";
import { isName, outlineOf, tokensOf, usedNames } from "../../sessions/sql/sql-outline.ts";
import { sqlText, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { isNumeric, queryNames } from "../../sessions/table-info.ts";
import { codeThatRan, factsOf, rowsOf } from "../../tools/facts.ts";
import { lastCall } from "../question/asked-change.ts";
import { withoutLevels } from "../question/asked-choices.ts";
import { countedIn, isSpokenOf, quotedTexts, unusedNumbers, valuesNamed, yearsIn } from "../question/question-parts.ts";
import { valuesSaid } from "../question/text-filters.ts";
import { isOfMoney } from "../rewrites/spoken.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { type DrawnChart, drawnChart, otherChart } from "./other-chart.ts";
import { otherQuestion } from "./other-question.ts";
import { withFilter } from "./with-filter.ts";

const COUNTS = /^(counts?|freq|frequency|anzahl|nombre|cantidad)$/i;
const OF_ROWS =
  /\b(rows?|records?|entries|lines|Zeilen?|Einträge|filas?|registros?|lignes?|enregistrements?)\b|行|件|条/iu;
const MAX_TABLES = 4; // in which a quoted text is looked for
const MAX_VALUES = 20;
const RESERVED = /^(and|or|not|is|null|in|like|ilike|between|true|false)$/i;

/** The model is asked for another query once; what is left out then is told to the user. */
export function leftOut(task: Task): Guard {
  let facts: string[] = [];
  let shape: string | undefined; // with the filter of the question before
  let mayAsk = false;
  let chart: DrawnChart | undefined;
  return {
    async after(call, outcome) {
      if (outcome.failed) return undefined;
      mayAsk = call.name === "run_sql";
      const used = [...task.made, { call, outcome }].filter((one) => !one.outcome.failed);
      const queries = used.map((one) => codeThatRan(one.outcome.facts) ?? one.call.arguments);
      const tests = used.filter((one) => factsOf(one.outcome.facts, "statistics").length > 0);
      const results = used.flatMap((one) => rowsOf(one.outcome.facts) ?? []);
      const dropped = mayAsk ? droppedFilter(task, queries.at(-1) ?? "") : undefined;
      chart = drawnChart(call, await task.tables());
      const asked = tests.length > 0 ? withoutLevels(task.question) : task.question;
      const told = [...queries, ...tests.map((one) => one.outcome.content)]; // which says by which threshold
      const leftOut = await unused(asked, told, results, task);
      const filter = chart && filterOf(leftOut);
      shape = filter === undefined ? dropped?.shape : withFilter(chart?.query ?? "", filter);
      facts = [
        ...new Set(leftOut.map(({ fact }) => fact)),
        ...(mayAsk ? excluded(task, results.at(-1)) : []),
        ...(dropped ? [dropped.fact] : []),
      ];
      return undefined;
    },
    atAnswer: (text) =>
      chart
        ? otherChart(text, facts, chart, task.options.tools, shape)
        : otherQuestion(text, facts, mayAsk, facts.length === 1 ? shape : undefined),
  };
}

/** What the question names and nothing uses. */
interface Unused {
  readonly fact: string;
  readonly value?: readonly [column: string, text: string]; // where it is one of one column
}

/** A condition on all of them; undefined where one of them is no value of a column. */
function filterOf(all: readonly Unused[]): string | undefined {
  const byColumn = new Map<string, Set<string>>();
  for (const { value } of all) {
    if (value === undefined) return undefined;
    byColumn.set(value[0], (byColumn.get(value[0]) ?? new Set()).add(literal(value[1])));
  }
  const conditions = [...byColumn].map(([column, texts]) => {
    const [only = "", ...others] = texts;
    return `${identifier(column)} ${others.length === 0 ? `= ${only}` : `IN (${[only, ...others].join(", ")})`}`;
  });
  return conditions.length === 0 ? undefined : conditions.join(" AND ");
}

async function unused(
  question: string,
  queries: readonly string[],
  results: readonly SqlResult[],
  task: Task,
): Promise<Unused[]> {
  const { session, signal } = task.options.context;
  const query = queries.join("\n");
  const text = [query, ...results.flatMap(({ rows }) => rows.flatMap((row) => Object.entries(row).flat().map(String)))]
    .join("\n")
    .toLowerCase();
  const isUsed = (part: string) => text.includes(part.toLowerCase());
  const quotes = quotedTexts(question).flatMap(({ text }) => (isUsed(text) ? [] : [text]));
  const years = yearsIn(question).filter((year) => ![-1, 0, 1].some((n) => isUsed(String(Number(year) + n))));
  const numbers = unusedNumbers(question, text);
  const all = await task.tables();
  const tables = all.filter((table) => queryNames(query, table));
  const columns = [...(await columnValues(session, tables, signal))].flatMap(([, ofTable]) => [...fewValues(ofTable)]);
  const values = columns.flatMap(([column, known]) =>
    valuesNamed(question, known).flatMap((value) => {
      const holders = columns.filter(([, others]) => others.includes(value)); // each may be the one that is meant
      const isCompared = isUsed(value) && holders.some(([name]) => isUsed(name));
      if (isCompared) return [];
      return [
        {
          ...named(`${value}, a value of ${column}`),
          ...(holders.length === 1 && { value: [column, value] as const }),
        },
      ];
    }),
  );
  const said = columns.flatMap(([column, known]) =>
    isUsed(column)
      ? []
      : valuesSaid(known, question).map((value) => ({
          ...named(`${value}, a value of ${column}`),
          value: [column, value] as const,
        })),
  );
  const quoted = quotes.length === 0 ? [] : await valuesAmong(quotes, all.slice(0, MAX_TABLES), task);
  const others = [
    ...countedRows(question, query, tables),
    ...countedNumbers(question, query, tables),
    ...unusedFlags(question, query, tables),
  ];
  return [
    ...[...quoted, ...years].map(named),
    ...values,
    ...said,
    ...numbers.map(named),
    ...others.map((fact) => ({ fact })),
  ];
}

function named(what: string): Unused {
  return { fact: `the question names ${what}, and the query does not use it` };
}

/** Those of the texts that a column holds: others may be a name for the result, or how to answer. */
async function valuesAmong(texts: readonly string[], tables: readonly TableInfo[], { options }: Task) {
  const { session, signal } = options.context;
  const found = tables.map(async ({ name, columns }) => {
    const names = columns.filter(({ type }) => type === "VARCHAR").map((column) => identifier(column.name));
    const list = texts.map(literal).join(", ");
    const query = names
      .map((one) => `SELECT DISTINCT ${one} AS value FROM ${name} WHERE ${one} IN (${list})`)
      .join(" UNION ");
    if (query === "") return [];
    const { rows } = await session.sql(query, {
      locked: true,
      isQuiet: true,
      maxRows: MAX_VALUES,
      ...(signal && { signal }),
    });
    return rows.flatMap(({ value }) => (typeof value === "string" ? [`"${value}"`] : []));
  });
  return (await Promise.all(found.map((one) => one.catch(() => [])))).flat();
}

/** A row that the question leaves out is in the result. */
function excluded({ question }: Task, result: SqlResult | undefined): string[] {
  const cells = new Set(
    (result?.rows ?? []).flatMap((row) => Object.values(row).map((cell) => String(cell).toLowerCase())),
  );
  return quotedTexts(question)
    .filter(({ text, isExcluded }) => isExcluded && cells.has(text.toLowerCase()))
    .map(({ text }) => `the question leaves out "${text}", and the result has it`);
}

/** count(*) of a table whose rows hold counts already. */
function countedRows(question: string, query: string, tables: readonly TableInfo[]): string[] {
  if (!/\bcount\(\s*\*?\s*\)/i.test(query) || OF_ROWS.test(question)) return [];
  return tables.flatMap(({ name, columns }) => {
    const column = columns.find((one) => COUNTS.test(one.name) && isNumeric(one.type))?.name;
    const isSummed = column !== undefined && new RegExp(`\\(\\s*"?${column}"?\\s*\\)`, "i").test(query);
    return column === undefined || isSummed
      ? []
      : [`count(*) counts the rows of ${name}; its column ${column} has the counts, to be added up by sum(${column})`];
  });
}

/** "How many passengers" of a column passengers: each row has a number of them. */
function countedNumbers(question: string, query: string, tables: readonly TableInfo[]): string[] {
  if (OF_ROWS.test(question)) return [];
  const wanted = countedIn(question);
  return tables.flatMap(({ columns }) =>
    columns
      .filter(
        ({ name, type }) => isNumeric(type) && wanted.some((word) => isSpokenOf(name, word) || isOfMoney(name, word)),
      )
      .filter(({ name }) => {
        const bare = query.replaceAll('"', "").toLowerCase();
        const others = bare.replaceAll(`count(${name.toLowerCase()})`, "");
        return /\bcount\(/.test(bare) && !others.includes(name.toLowerCase());
      })
      .map(({ name }) => `count(...) counts rows; to add up the column ${name} write sum(${identifier(name)})`),
  );
}

/** Columns of true and false that the question speaks of: "annulée" of "les traversées annulées". */
function unusedFlags(question: string, query: string, tables: readonly TableInfo[]): string[] {
  const used = usedNames(query); // and not a name such as annulées in the result
  const flags = tables.flatMap(({ columns }) => columns.filter(({ type }) => type === "BOOLEAN"));
  return flags
    .filter(({ name }) => !used.has(name.toLowerCase()) && isSpokenOf(name, question))
    .map(({ name }) => `the question speaks of ${name}, which is true or false, and the query does not use it`);
}

interface DroppedFilter {
  readonly fact: string;
  readonly shape: string | undefined;
}

/** "How many of those ...?" of rows that the query before chose, by columns that this one does not name. */
function droppedFilter({ question, conversation, standsAlone }: Task, query: string): DroppedFilter | undefined {
  if (standsAlone || !saysInAnyLanguage(question, ({ pointsBack }) => pointsBack)) return undefined;
  const before = lastCall(conversation.at(-2)?.messages ?? []);
  if (before?.language !== "sql") return undefined;
  const outline = outlineOf(before.code);
  const where = tokensOf(outline, outline.outer, "where");
  const names = where.filter((token) => isName(token) && !RESERVED.test(token.text)).map(unquoted);
  const isKept = names.length === 0 || names.some((name) => query.toLowerCase().includes(name.toLowerCase()));
  const filter = sqlText(where).trim();
  return isKept
    ? undefined
    : { fact: `the question is about the rows before, where ${filter}`, shape: withFilter(query, filter) };
}
