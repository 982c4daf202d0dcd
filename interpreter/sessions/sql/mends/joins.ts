// A table that the query takes a column from and does not read.
import type { TableInfo } from "../../session.ts";
import { fileOf, stemOf } from "../../table-info.ts";
import { identifier } from "../database.ts";
import { isName, outlineOf, solid, tokensOf } from "../sql-outline.ts";
import { nextSign, type SqlToken, sqlText, unquoted } from "../sql-tokens.ts";
import { equal, type Key, type Mend, missingColumn } from "./mend.ts";

export interface LeftOut {
  readonly own: TableInfo; // the only one that the query reads
  readonly other: TableInfo;
}

/** The one table that has the column, or the name, that the error misses; undefined where it may be another. */
export function leftOutTable(query: string, error: string, tables: readonly TableInfo[]): LeftOut | undefined {
  const outline = outlineOf(query);
  const from = solid(tokensOf(outline, outline.outer, "from"));
  const [own, ...more] = tables.filter((table) => from.some((token) => names(token, table)));
  if (own === undefined || more.length > 0 || outline.selects.length > 1) return undefined;
  const column = missingColumn(error);
  const owner = /Referenced table "([^"]+)" not found/i.exec(error)?.[1];
  const isLeftOut = (table: TableInfo) =>
    owner === undefined
      ? table.columns.some(({ name }) => column !== undefined && equal(name, column))
      : [fileOf(table), stemOf(table)].some((name) => equal(name, owner));
  const [other, ...others] = tables.filter((table) => table !== own && isLeftOut(table));
  return other === undefined || others.length > 0 ? undefined : { own, other };
}

/**
 * SELECT city, sum(price) FROM orders -> ... FROM orders LEFT JOIN shops USING (shop): where the tables have one key, and it
 * is there once in the other, so that no row of the first is lost or comes twice.
 */
export const joinLeftOut: Mend = (query, error, tables, _question, keys) => {
  const found = leftOutTable(query, error, tables);
  const key = found && onlyKey(found, keys);
  if (!found || !key) return undefined;
  const { own, other } = found;
  const { tokens, outer } = outlineOf(query);
  const from = outer?.clauses.get("from");
  if (from === undefined) return undefined;
  const read = sqlText(tokens.slice(from.from, from.to));
  const [, table, alias] = /^\s*(\S+|'[^']*'|"[^"]*")(?:\s+(?:as\s+)?([\p{L}_]\w*))?\s*$/iu.exec(read) ?? [];
  if (table === undefined) return undefined; // it reads more than one table
  const isSame = equal(key.from, key.to);
  const [left, right] = [alias ?? identifier(fileOf(own)), identifier(fileOf(other))];
  const on = isSame
    ? `USING (${identifier(key.from)})`
    : `ON ${left}.${identifier(key.from)} = ${right}.${identifier(key.to)}`;
  const named = alias === undefined ? `${identifier(fileOf(own))} ` : `${read.trim()} `;
  const joined = ` ${named}LEFT JOIN ${right} ${on} `;
  const mended = [...tokens.slice(0, from.from), { kind: "sign", text: joined } as const, ...tokens.slice(from.to)];
  return {
    query: withOwners(mended, other).trimEnd(),
    note: `(joined with ${other.name} by ${isSame ? key.from : `${key.from} = ${key.to}`})`,
  };
};

/** shops.city, 'shops.csv'.city: by the name that the join gives the table. */
function withOwners(tokens: readonly SqlToken[], table: TableInfo): string {
  return sqlText(
    tokens.map((token, i) =>
      names(token, table) && nextSign(tokens, i) === "." ? { ...token, text: identifier(fileOf(table)) } : token,
    ),
  );
}

function onlyKey({ own, other }: LeftOut, keys: readonly Key[]): Key | undefined {
  const columnOf = (end: string, { name, columns }: TableInfo) =>
    columns.find((column) => [`${name}.${column.name}`, `${name}."${column.name}"`].includes(end))?.name;
  const between = keys.flatMap(({ from, to }) => {
    const [a, b] = [columnOf(from, own), columnOf(to, other)];
    return a === undefined || b === undefined ? [] : [{ from: a, to: b }];
  });
  return between.length === 1 ? between[0] : undefined;
}

function names(token: SqlToken, table: TableInfo): boolean {
  const isWritten = isName(token) || token.kind === "string";
  return isWritten && [fileOf(table), stemOf(table)].some((name) => equal(name, unquoted(token)));
}
