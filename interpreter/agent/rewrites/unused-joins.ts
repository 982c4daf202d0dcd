// "How many orders has each shop?", of orders joined with their lines: each order comes as often as it has lines, and
// nothing of the lines was asked for.

import type { TableInfo } from "../../sessions/session.ts";
import type { Mended } from "../../sessions/sql/mends/mend.ts";
import { isName } from "../../sessions/sql/sql-outline.ts";
import { equality, type Source } from "../../sessions/sql/sql-sources.ts";
import { sqlText, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { stemOf } from "../../sessions/table-info.ts";
import { rowsWithoutPartner, sidesOf } from "../guards/repeated-rows.ts";
import { isUnique } from "../unique-column.ts";
import { type Asked, aggregatesIn, type PlainQuery, plainQuery, type Rewrite } from "./rewrite.ts";
import { isOwner } from "./self-joins.ts";
import { isOfTable, mayBeNamedIn, speaksOf } from "./spoken.ts";

/** FROM orders JOIN lines USING (order_id) GROUP BY shop -> FROM orders GROUP BY shop */
export const unusedJoins: Rewrite = async (query, asked) => {
  const plain = plainQuery(query, asked);
  const [first, second, ...more] = plain?.sources ?? [];
  if (!plain || !first || !second || new Set(plain.tables).size < plain.tables.length) return undefined;
  if (aggregatesIn(plain.outline.tokens).length === 0) return undefined; // a list shows what it repeats
  if (more.length > 0) return ofSeveral(plain, asked);
  if (second.join !== "inner" && second.join !== "left") return undefined;
  const unused = [1, 0].filter(
    (i) => !isUsed(plain, i) && !isAskedFor(plain.tables[i]!, [plain.tables[1 - i]!], asked),
  );
  const [at, ...others] = unused;
  if (at === undefined || others.length > 0 || !speaksOf(plain.tables[1 - at]!, asked.question)) return undefined;
  const key = keyOf(plain, at);
  const why = key === undefined ? undefined : await changes(plain, { at, key, other: 1 - at }, asked);
  return why === undefined ? undefined : { query: without(plain, at), note: leftOut(plain.tables[at]!, why) };
};

/** FROM orders JOIN shops ON ... JOIN lines ON ... -> FROM orders JOIN shops ON ..., where the last is not needed by the others. */
async function ofSeveral(plain: PlainQuery, asked: Asked): Promise<Mended | undefined> {
  const { sources, tables, outline } = plain;
  for (const [at, source] of [...sources.entries()].reverse()) {
    const others = tables.filter((_, i) => i !== at);
    const isJoined = at > 0 && (source.join === "inner" || source.join === "left");
    const sides = isJoined && !isUsed(plain, at) ? sidesOf(plain, source, at) : undefined;
    if (!sides || isAskedFor(withoutColumn(tables[at]!, sides[0].column), others, asked)) continue;
    const other = tables.indexOf(sides[1].table);
    const why = other < 0 ? undefined : await changes(plain, { at, key: sides[0].column, other }, asked);
    if (why === undefined) continue;
    const { from, to } = source.range;
    const [before, behind] = [outline.tokens.slice(0, from), outline.tokens.slice(to)];
    const query = `${sqlText(before).trimEnd()} ${sqlText(behind).trimStart()}`.trim();
    return { query, note: leftOut(tables[at]!, why) };
  }
  return undefined;
}

/** The booking of extras names the bookings, and not the extras. */
function withoutColumn(table: TableInfo, column: string): TableInfo {
  return { ...table, columns: table.columns.filter(({ name }) => name.toLowerCase() !== column.toLowerCase()) };
}

function leftOut({ name }: TableInfo, why: string): string {
  return `(${name} is left out: nothing of it was asked, and ${why})`;
}

interface Unused {
  readonly at: number; // of the sources
  readonly key: string; // its column by which it is joined
  readonly other: number; // with which
}

/** What the join does to the other table's rows; undefined where each of them comes once. */
async function changes(plain: PlainQuery, { at, key, other }: Unused, asked: Asked): Promise<string | undefined> {
  const [own, name] = [plain.tables[at]!, plain.tables[other]!.name];
  if (!(await isUnique({ table: own, column: key }, asked.look))) return `it repeats the rows of ${name}`;
  const joined = Math.max(at, other);
  const source = plain.sources[joined]!;
  const sides = source.join === "inner" ? sidesOf(plain, source, joined) : undefined;
  if (!sides) return undefined;
  const [unused, kept] = sides[0].table === own ? sides : [sides[1], sides[0]];
  const lost = await rowsWithoutPartner(kept, unused, asked.look);
  return lost > 0 ? `${lost} rows of ${name} have no row in it` : undefined;
}

/** By a column that only this table has, or by its name before a column; of what it is joined by itself it says nothing. */
function isUsed({ outline: { tokens }, sources, tables }: PlainQuery, at: number): boolean {
  const own = tables[at]!;
  const others = tables.filter((_, i) => i !== at);
  const has = ({ columns }: TableInfo, name: string) => columns.some((one) => one.name.toLowerCase() === name);
  const { range } = sources[Math.max(at, 1)]!;
  return tokens.some((token, i) => {
    if ((i >= range.from && i < range.to) || !isName(token)) return false;
    const name = unquoted(token).toLowerCase();
    return isOwner(tokens, i, sources[at]!) || (has(own, name) && !others.some((other) => has(other, name)));
  });
}

/** By its own name, or by that of a column that only it has. */
function isAskedFor(table: TableInfo, others: readonly TableInfo[], { question }: Asked): boolean {
  const isOfOther = (name: string) => others.some(({ columns }) => columns.some((one) => one.name === name));
  const own = table.columns.filter(({ name }) => !isOfOther(name));
  return isOfTable(question, table) || own.some(({ name }) => mayBeNamedIn(name, question));
}

/** The column of a source by which it is joined. */
function keyOf({ sources, tables }: PlainQuery, at: number): string | undefined {
  const { on, using } = sources[1]!;
  if (using.length === 1) return using[0];
  const isOf = (owner: string, { alias, table }: Source) =>
    [alias ?? table, stemOf(tables[at]!)].some((name) => name.toLowerCase() === owner.toLowerCase());
  const sides = equality(on)?.filter(({ owner }) => isOf(owner, sources[at]!)) ?? [];
  return sides.length === 1 ? sides[0]!.column : undefined;
}

/** The query of the other table alone. */
function without({ outline: { tokens }, sources }: PlainQuery, at: number): string {
  const [first, second] = sources as [Source, Source]; // as: of exactly two, above
  const name = (source: Source) => {
    const named = source.range.from;
    const words = tokens.slice(named, source.range.to);
    const on = words.findIndex(({ text }) => /^(on|using)$/i.test(text));
    const from = words.findIndex(
      (token) => (isName(token) || token.kind === "string") && unquoted(token) === source.table,
    );
    return sqlText(words.slice(from, on < 0 ? undefined : on)).trim();
  };
  const kept = at === 1 ? name(first) : name(second);
  const before = sqlText(tokens.slice(0, first.range.from)).trimEnd();
  return `${before} ${kept} ${sqlText(tokens.slice(second.range.to)).trim()}`.trim();
}
