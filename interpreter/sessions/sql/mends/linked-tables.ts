// Three tables in a row: the parts of a job, the jobs of a car, the cars. A small model joins the first with the last by a
// column that it makes up, or asks the jobs for what only the cars have. What the tables are joined by says how it goes.
import type { TableInfo } from "../../session.ts";
import { stemOf, tableCalled } from "../../table-info.ts";
import { identifier } from "../database.ts";
import { inWriting, type JoinKey } from "../join-key.ts";
import { isName, isWord, outlineOf, type SqlOutline, solid } from "../sql-outline.ts";
import { type Source, sourcesOf } from "../sql-sources.ts";
import { nextSign, type SqlToken, sqlText, unquoted } from "../sql-tokens.ts";
import { equal, type Mended, missingColumn } from "./mend.ts";

const MAX_TABLES = 12; // among which keys are sought

/** A table of the rebuilt FROM. */
interface Link {
  readonly table: TableInfo;
  readonly name: string; // by which the query calls it, as it is written
  readonly isNew: boolean;
}

interface Missing {
  readonly owner: string | undefined;
  readonly column: string;
}

/** The tables among which keys are to be sought: those of the query, then those that have the column which it misses. */
export function tablesToLink(query: string, error: string, tables: readonly TableInfo[]): TableInfo[] {
  const missing = missingIn(error);
  if (missing === undefined) return [];
  const outline = outlineOf(query);
  const read = outline.selects.flatMap((select) => sourcesOf(outline, select) ?? []);
  const own = read.flatMap(({ table }) => tableCalled(table, tables) ?? []);
  if (own.length < 2) return [];
  const others = tables.filter((table) => !own.includes(table) && !table.problem);
  const having = others.filter((table) => has(table, missing.column));
  return [...new Set([...own, ...having, ...others])].slice(0, MAX_TABLES);
}

/**
 * FROM parts a JOIN jobs b ON a.ref = b.reg WHERE b.fuel = 'diesel' -> FROM parts a JOIN jobs b ON a.ref = b.no LEFT JOIN
 * cars ON b.reg = cars.plate WHERE cars.fuel = 'diesel': where one chain of keys leads through the tables.
 */
export function linkedTables(
  query: string,
  error: string,
  tables: readonly TableInfo[],
  keys: readonly JoinKey[],
): Mended | undefined {
  const missing = missingIn(error);
  const outline = outlineOf(query);
  const sources = outline.selects.length === 1 ? sourcesOf(outline, outline.outer) : undefined;
  if (!missing || !sources || sources.length < 2 || keys.length === 0) return undefined;
  if (sources.some(({ join }, i) => i > 0 && join !== "inner" && join !== "left")) return undefined;
  const own = sources.flatMap(({ table, alias }): Link[] => {
    const found = tableCalled(table, tables);
    return found ? [{ table: found, name: identifier(alias ?? table), isNew: false }] : [];
  });
  if (own.length < sources.length || new Set(own.map(({ table }) => table)).size < own.length) return undefined;
  const isHeld = own.some(({ table }) => has(table, missing.column));
  if (isHeld && !isJoinedBy(sources, missing)) return undefined; // otherOwner sees to it
  const isKey = isJoinedBy(sources, missing);
  const holders = isHeld ? [] : tables.filter((table) => has(table, missing.column));
  const ofOwn = isKey ? (chainOf(own, keys) ?? chainWithOne(own, keys, tables)) : undefined;
  const holder = ofOwn || holders.length > 1 ? undefined : holders[0];
  const links = holder ? [...own, newLink(holder)] : [];
  const chain = ofOwn ?? chainOf(links, keys) ?? chainWithOne(links, keys, tables);
  if (!chain) return undefined;
  const text = rebuilt(outline, sources, chain, missing, holder);
  const by = chain.flatMap(({ key }) => (key ? [`${key.from.column} = ${key.to.column}`] : []));
  return {
    query: text,
    note: `(${chain.map(({ link }) => link.table.name).join(", ")} are joined by ${by.join(" and ")})`,
  };
}

interface ChainLink {
  readonly link: Link;
  readonly key?: JoinKey; // by which it is joined with one before it; none of the first
  readonly before?: Link;
}

