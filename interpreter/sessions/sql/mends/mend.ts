// What the mends share: what the error says, and what the tables of the query have.
import type { SqlResult, TableInfo } from "../../session.ts";
import { queryNames } from "../../table-info.ts";
import type { JoinKey } from "../join-key.ts";

export interface Mended {
  readonly query: string;
  readonly note?: string; // what the reader of the result has to know
}

/** What is looked up beside the query itself. */
export interface Looks {
  /** By what tables are joined. */
  keysOf(tables: readonly TableInfo[]): Promise<readonly JoinKey[]>;
  look(query: string): Promise<SqlResult>;
}

/**
 * A query that DuckDB refused, with what it said: the query as it was meant, or undefined.
 * @param question that the query should answer; "" where none is known
 * @param keys of the query's table and of the one that it leaves out, where it leaves one out
 */
export type Mend = (
  query: string,
  error: string,
  tables: readonly TableInfo[],
  question: string,
  keys: readonly JoinKey[],
) => Mended | undefined;

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

/** The column that no table of the query has, where that is what is wrong. */
export const missingColumn = (error: string): string | undefined => {
  const [, referenced, named] = /Referenced column "([^"]+)" not found|column named "([^"]+)"/i.exec(error) ?? [];
  return referenced ?? named;
};

/** The column that stands beside an aggregate and in no GROUP BY, where that is what is wrong. */
export const ungroupedColumn = (error: string): string | undefined =>
  /column "([^"]+)" must appear in the GROUP BY clause/i.exec(error)?.[1];

/** A name that SQL takes without quotes. */
export function isPlain(name: string): boolean {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) && !KEYWORDS.has(name.toLowerCase());
}

/** Tables whose name the query holds; all, if it holds none. */
export function tablesIn(query: string, tables: readonly TableInfo[]): readonly TableInfo[] {
  const named = tables.filter((table) => queryNames(query, table));
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
