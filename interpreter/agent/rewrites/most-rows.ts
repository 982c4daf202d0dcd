// "Which distributor has released the most movies?", and the query takes the row with the highest sales.
import { asksFor } from "../../languages/index.ts";
import { type AskedMost, askedMost } from "../../languages/measures.ts";
import type { TableInfo } from "../../sessions/session.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { listed, solid, tokensOf } from "../../sessions/sql/sql-outline.ts";
import { sqlText, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { isNumeric } from "../../sessions/table-info.ts";
import { type Asked, aggregatesIn, columnOf, type PlainQuery, plainQuery, type Rewrite } from "./rewrite.ts";
import { isNamedIn, isOfTable, mayBeNamedIn } from "./spoken.ts";

/** ... ORDER BY sales DESC LIMIT 1 -> SELECT distributor, count(*) ... GROUP BY distributor ORDER BY count DESC LIMIT 1 */
export const mostRows: Rewrite = async (query, asked) => {
  const plain = plainQuery(query, asked);
  const most = askedMost(asked.question);
  const [table] = plain?.tables ?? [];
  if (!plain || !most || !table || asksFor(asked.question, "mean") || asksFor(asked.question, "total"))
    return undefined;
  const { outline, select, from, where, tables } = plain;
  if (select.clauses.has("having") || !isOfRows(most, tables)) return undefined;
  const calls = aggregatesIn(outline.tokens);
  if (calls.some(({ name }) => name === "count") || !ordersByAnother(plain, most, asked.question)) return undefined;
  const key = keyOf(plain, asked.question);
  if (key === undefined || (most.of === "" && !isNamedIn(key, asked.question))) return undefined;
  if (tables.length === 1 && (await comesOnce(key, table, asked.look))) return undefined; // its rows are not to be counted
  const limit = sqlText(tokensOf(outline, select, "limit")).trim();
  const column = identifier(key);
  const filter = [...(where === "" ? [] : [`(${where})`]), `${column} IS NOT NULL`].join(" AND ");
  const order = most.end === "most" ? " DESC" : "";
  return {
    query: `SELECT ${column}, count(*) AS count FROM ${from} WHERE ${filter} GROUP BY ${column} ORDER BY count(*)${order} LIMIT ${limit || "1"}`,
    note: `(the rows of each ${key} are counted: the ${most.end === "most" ? "most" : "fewest"} of them were asked for)`,
  };
};

async function comesOnce(key: string, { name }: TableInfo, look: Asked["look"]): Promise<boolean> {
  const column = identifier(key);
  const query = `SELECT count(${column}) = count(DISTINCT ${column}) AS once FROM ${name}`;
  return (await look(query).catch(() => undefined))?.rows[0]?.once === true;
}

/** Whether rows are meant, and not a column that says how many. */
function isOfRows({ of, isOfRows }: { of: string; isOfRows: boolean }, tables: readonly TableInfo[]): boolean {
  if (isOfRows) return true;
  const numbers = tables.flatMap(({ columns }) => columns.filter(({ type }) => isNumeric(type)));
  return !numbers.some(({ name }) => mayBeNamedIn(name, of)) && tables.some((table) => isOfTable(of, table));
}

/** By a column that no word of the question speaks of; "heard most often" may be what whole numbers say. */
function ordersByAnother({ outline, select, tables }: PlainQuery, { of }: AskedMost, question: string): boolean {
  const order = select.clauses.get("order by");
  const [first] = order ? listed(outline.tokens, order) : [];
  if (!first) return false;
  const words = solid(outline.tokens.slice(first.from, first.to)).map((token) => unquoted(token).toLowerCase());
  const aliases = select.items.filter(({ alias }) => alias !== undefined && words.includes(alias.toLowerCase()));
  const used = [
    ...words,
    ...aliases.flatMap(({ expression }) => solid(expression).map((one) => unquoted(one).toLowerCase())),
  ];
  const columns = tables.flatMap((table) => table.columns).filter(({ name }) => used.includes(name.toLowerCase()));
  const isOther = ({ name, type }: { name: string; type: string }) =>
    isNumeric(type) && !mayBeNamedIn(name, question) && !(of === "" && /INT/.test(type));
  return columns.length > 0 && columns.every(isOther);
}

/** The text that is asked for: the one that the question names, else the only one that the query selects. */
function keyOf({ select, tables }: PlainQuery, question: string): string | undefined {
  const texts = tables.flatMap(({ columns }) =>
    columns.filter(({ type }) => type === "VARCHAR").map(({ name }) => name),
  );
  const named = [...new Set(texts.filter((name) => isNamedIn(name, question)))];
  if (named.length > 0) return named.length === 1 ? named[0] : undefined;
  const selected = select.items.flatMap(({ expression }) => columnOf(expression) ?? []);
  const [only, ...others] = texts.filter((name) => selected.some((one) => one.toLowerCase() === name.toLowerCase()));
  return others.length > 0 ? undefined : only;
}
