// A table joined with itself by one column: each row comes as often as others share its value, and every sum and share
// over them is another one.
import { identifier } from "../../sessions/sql/database.ts";
import { isName, tokensOf } from "../../sessions/sql/sql-outline.ts";
import { equality, type Source } from "../../sessions/sql/sql-sources.ts";
import { nextSign, previousText, type SqlToken, sqlText, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { stemOf } from "../../sessions/table-info.ts";
import { aggregatesIn, type PlainQuery, plainQuery, type Rewrite } from "./rewrite.ts";

/** FROM movies AS a JOIN movies AS b ON a.rating = b.rating -> FROM movies AS a WHERE a.rating IS NOT NULL */
export const selfJoins: Rewrite = (query, asked) => {
  const plain = plainQuery(query, asked);
  const [first, second, ...more] = plain?.sources ?? [];
  if (!plain || !first || !second || more.length > 0 || plain.tables[0] !== plain.tables[1]) return undefined;
  if (second.join !== "inner" && second.join !== "left") return undefined;
  const key = keyOf(second);
  if (key === undefined || usesBoth(plain, first, second, key)) return undefined;
  if (countsOthers(plain, first, second, key)) return undefined;
  const { outline, select, where } = plain;
  const { tokens } = outline;
  const kept = first.alias ?? stemOf(plain.tables[0]!);
  const own = first.alias === undefined ? { text: ` AS ${identifier(kept)} ` } : { text: " " };
  const owner = (token: SqlToken, i: number) =>
    isOwner(tokens, i, second) || (first.alias === undefined && isOwner(tokens, i, first))
      ? { ...token, text: identifier(kept) }
      : token;
  const renamed = tokens.map(owner);
  const from = select.clauses.get("from")!;
  const condition = second.join === "inner" ? `${identifier(kept)}.${identifier(key)} IS NOT NULL` : "";
  const ownWhere = select.clauses.get("where");
  const behind = ownWhere?.to ?? from.to;
  const conditions = [
    where === "" ? "" : `(${sqlText(renamed.slice(ownWhere!.from, ownWhere!.to)).trim()})`,
    condition,
  ].filter((one) => one !== "");
  const filter = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")} `;
  const text = `${sqlText(renamed.slice(0, first.range.to))}${own.text}${filter}${sqlText(renamed.slice(behind))}`;
  return {
    query: text.trim(),
    note: `(${plain.tables[0]!.name} was joined with itself, which repeats its rows: each is taken once)`,
  };
};

/** The column that is compared with itself. */
function keyOf({ on, using }: Source): string | undefined {
  if (using.length === 1) return using[0];
  const [left, right] = equality(on) ?? [];
  return left && right && left.owner !== right.owner && left.column.toLowerCase() === right.column.toLowerCase()
    ? left.column
    : undefined;
}

/** Whether columns of both are used, besides the one that they are joined by. */
function usesBoth({ outline: { tokens } }: PlainQuery, first: Source, second: Source, key: string): boolean {
  const uses = (source: Source) =>
    tokens.some((_, i) => {
      const isInJoin = i >= second.range.from && i < second.range.to;
      return !isInJoin && isOwner(tokens, i, source) && !isOfKey(tokens, i, key);
    });
  return uses(first) && uses(second);
}

/** Whether the column of an owner is the one that is joined by. @param i the owner's place */
function isOfKey(tokens: readonly SqlToken[], i: number, key: string): boolean {
  const column = tokens.slice(i + 1).find(isName);
  return column !== undefined && unquoted(column).toLowerCase() === key.toLowerCase();
}

/** "How many colleagues has Ann?": the pairs of one that is chosen by another column than the key. */
function countsOthers({ outline, select }: PlainQuery, first: Source, second: Source, key: string): boolean {
  const { tokens } = outline;
  const where = select.clauses.get("where");
  const isChosen = tokens.some((_, i) => {
    const isIn = where !== undefined && i >= where.from && i < where.to;
    return isIn && [first, second].some((source) => isOwner(tokens, i, source)) && !isOfKey(tokens, i, key);
  });
  const list = aggregatesIn(tokensOf(outline, select, "select"));
  return isChosen && list.some(({ name, inside }) => name === "count" && /^(\*|1)?$/.test(sqlText(inside)));
}

/** A token that stands before a dot as the source's name. */
export function isOwner(tokens: readonly SqlToken[], i: number, { alias, table }: Source): boolean {
  const token = tokens[i]!;
  const isNamed = isName(token) || token.kind === "string";
  const names = [alias ?? table, ...(alias === undefined ? [table.replace(/^.*\//, "").replace(/\.\w+$/, "")] : [])];
  return (
    isNamed &&
    nextSign(tokens, i) === "." &&
    previousText(tokens, i) !== "." &&
    names.some((name) => name.toLowerCase() === unquoted(token).toLowerCase())
  );
}
