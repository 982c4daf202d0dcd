import { outlineOf } from "../../sessions/sql/sql-outline.ts";
import { sqlText } from "../../sessions/sql/sql-tokens.ts";

/** The query with one more condition; undefined where it reads from more than one place, as the condition may then not fit. */
export function withFilter(query: string, filter: string): string | undefined {
  const { tokens, outer, selects } = outlineOf(query);
  const from = outer?.clauses.get("from");
  if (!outer || !from || selects.length > 1) return undefined;
  const own = outer.clauses.get("where");
  const [text, behind] = own ? [sqlText(tokens.slice(own.from, own.to)).trim(), own.to] : ["", from.to];
  const conditions = text === "" ? filter : `(${filter}) AND (${text})`;
  const before = sqlText(tokens.slice(0, own ? own.start : from.to)).trim();
  return `${before} WHERE ${conditions} ${sqlText(tokens.slice(behind))}`.trim();
}
