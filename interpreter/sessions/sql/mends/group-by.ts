import { isName, outlineOf, type SelectItem, type SqlOutline, solid, tokensOf } from "../sql-outline.ts";
import { type SqlToken, sqlText, unquoted } from "../sql-tokens.ts";
import { equal, type Mend, ungroupedColumn } from "./mend.ts";

/**
 * A column beside an aggregate, and no GROUP BY. One that is aggregated as well was named twice; one that is compared
 * with a value is that value; others are what the query groups by.
 */
export const groupBy: Mend = (query, error) => {
  const column = ungroupedColumn(error);
  const outline = outlineOf(query);
  const { tokens, outer: select } = outline;
  if (column === undefined || !select) return undefined;
  const isColumn = (token: SqlToken) => isName(token) && equal(unquoted(token), column);
  const naming = select.items.filter(({ expression }) => expression.some(isColumn));
  if (naming.length === 0) return undefined;
  const put = (from: number, to: number, text: string) =>
    sqlText([...tokens.slice(0, from), { kind: "sign", text }, ...tokens.slice(to)]);

  const grouped = select.clauses.get("group by");
  if (grouped) {
    const isAll = /^\s*all\s*$/i.test(sqlText(tokens.slice(grouped.from, grouped.to)));
    if (isAll || select.clauses.has("having")) return undefined;
    return { query: put(grouped.from, grouped.to, grouped.to < tokens.length ? " ALL " : " ALL") };
  }
  if (isAggregated(tokens, isColumn) || isFixed(tokensOf(outline, select, "where"), isColumn)) {
    return without(outline, select.items, naming.filter(({ expression }) => solid(expression).length === 1)[0]);
  }
  const behind = (["order by", "limit", "offset"] as const).flatMap(
    (clause) => select.clauses.get(clause)?.start ?? [],
  );
  const end = Math.min(select.range.to, ...behind);
  const last = tokens.slice(0, end).findLastIndex(({ kind }) => kind !== "space") + 1;
  return { query: put(last, last, " GROUP BY ALL") };
};

/** In the parentheses of a function that holds no other one. */
function isAggregated(tokens: readonly SqlToken[], isColumn: (token: SqlToken) => boolean): boolean {
  return solid(tokens).some((token, i, all) => {
    if (token.text !== "(" || all[i - 1]?.kind !== "word") return false;
    const inside = all.slice(i + 1);
    const end = inside.findIndex(({ text }) => text === "(" || text === ")");
    return inside[end]?.text === ")" && inside.slice(0, end).some(isColumn);
  });
}

function isFixed(where: readonly SqlToken[], isColumn: (token: SqlToken) => boolean): boolean {
  return solid(where).some((token, i, all) => {
    const value = all[i + 2]?.kind;
    return isColumn(token) && all[i + 1]?.text === "=" && (value === "string" || value === "number");
  });
}

function without({ tokens }: SqlOutline, items: readonly SelectItem[], item: SelectItem | undefined) {
  if (item === undefined || items.length < 2) return undefined;
  const { from, to } = item.range;
  const isLast = items.at(-1) === item; // then the comma before it goes, else the one behind
  const [start, end] = isLast ? [from - 1, to] : [from, to + 1];
  const kept = [...tokens.slice(0, start), { kind: "space", text: " " } as const, ...tokens.slice(end)];
  return { query: sqlText(kept).replace(/ {2,}/g, " ") };
}
