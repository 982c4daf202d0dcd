// The one column whose values a query's result is made of: what is averaged, summed, compared, or just looked up.
import type { TableInfo } from "../sessions/session.ts";
import { type SqlToken, sqlTokens, unquoted } from "../sessions/sql/sql-tokens.ts";

const AGGREGATE =
  /^(avg|mean|sum|total|min|max|median|mode|stddev\w*|var\w*|quantile\w*|arg_?max|arg_?min|max_by|min_by)$/i;

const NUMERIC = /INT|DOUBLE|FLOAT|DECIMAL/;

/** @returns undefined where a query has no such column of numbers, or several: counts, correlations, lists of rows */
export function measuredColumn(query: string, tables: readonly TableInfo[]): string | undefined {
  const tokens = sqlTokens(query).filter(({ kind }) => kind !== "space" && kind !== "comment");
  const numbers = tables.flatMap(({ columns }) => columns.filter(({ type }) => NUMERIC.test(type)));
  const real = new Map(numbers.map(({ name }) => [name.toLowerCase(), name]));
  for (const alias of aliasesOf(tokens)) real.delete(alias); // count(*) AS n is no n of a table
  const columnsIn = (part: readonly SqlToken[]) => [
    ...new Set(
      part.flatMap((token) => {
        const isName = token.kind === "word" || token.kind === "quoted";
        return (isName && real.get(unquoted(token).toLowerCase())) || [];
      }),
    ),
  ];
  const ordering = columnsIn(between(tokens, "order", ["limit", "offset", ")"]));
  const parts = [
    aggregated(tokens).flatMap((part) => columnsIn(part)),
    ordering,
    columnsIn(between(tokens, "select", ["from"])),
  ];
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

function between(tokens: readonly SqlToken[], from: string, to: readonly string[]): readonly SqlToken[] {
  const start = tokens.findIndex(({ kind, text }) => kind === "word" && text.toLowerCase() === from);
  if (start < 0) return [];
  const rest = tokens.slice(start + 1);
  const end = rest.findIndex(({ text }) => to.includes(text.toLowerCase()));
  return end < 0 ? rest : rest.slice(0, end);
}
