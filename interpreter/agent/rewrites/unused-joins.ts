// "How many orders has each shop?", of orders joined with their lines: each order comes as often as it has lines, and
// nothing of the lines was asked for.

import type { TableInfo } from "../../sessions/session.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { isName } from "../../sessions/sql/sql-outline.ts";
import { equality, type Source } from "../../sessions/sql/sql-sources.ts";
import { sqlText, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { stemOf } from "../../sessions/table-info.ts";
import { type Asked, aggregatesIn, type PlainQuery, plainQuery, type Rewrite } from "./rewrite.ts";
import { isOwner } from "./self-joins.ts";
import { isOfTable, mayBeNamedIn, speaksOf } from "./spoken.ts";

/** FROM orders JOIN lines USING (order_id) GROUP BY shop -> FROM orders GROUP BY shop */
export const unusedJoins: Rewrite = async (query, asked) => {
  const plain = plainQuery(query, asked);
  const [first, second, ...more] = plain?.sources ?? [];
  if (!plain || !first || !second || more.length > 0 || plain.tables[0] === plain.tables[1]) return undefined;
  if (second.join !== "inner" && second.join !== "left") return undefined;
  if (aggregatesIn(plain.outline.tokens).length === 0) return undefined; // a list shows what it repeats
  const unused = [1, 0].filter((i) => !isUsed(plain, i) && !isAskedFor(plain.tables[i]!, plain.tables[1 - i]!, asked));
  const [at, ...others] = unused;
  if (at === undefined || others.length > 0 || !speaksOf(plain.tables[1 - at]!, asked.question)) return undefined;
  const key = keyOf(plain, at);
  if (key === undefined || !(await repeats(plain.tables[at]!, key, asked))) return undefined;
  return {
    query: without(plain, at),
    note: `(${plain.tables[at]!.name} is left out: nothing of it was asked, and it repeats the rows of ${plain.tables[1 - at]!.name})`,
  };
};

/** By a column that only this table has, or by its name before a column. */
function isUsed({ outline: { tokens }, sources, tables }: PlainQuery, at: number): boolean {
  const [own, other] = [tables[at]!, tables[1 - at]!];
  const has = ({ columns }: TableInfo, name: string) => columns.some((one) => one.name.toLowerCase() === name);
  const { range } = sources[1]!;
  return tokens.some((token, i) => {
    if ((i >= range.from && i < range.to) || !isName(token)) return false;
    const name = unquoted(token).toLowerCase();
    return isOwner(tokens, i, sources[at]!) || (has(own, name) && !has(other, name));
  });
}

/** By its own name, or by that of a column that only it has. */
function isAskedFor(table: TableInfo, { columns: others }: TableInfo, { question }: Asked): boolean {
  const own = table.columns.filter(({ name }) => !others.some((one) => one.name === name));
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

async function repeats({ name }: TableInfo, key: string, { look }: Asked): Promise<boolean> {
  const column = identifier(key);
  const { rows } = await look(`SELECT count(${column}) > count(DISTINCT ${column}) AS repeats FROM ${name}`);
  return rows[0]?.["repeats"] === true;
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
