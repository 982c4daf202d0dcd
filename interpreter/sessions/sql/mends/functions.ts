// Functions that are called otherwise here, and sums of numbers that are text.
import { previousWord, type SqlToken, sqlText, sqlTokens, unquoted } from "../sql-tokens.ts";
import { columnsOf, equal, type Mend } from "./mend.ts";

const LEFT_OUT = "(values that are not numbers are left out)";
const AGGREGATES = /^(avg|sum|mean|median|min|max|stddev\w*|var\w*|quantile\w*|corr|mode|count|mad)$/i;

/** Functions of other databases, and arguments in another order. */
export const functions: Mend = (query, error) => {
  if (!/function|No function matches/i.test(error)) return undefined;
  const renamed = query
    .replace(/\bpercentile_(cont|disc)\s*\(\s*([\d.]+)\s*,\s*([^()]+?)\s*\)/gi, "quantile_$1($3, $2)")
    .replace(
      /\bpercentile(?:_(cont|disc))?\s*\(\s*([^(),]+?)\s*,\s*([\d.]+)\s*\)/gi,
      (_, kind, column, share) =>
        `quantile_${kind ?? "cont"}(${column}, ${Number(share) > 1 ? Number(share) / 100 : share})`,
    )
    .replace(/\bdate_format\s*\(/gi, "strftime(")
    .replace(/\bto_char\s*\(\s*([^(),]+?)\s*,\s*'YYYY-MM'\s*\)/gi, "strftime($1, '%Y-%m')")
    .replace(/\bto_char\s*\(\s*([^(),]+?)\s*,\s*'YYYY'\s*\)/gi, "strftime($1, '%Y')")
    .replace(/\b(stdev|std|stddev_sample)\s*\(/gi, "stddev(")
    .replace(/\b(correlation|corrcoef|correl|pearson)\s*\(/gi, "corr(")
    .replace(/\baverage\s*\(/gi, "avg(")
    .replace(/\bgetdate\s*\(\s*\)/gi, "current_date");
  return { query: renamed };
};

/** sum(VARCHAR): the texts that are numbers. */
export const numbersInText: Mend = (query, error, tables) => {
  if (
    !/No function matches[\s\S]*\((VARCHAR|STRING_LITERAL)|Cannot compare values of type VARCHAR|Could not convert string/i.test(
      error,
    )
  ) {
    return undefined;
  }
  const texts = columnsOf(query, tables, /^(VARCHAR|JSON)/);
  const tokens = sqlTokens(query);
  const mended = sqlText(
    tokens.map((token, i) => {
      const isText =
        (token.kind === "word" || token.kind === "quoted") && texts.some((name) => equal(name, unquoted(token)));
      const call = isText ? callAround(tokens, i) : undefined;
      return call && AGGREGATES.test(call) && !/^count$/i.test(call)
        ? { ...token, text: `TRY_CAST(${token.text} AS DOUBLE)` }
        : token;
    }),
  );
  return { query: mended, note: LEFT_OUT };
};

/** The function whose parentheses directly hold token i. */
function callAround(tokens: readonly SqlToken[], i: number): string | undefined {
  let depth = 0;
  for (let at = i - 1; at > 0; at--) {
    if (tokens[at]!.text === ")") depth++;
    if (tokens[at]!.text === "(" && depth-- === 0) return previousWord(tokens, at);
  }
  return undefined;
}
