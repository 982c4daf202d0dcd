// The conditions of a WHERE that all have to hold.
import { isWord, type SqlOutline, type SqlSelect, solid, type TokenRange } from "./sql-outline.ts";
import { sqlText } from "./sql-tokens.ts";

/** None where one of several is enough: a = 1 OR b = 2. */
export function conjunctsOf({ tokens }: SqlOutline, select: SqlSelect | undefined): TokenRange[] {
  const where = select?.clauses.get("where");
  if (!where) return [];
  const parts: { from: number; to: number }[] = [{ from: where.from, to: where.to }];
  let depth = 0;
  let isBetween = false;
  for (let i = where.from; i < where.to; i++) {
    const token = tokens[i]!;
    depth += token.text === "(" ? 1 : token.text === ")" ? -1 : 0;
    if (depth > 0) continue;
    if (isWord(token, "or")) return [];
    if (isWord(token, "between")) isBetween = true;
    else if (isWord(token, "and") && isBetween) isBetween = false;
    else if (isWord(token, "and")) {
      parts.at(-1)!.to = i;
      parts.push({ from: i + 1, to: where.to });
    }
  }
  return parts.filter(({ from, to }) => solid(tokens.slice(from, to)).length > 0);
}

/** The query without some of its conditions, and with others instead. */
export function withoutConjuncts(
  outline: SqlOutline,
  select: SqlSelect,
  left: readonly TokenRange[],
  instead: readonly string[] = [],
): string {
  const { tokens } = outline;
  const where = select.clauses.get("where");
  if (!where) return sqlText(tokens);
  const kept = conjunctsOf(outline, select).filter(({ from }) => !left.some((one) => one.from === from));
  const conditions = new Set([...kept.map(({ from, to }) => sqlText(tokens.slice(from, to)).trim()), ...instead]);
  const behind = sqlText(tokens.slice(where.to));
  const before = sqlText(tokens.slice(0, where.start)).trimEnd();
  return `${before}${conditions.size === 0 ? "" : ` WHERE ${[...conditions].join(" AND ")}`} ${behind}`.trim();
}

/** The query with this condition, and none of its own. */
export function withWhere({ tokens }: SqlOutline, select: SqlSelect, condition: string): string {
  const where = select.clauses.get("where");
  const end = (where ?? select.clauses.get("from"))?.to ?? tokens.length;
  const before = sqlText(tokens.slice(0, where?.start ?? end)).trim();
  return `${before} WHERE ${condition} ${sqlText(tokens.slice(end)).trim()}`.trim();
}
