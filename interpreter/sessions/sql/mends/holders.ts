// Which columns of a table hold a text, as it stands or as a part of one of their values.
import { wholeWord } from "../../../escape-regexp.ts";
import { withoutAccents } from "../../../name-words.ts";
import type { SqlResult, TableInfo } from "../../session.ts";
import { identifier, quoted } from "../database.ts";

const MAX_TEXTS = 8; // of one query
const MAX_VALUES = 500; // of a column
const LEAST_PART = 2; // UTF-16 units of what is taken for a part of a value
/** Words by which one value is the other's opposite. */
export const NEGATES = /\b(not?|non|never|without|nicht|kein\w*|ohne|pas|sans|sin)\b|[不未无無非没]/iu;

type Look = (query: string) => Promise<SqlResult>;

/** The texts of a table that have each of the values. */
export async function holdersOf(
  values: readonly string[],
  { name, columns }: TableInfo,
  look: Look,
): Promise<string[]> {
  const holders: string[] = [];
  for (const column of columns.filter(isText).map((one) => one.name)) {
    const held = values.slice(0, MAX_TEXTS).map(async (value) => {
      const found = await look(`SELECT 1 FROM ${name} WHERE ${identifier(column)} = ${quoted(value)} LIMIT 1`);
      return found.rows.length > 0;
    });
    if ((await Promise.all(held)).every(Boolean)) holders.push(column);
  }
  return holders;
}

/** The values of a table that hold a text as words of their own, or are a part of it, by their column. */
export async function partHoldersOf(
  text: string,
  { name, columns }: TableInfo,
  look: Look,
): Promise<{ readonly column: string; readonly value: string }[]> {
  const found: { readonly column: string; readonly value: string }[] = [];
  for (const { name: column } of columns.filter(isText)) {
    const values = await valuesOf(column, name, look);
    found.push(...values.filter(isPartOf(text)).map((value) => ({ column, value })));
  }
  return found;
}

/** None where there are too many of them to be compared. */
export async function valuesOf(column: string, table: string, look: Look): Promise<string[]> {
  const name = identifier(column);
  const query = `SELECT DISTINCT ${name} AS value FROM ${table} WHERE ${name} IS NOT NULL LIMIT ${MAX_VALUES + 1}`;
  const { rows } = await look(query);
  return rows.length > MAX_VALUES ? [] : rows.map(({ value }) => String(value));
}

/** Whether one holds the other as words of its own; but "done" is not "not done". */
export function isPartOf(text: string): (value: string) => boolean {
  return (value) => {
    const [a, b] = [withoutAccents(text), withoutAccents(value)];
    const isPart = Math.min(a.length, b.length) >= LEAST_PART && (wholeWord(a).test(b) || wholeWord(b).test(a));
    return isPart && NEGATES.test(text) === NEGATES.test(value);
  };
}

export function isText({ type }: { readonly type: string }): boolean {
  return type === "VARCHAR";
}
