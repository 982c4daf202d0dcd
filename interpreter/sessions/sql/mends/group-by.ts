import { escapeRegExp } from "../../../escape-regexp.ts";
import type { Mend } from "./mend.ts";

/**
 * A column beside an aggregate, and no GROUP BY. One that is aggregated as well was named twice; one that is compared
 * with a value is that value; others are what the query groups by.
 */
export const groupBy: Mend = (query, error) => {
  const column = /column "([^"]+)" must appear in the GROUP BY clause/i.exec(error)?.[1];
  if (column === undefined) return undefined;
  const grouped = /\bGROUP\s+BY\s+(?!ALL\b)([\s\S]+?)(?=\bHAVING\b|\bORDER\b|\bLIMIT\b|\)|;|$)/i;
  const isListed = new RegExp(
    `^\\s*SELECT(?:(?!\\bFROM\\b)[\\s\\S])*(?:\\b|")${escapeRegExp(column)}(?:\\b|")`,
    "i",
  ).test(query);
  if (grouped.test(query)) {
    return /\bhaving\b/i.test(query) || !isListed ? undefined : query.replace(grouped, "GROUP BY ALL ");
  }
  const written = `(?:\\b${escapeRegExp(column)}\\b|"${escapeRegExp(column)}")`;
  const listed = new RegExp(`^(\\s*SELECT\\s+(?:[\\s\\S]*?,\\s*)?)${written}\\s*(?:,\\s*|(?=\\s*FROM\\b))`, "i");
  const isAggregated = new RegExp(`\\w+\\s*\\([^()]*${written}[^()]*\\)`, "i").test(query);
  const isFixed = new RegExp(`${written}\\s*=\\s*['\\d]`, "i").test(query);
  if (isAggregated || isFixed) {
    const without = query.replace(listed, "$1").replace(/,\s*(?=FROM\b)/i, " ");
    return /^\s*SELECT\s+FROM\b/i.test(without) ? undefined : without;
  }
  if (!new RegExp(`^\\s*SELECT[\\s\\S]*?${written}[\\s\\S]*?\\bFROM\\b`, "i").test(query)) return undefined;
  return query.replace(/\s*(?=\bORDER\s+BY\b|\bLIMIT\b|;\s*$)|\s*$/i, " GROUP BY ALL ");
};
