// A column that stands behind the alias of another table of the query: b.city, where a has the city. And one of a part of
// the query (WITH total AS ...) that the SELECT does not read.
import { tableCalled } from "../../table-info.ts";
import { isName, isWord, outlineOf, type SqlSelect, solid, tokensOf } from "../sql-outline.ts";
import { sourcesOf } from "../sql-sources.ts";
import { nextSign, previousText, type SqlToken, sqlText, unquoted } from "../sql-tokens.ts";
import { isOwnerOf, missingIn } from "./linked-tables.ts";
import { equal, type Mend } from "./mend.ts";

/** b.city -> a.city, where only one of the tables that the query reads has it. */
export const otherOwner: Mend = (query, error, tables) => {
  const missing = missingIn(error);
  if (missing?.owner === undefined) return undefined;
  const { owner, column } = missing;
  const outline = outlineOf(query);
  const sources = outline.selects.flatMap((select) => sourcesOf(outline, select) ?? []);
  const having = sources.filter(({ table: name }) => {
    return tableCalled(name, tables)?.columns.some((one) => equal(one.name, column));
  });
  const [source, ...others] = having;
  if (!source || others.length > 0) return undefined;
  const { tokens } = outline;
  const alias = source.alias ?? source.table;
  const text = /^\w+$/.test(alias) ? alias : `"${alias.replaceAll('"', '""')}"`;
  const mended = tokens.map((token, i) => (isOwnerOf(tokens, i, missing) ? { ...token, text } : token));
  return { query: sqlText(mended), note: `(${column} is taken from ${source.table}: ${owner} has none)` };
};

/**
 * WITH total AS (SELECT sum(x) AS whole FROM t) SELECT y / whole FROM u -> FROM u, total: a part of one row, of which the
 * query takes a column and which it does not read.
 */
export const unreadPart: Mend = (query, error) => {
  const [, missing] = /Referenced (?:column|table) "([^"]+)" (?:was )?not found/i.exec(error) ?? [];
  if (missing === undefined) return undefined;
  const outline = outlineOf(query);
  const { tokens, selects } = outline;
  const parts = selects.flatMap((select) => partOf(tokens, select) ?? []);
  const isMeant = ({ name, select }: Part) =>
    equal(name, missing) || select.items.some(({ alias }) => alias !== undefined && equal(alias, missing));
  const [part, ...others] = parts.filter(isMeant);
  if (!part || others.length > 0 || !hasOneRow(part.select)) return undefined;
  const uses = tokens.flatMap((token, i) => {
    const isUsed = isName(token) && equal(unquoted(token), missing) && !/^as$/i.test(previousText(tokens, i));
    return isUsed && (i < part.select.range.from || i >= part.select.range.to) ? [i] : [];
  });
  const reads = (one: SqlSelect) =>
    solid(tokensOf(outline, one, "from")).some((token) => isName(token) && equal(unquoted(token), part.name));
  const around = selects.filter((one) => one !== part.select && !reads(one) && uses.some((i) => isWithin(one, i)));
  const [select] = around.sort((a, b) => b.depth - a.depth); // the innermost; DuckDB refuses the next one then
  if (!select) return undefined;
  const from = select.clauses.get("from");
  const end = from?.to ?? select.clauses.get("select")?.to ?? select.range.to;
  const [before, behind] = [sqlText(tokens.slice(0, end)).trimEnd(), sqlText(tokens.slice(end)).trimStart()];
  return { query: `${before} ${from ? "CROSS JOIN" : "FROM"} ${part.name} ${behind}`.trimEnd() };
};

interface Part {
  readonly name: string; // as it is written
  readonly select: SqlSelect;
}

/** name AS ( SELECT ... */
function partOf(tokens: readonly SqlToken[], select: SqlSelect): Part | undefined {
  const before = solid(tokens.slice(0, select.range.from));
  const [name, as, open] = before.slice(-3);
  const isPart = name && as && isWord(as, "as") && open?.text === "(" && isName(name);
  return isPart ? { name: name.text, select } : undefined;
}

function isWithin({ range }: SqlSelect, i: number): boolean {
  return i >= range.from && i < range.to;
}

/** Aggregates, without groups. */
function hasOneRow({ clauses, items }: SqlSelect): boolean {
  const isComputed = items.every(({ expression }) =>
    expression.some((token, i) => isName(token) && nextSign(expression, i) === "("),
  );
  return !clauses.has("group by") && isComputed && items.length > 0;
}
