// "Which distributor has released the most movies?", and the query takes the row with the highest sales.
import { asksFor } from "../../languages/index.ts";
import { askedMost } from "../../languages/measures.ts";
import type { TableInfo } from "../../sessions/session.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { listed, solid, tokensOf } from "../../sessions/sql/sql-outline.ts";
import { sqlText, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { isNumeric } from "../../sessions/table-info.ts";
import { aggregatesIn, columnOf, type PlainQuery, plainQuery, type Rewrite } from "./rewrite.ts";
import { isNamedIn, isOfTable, mayBeNamedIn } from "./spoken.ts";

/** ... ORDER BY sales DESC LIMIT 1 -> SELECT distributor, count(*) ... GROUP BY distributor ORDER BY count DESC LIMIT 1 */
export const mostRows: Rewrite = (query, asked) => {
  const plain = plainQuery(query, asked);
  const most = askedMost(asked.question);
  const [table] = plain?.tables ?? [];
  if (!plain || !most || !table || asksFor(asked.question, "mean") || asksFor(asked.question, "total"))
    return undefined;
  const { outline, select, from, where, tables } = plain;
  if (select.clauses.has("having") || !isOfRows(most, tables)) return undefined;
  const calls = aggregatesIn(outline.tokens);
  if (calls.some(({ name }) => name === "count") || !ordersByAnother(plain, asked.question)) return undefined;
  const key = keyOf(plain, asked.question);
  if (key === undefined) return undefined;
  const limit = sqlText(tokensOf(outline, select, "limit")).trim();
  const column = identifier(key);
  const filter = [...(where === "" ? [] : [`(${where})`]), `${column} IS NOT NULL`].join(" AND ");
  const order = most.end === "most" ? " DESC" : "";
  return {
    query: `SELECT ${column}, count(*) AS count FROM ${from} WHERE ${filter} GROUP BY ${column} ORDER BY count(*)${order} LIMIT ${limit || "1"}`,
    note: `(the rows of each ${key} are counted: the ${most.end === "most" ? "most" : "fewest"} of them were asked for)`,
  };
};

/** Whether rows are meant, and not a column that says how many. */
function isOfRows({ of, isOfRows }: { of: string; isOfRows: boolean }, tables: readonly TableInfo[]): boolean {
  if (isOfRows) return true;
  const numbers = tables.flatMap(({ columns }) => columns.filter(({ type }) => isNumeric(type)));
  return !numbers.some(({ name }) => mayBeNamedIn(name, of)) && tables.some((table) => isOfTable(of, table));
}

/** By a column that no word of the question speaks of. */
function ordersByAnother({ outline, select, tables }: PlainQuery, question: string): boolean {
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
  return columns.length > 0 && columns.every(({ name, type }) => isNumeric(type) && !mayBeNamedIn(name, question));
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
