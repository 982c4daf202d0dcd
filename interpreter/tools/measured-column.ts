// The one column whose values a query's result is made of: what is averaged, summed, compared, or just looked up.
import type { TableInfo } from "../sessions/session.ts";
import { isName, outlineOf, solid, tokensOf } from "../sessions/sql/sql-outline.ts";
import { type SqlToken, unquoted } from "../sessions/sql/sql-tokens.ts";
import { isNumeric } from "../sessions/table-info.ts";

const AGGREGATE =
  /^(avg|mean|sum|total|min|max|median|mode|stddev\w*|var\w*|quantile\w*|arg_?max|arg_?min|max_by|min_by)$/i;

/** @returns undefined where a query has no such column of numbers, or several: counts, correlations, lists of rows */
export function measuredColumn(query: string, tables: readonly TableInfo[]): string | undefined {
  const outline = outlineOf(query);
  const tokens = solid(outline.tokens);
  const numbers = tables.flatMap(({ columns }) => columns.filter(({ type }) => isNumeric(type)));
  const real = new Map(numbers.map(({ name }) => [name.toLowerCase(), name]));
  for (const alias of aliasesOf(tokens)) real.delete(alias); // count(*) AS n is no n of a table
  const columnsIn = (part: readonly SqlToken[]) => [
    ...new Set(
      solid(part).flatMap((token, i, all) => {
        const isColumn = isName(token) && all[i + 1]?.text !== "("; // count(*) is no column count
        return (isColumn && real.get(unquoted(token).toLowerCase())) || [];
      }),
    ),
  ];
  const clause = (name: "order by" | "select") =>
    outline.selects.map((select) => columnsIn(tokensOf(outline, select, name))).find((names) => names.length > 0) ?? [];
  const parts = [aggregated(tokens).flatMap((part) => columnsIn(part)), clause("order by"), clause("select")];
  const [first = []] = parts.filter((columns) => columns.length > 0);
  return new Set(first).size === 1 ? first[0] : undefined;
}

/** Names that stand behind AS, and nowhere else but in ORDER BY. */
function aliasesOf(tokens: readonly SqlToken[]): string[] {
  const nameOf = (token: SqlToken) => unquoted(token).toLowerCase();
  const isAlias = (i: number) => tokens[i - 1]?.text.toLowerCase() === "as";
  const order = tokens.findIndex(({ text }) => text.toLowerCase() === "order");
  const unordered = order < 0 ? tokens : tokens.slice(0, order);
  const used = new Set(unordered.filter((_, i) => !isAlias(i)).map(nameOf));
  return tokens.filter((token, i) => isAlias(i) && !used.has(nameOf(token))).map(nameOf);
}

/** What stands in the parentheses of each aggregate. */
function aggregated(tokens: readonly SqlToken[]): SqlToken[][] {
  return tokens.flatMap(({ kind, text }, i) => {
    if (kind !== "word" || !AGGREGATE.test(text) || tokens[i + 1]?.text !== "(") return [];
    let depth = 0;
    const end = tokens.findIndex((token, j) => {
      if (j > i && token.text === "(") depth++;
      if (j > i && token.text === ")") depth--;
      return j > i && depth === 0;
    });
    return [tokens.slice(i + 2, end < 0 ? undefined : end)];
  });
}
