// A table that the query takes a column from and does not read.
import type { TableInfo } from "../../session.ts";
import { fileOf, isCalled, tableCalled } from "../../table-info.ts";
import { identifier } from "../database.ts";
import type { JoinKey } from "../join-key.ts";
import { isName, outlineOf, solid, tokensOf } from "../sql-outline.ts";
import { sourcesOf } from "../sql-sources.ts";
import { nextSign, type SqlToken, sqlText, unquoted } from "../sql-tokens.ts";
import { equal, type Mend, missingColumn } from "./mend.ts";
import { quoteFiles } from "./names.ts";

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
      : isCalled(owner, table);
  const [other, ...others] = tables.filter((table) => table !== own && isLeftOut(table));
  return other === undefined || others.length > 0 ? undefined : { own, other };
}

/**
 * SELECT city, sum(price) FROM orders -> ... FROM orders LEFT JOIN shops USING (shop): where the tables have one key, and it
 * is there once in the other, so that no row of the first is lost or comes twice.
 */
export const joinLeftOut: Mend = (query, error, tables, _question, keys) => {
  const found = leftOutTable(query, error, tables);
  const key = found && (keyInWhere(query, found) ?? onlyKey(found, keys));
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

/**
 * JOIN airports ON origin = iata JOIN airports ON destination = iata -> the first of them, where nothing of the airports is
 * asked but what they are joined by.
 */
export const joinedTwice: Mend = (query, error, tables) => {
  if (!/duplicate alias/i.test(error)) return undefined;
  const outline = outlineOf(quoteFiles(query, tables.map(fileOf)));
  const { tokens, outer, selects } = outline;
  const sources = selects.length === 1 ? sourcesOf(outline, outer) : undefined;
  const twice = sources?.findIndex(({ table, alias, join }, i) => {
    const isThere = sources.slice(0, i).some((one) => equal(one.alias ?? one.table, alias ?? table));
    return isThere && (join === "inner" || join === "left");
  });
  const source = sources?.[twice ?? -1];
  const table = source && tableCalled(source.table, tables);
  if (!sources || !source || !table) return undefined;
  const isIn = (i: number) => sources.some(({ range, on }) => on.length > 0 && i >= range.from && i < range.to);
  const joined = sources.flatMap(({ on, using }) => [...on.filter(isName).map(unquoted), ...using]);
  const used = tokens.flatMap((token, i) => (isName(token) && !isIn(i) ? unquoted(token) : []));
  const asked = table.columns.filter(({ name }) => used.some((one) => equal(one, name)));
  if (asked.some(({ name }) => !joined.some((one) => equal(one, name)))) return undefined;
  const { from, to } = source.range;
  return {
    query: `${sqlText(tokens.slice(0, from)).trimEnd()} ${sqlText(tokens.slice(to)).trimStart()}`.trim(),
    note: `(${table.name} was joined twice: the second is left out)`,
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

/** The columns by which the query's own table is joined with the one that it leaves out. */
interface Pair {
  readonly from: string;
  readonly to: string;
}

/** WHERE origin = 'airports.csv'.iata: the query itself says by what, where it says so once. */
function keyInWhere(query: string, { own, other }: LeftOut): Pair | undefined {
  const outline = outlineOf(query);
  const where = solid(tokensOf(outline, outline.outer, "where"));
  const columnIn = ({ columns }: TableInfo, token: SqlToken | undefined) =>
    token && isName(token) ? columns.find(({ name }) => equal(name, unquoted(token)))?.name : undefined;
  const found = where.flatMap((token, i) => {
    if (token.text !== ".") return [];
    const [owner, to] = [where[i - 1], columnIn(other, where[i + 1])];
    if (owner === undefined || to === undefined || !names(owner, other)) return [];
    const before = where[i - 2]?.text === "=" ? where[i - 3] : undefined;
    const behind = where[i + 2]?.text === "=" && where[i + 4]?.text !== "." ? where[i + 3] : undefined;
    const from = columnIn(own, before ?? behind);
    return from === undefined ? [] : [{ from, to }];
  });
  return found.length === 1 ? found[0] : undefined;
}

function onlyKey({ own, other }: LeftOut, keys: readonly JoinKey[]): Pair | undefined {
  const between = keys.filter(({ from, to }) => from.table === own.name && to.table === other.name);
  const [key] = between;
  return key && between.length === 1 ? { from: key.from.column, to: key.to.column } : undefined;
}

function names(token: SqlToken, table: TableInfo): boolean {
  const isWritten = isName(token) || token.kind === "string";
  return isWritten && isCalled(unquoted(token), table);
}
