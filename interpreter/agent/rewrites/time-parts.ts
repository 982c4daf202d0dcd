// Rows that are grouped by a time as it stands, where the question asks for a part of it: "at which hour of the day" by
// GROUP BY started, which makes a group of each moment.
import { type Asked as AskedWord, asksFor, LANGUAGES } from "../../languages/index.ts";
import type { TableInfo } from "../../sessions/session.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { equal, tablesIn } from "../../sessions/sql/mends/mend.ts";
import { isName, listed, outlineOf, type SqlOutline, solid, type TokenRange } from "../../sessions/sql/sql-outline.ts";
import { type SqlToken, sqlText, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { isTime } from "../../sessions/table-info.ts";
import { type Asked, columnOf, type Rewrite } from "./rewrite.ts";
import { mayBeNamedIn } from "./spoken.ts";

const UNITS = ["hour", "weekday", "day", "week", "month", "quarter", "year"] as const;
export type Unit = (typeof UNITS)[number];

const ASKS_WHICH = /^(?:which|what|welche|quel|qué|cuál|哪|几|何|どの)/iu;

/** "Who sells the most per week?" is answered by a name. */
export const WHO = /\b(?:who|whom|whose|wer|wem|wessen|qui)\b|(?<!\p{L})quién|谁|誰|だれ/iu;

const WORDS: Readonly<Record<Exclude<Unit, "weekday">, AskedWord>> = {
  hour: "which-hour",
  day: "which-day",
  week: "week",
  month: "which-month",
  quarter: "quarter",
  year: "which-year",
};

export const timeParts: Rewrite = async (query, asked) => {
  const unit = unitAsked(asked.question);
  const outline = outlineOf(query);
  const tables = tablesIn(query, asked.tables);
  const found = unit && (groupedTime(outline, tables) ?? groupedOtherwise(outline, tables, asked.question));
  if (!unit || !found || outline.selects.length > 1) return undefined;
  const { table, type, key = found.name } = found;
  if (type === "DATE" && (unit === "hour" || unit === "day")) return undefined;
  const partOf = await partWriter(unit, found.name, table, asked);
  const meant = withParts(outline, key, key === found.name ? partOf : () => partOf(identifier(found.name)), unit);
  return {
    query: meant,
    note: `(the question asks for the ${unit}: grouped by ${partOf(identifier(found.name))})`,
  };
};

/** The only unit of time by which a question groups; or the first, where it asks which one: "which month has most per day?" */
export function unitAsked(question: string): Unit | undefined {
  const asked = UNITS.flatMap((unit) => {
    const found = LANGUAGES.flatMap(({ words, functions }) => {
      const match = (unit === "weekday" ? functions.dayname : words[WORDS[unit]])?.exec(question);
      return match ? [match] : [];
    });
    const [first] = found.sort((a, b) => a.index - b.index);
    return first ? [{ unit, index: first.index, text: first[0] }] : [];
  }).sort((a, b) => a.index - b.index);
  const [first, ...others] = asked;
  return others.length === 0 || ASKS_WHICH.test(first?.text ?? "") ? first?.unit : undefined;
}

interface GroupedTime {
  readonly name: string;
  readonly type: string;
  readonly table: TableInfo;
  readonly key?: string; // the column by which the query groups instead
}

/** By one text that the question does not speak of, where the only time of the table stands nowhere in the query. */
function groupedOtherwise(
  outline: SqlOutline,
  tables: readonly TableInfo[],
  question: string,
): GroupedTime | undefined {
  const { tokens, outer } = outline;
  const range = outer?.clauses.get("group by");
  const [item, ...others] = range ? listed(tokens, range) : [];
  const [table, ...more] = tables;
  const key = item && columnOf(tokens.slice(item.from, item.to));
  if (!table || more.length > 0 || key === undefined || others.length > 0) return undefined;
  const times = table.columns.filter(({ type }) => isTime(type));
  const isText = table.columns.some(({ name, type }) => type === "VARCHAR" && equal(name, key));
  const [time] = times;
  const isUsed = times.some(({ name }) => tokens.some((token) => isName(token) && equal(unquoted(token), name)));
  if (WHO.test(question) || !time || times.length > 1 || !isText || isUsed || mayBeNamedIn(key, question))
    return undefined;
  return { ...time, table, key };
}

/** The only column of time that stands by itself in GROUP BY, be it by its place or by a name that it got. */
function groupedTime({ tokens, outer }: SqlOutline, tables: readonly TableInfo[]): GroupedTime | undefined {
  const range = outer?.clauses.get("group by");
  if (!outer || !range) return undefined;
  const keys = listed(tokens, range).map((one) => solid(tokens.slice(one.from, one.to)));
  const found = keys.flatMap((key) => {
    const [only, ...others] = key;
    const isAlone = only !== undefined && others.length === 0;
    const item = !isAlone
      ? undefined
      : only.kind === "number"
        ? outer.items[Number(only.text) - 1]
        : outer.items.find(({ alias }) => alias?.toLowerCase() === unquoted(only).toLowerCase());
    const name = columnOf(item?.expression ?? key)?.toLowerCase();
    return tables.flatMap((table) =>
      table.columns
        .filter((column) => isTime(column.type) && column.name.toLowerCase() === name)
        .map((column) => ({ ...column, table })),
    );
  });
  return found.length === 1 ? found[0] : undefined;
}

/** t.started -> t."started": `at` is a word of SQL where it is called with. */
function quotedColumn(words: readonly SqlToken[]): string {
  return `${sqlText(words.slice(0, -1))}${identifier(unquoted(words.at(-1)!))}`;
}

/** A month is one of all years where the question says so, or there is one year only. */
export async function partWriter(unit: Unit, name: string, table: TableInfo, { question, look }: Asked) {
  const mayRepeat = unit === "month" || unit === "quarter";
  const isOfAllYears = mayRepeat && (asksFor(question, "of-the-year") || (await isOneYear(name, table, look)));
  return (column: string): string => {
    if (unit === "month") return isOfAllYears ? `month(${column})` : `strftime(${column}, '%Y-%m')`;
    if (unit === "quarter")
      return isOfAllYears ? `quarter(${column})` : `strftime(${column}, '%Y-Q') || quarter(${column})`;
    if (unit === "weekday") return `dayname(${column})`;
    if (unit === "week") return `CAST(date_trunc('week', ${column}) AS DATE)`;
    return unit === "day" ? `CAST(${column} AS DATE)` : `${unit}(${column})`;
  };
}

async function isOneYear(name: string, { name: table }: TableInfo, look: Asked["look"]): Promise<boolean> {
  const { rows } = await look(`SELECT count(DISTINCT year(${identifier(name)})) AS n FROM ${table}`);
  return Number(rows[0]?.["n"]) === 1;
}

/** The part in the place of the column, wherever it stands by itself as an item, a key or an order. */
function withParts(outline: SqlOutline, name: string, partOf: (column: string) => string, unit: Unit): string {
  const { tokens, outer } = outline;
  const changes: (TokenRange & { text: string })[] = [];
  const change = (range: TokenRange, words: readonly SqlToken[], named: boolean) => {
    const isMeant = columnOf(words)?.toLowerCase() === name.toLowerCase();
    if (!isMeant) return;
    const first = tokens.indexOf(words[0]!, range.from);
    const last = tokens.indexOf(words.at(-1)!, first);
    changes.push({ from: first, to: last + 1, text: `${partOf(quotedColumn(words))}${named ? ` AS ${unit}` : ""}` });
  };
  for (const { range, expression, alias } of outer?.items ?? []) change(range, solid(expression), alias === undefined);
  for (const clause of ["group by", "order by"] as const) {
    const range = outer?.clauses.get(clause);
    for (const one of range ? listed(tokens, range) : []) {
      const words = solid(tokens.slice(one.from, one.to)).filter(
        ({ text }) => !/^(asc|desc|nulls|first|last)$/i.test(text),
      );
      change(one, words, false);
    }
  }
  let text = "";
  let at = 0;
  for (const { from, to, text: part } of changes.sort((a, b) => a.from - b.from)) {
    text += sqlText(tokens.slice(at, from)) + part;
    at = to;
  }
  return text + sqlText(tokens.slice(at));
}
