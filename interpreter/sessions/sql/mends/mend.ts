// What the mends share: what the error says, and what the tables of the query have.
import type { TableInfo } from "../../session.ts";

/** A query that DuckDB refused, with what it said: the query as it was meant, or undefined. */
export type Mend = (query: string, error: string, tables: readonly TableInfo[]) => string | undefined;

export const KEYWORDS = new Set(
  (
    "all and any as asc between by case cast cross current date desc distinct else end except exists false filter " +
    "first from full group having ilike in inner interval intersect into is join last left like limit natural not null " +
    "nulls offset on or order outer over partition pivot qualify right rows sample select semi set similar some table " +
    "then timestamp to true union unnest using values when where window with within"
  ).split(" "),
);

export const isParserError = (error: string): boolean => /Parser Error|syntax error/i.test(error);
export const isMissingName = (error: string): boolean =>
  /Referenced (column|table)|does not have a column|not found|Table with name/i.test(error);

/** A name that SQL takes without quotes. */
export function isPlain(name: string): boolean {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) && !KEYWORDS.has(name.toLowerCase());
}

/** The name without the quotes of a file's. */
export function fileOf({ name }: TableInfo): string {
  return name.replace(/^'(.*)'$/, "$1");
}

/** The file's name without folder and ending. */
export function stemOf(table: TableInfo): string {
  return fileOf(table)
    .replace(/^.*\//, "")
    .replace(/\.\w+$/, "");
}

/** Tables whose name the query holds; all, if it holds none. */
export function tablesIn(query: string, tables: readonly TableInfo[]): readonly TableInfo[] {
  const text = query.toLowerCase();
  const named = tables.filter((table) => text.includes(stemOf(table).toLowerCase()));
  return named.length > 0 ? named : tables;
}

export function columnsOf(query: string, tables: readonly TableInfo[], type: RegExp): string[] {
  return tablesIn(query, tables).flatMap((table) =>
    table.columns.filter((column) => type.test(column.type)).map(({ name }) => name),
  );
}

export function equal(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