/** Each table joined with one before it, by the only key of the two; undefined where some table has none, or several. */
function chainOf([first, ...rest]: readonly Link[], keys: readonly JoinKey[]): ChainLink[] | undefined {
  if (!first) return undefined;
  const chain: ChainLink[] = [{ link: first }];
  const left = [...rest];
  while (left.length > 0) {
    const next = left.flatMap((link) => {
      const ways = chain.flatMap(({ link: before }) =>
        keys.filter((key) => isBetween(key, link.table, before.table)).map((key) => ({ link, key, before })),
      );
      return ways.length === 1 ? ways : [];
    })[0];
    if (!next) return undefined;
    chain.push(next);
    left.splice(left.indexOf(next.link), 1);
  }
  return chain;
}

/** ... through one more table, which alone links them. */
function chainWithOne(links: readonly Link[], keys: readonly JoinKey[], tables: readonly TableInfo[]) {
  const others = tables.filter((table) => links.every((link) => link.table !== table));
  const found = others.flatMap((table) => {
    const [first, ...rest] = links;
    const chain = first && chainOf([first, newLink(table), ...rest], keys);
    return chain ? [chain] : [];
  });
  return found.length === 1 ? found[0] : undefined;
}

function rebuilt(
  { tokens, outer }: SqlOutline,
  sources: readonly Source[],
  chain: readonly ChainLink[],
  missing: Missing,
  holder: TableInfo | undefined,
): string {
  const from = outer?.clauses.get("from");
  if (!from) return sqlText(tokens);
  const parts = chain.map(({ link, key, before }) => {
    const at = sources.findIndex(({ table, alias }) => !link.isNew && identifier(alias ?? table) === link.name);
    const read = `${link.table.name} AS ${link.name}`;
    if (!key || !before) return read;
    const column = (one: Link) => {
      const end = key.from.table === one.table.name ? key.from : key.to;
      return inWriting(key.writing, `${one.name}.${identifier(end.column)}`);
    };
    const join = link.isNew || sources[at]?.join === "left" ? "LEFT JOIN" : "JOIN";
    return `${join} ${read} ON ${column(before)} = ${column(link)}`;
  });
  const all = tokens.map((token, i) => (holder && isOwnerOf(tokens, i, missing) ? ownerOf(token, holder) : token));
  return `${sqlText(all.slice(0, from.from)).trimEnd()} ${parts.join(" ")} ${sqlText(all.slice(from.to)).trimStart()}`.trim();
}

function ownerOf(token: SqlToken, holder: TableInfo): SqlToken {
  return { ...token, text: newLink(holder).name };
}

/** b, of b.fuel */
export function isOwnerOf(tokens: readonly SqlToken[], i: number, { owner, column }: Missing): boolean {
  const token = tokens[i]!;
  if (owner === undefined || !isName(token) || !equal(unquoted(token), owner) || nextSign(tokens, i) !== ".")
    return false;
  const [, name] = solid(tokens.slice(i + 1, i + 6));
  return name !== undefined && equal(unquoted(name), column);
}

/** The missing column, behind the missing owner where there is one. */
function isJoinedBy(sources: readonly Source[], { owner, column }: Missing): boolean {
  return sources.some(({ on }) =>
    on.some((token, i) => {
      const own = on[i - 1]?.text === "." ? on[i - 2] : undefined;
      const isOwned = owner === undefined || (own !== undefined && equal(unquoted(own), owner));
      return isOwned && isName(token) && !isWord(token, "as") && equal(unquoted(token), column);
    }),
  );
}

function isBetween({ from, to }: JoinKey, a: TableInfo, b: TableInfo): boolean {
  return (from.table === a.name && to.table === b.name) || (from.table === b.name && to.table === a.name);
}

function newLink(table: TableInfo): Link {
  return { table, name: identifier(stemOf(table)), isNew: true };
}

/** The column that the error misses, and behind which owner, where it says so. */
export function missingIn(error: string): Missing | undefined {
  const [, owner, owned] = /(?:Values list|Table) "([^"]+)" does not have a column named "([^"]+)"/i.exec(error) ?? [];
  const column = owned ?? missingColumn(error);
  return column === undefined ? undefined : { owner, column };
}

function has({ columns }: TableInfo, column: string): boolean {
  return columns.some(({ name }) => equal(name, column));
}
