// Sums of numbers that are text.
import { previousWord, type SqlToken, sqlText, sqlTokens, unquoted } from "../sql-tokens.ts";
import { columnsOf, equal, type Mend } from "./mend.ts";

const LEFT_OUT = "(values that are not numbers are left out)";
const AGGREGATES = /^(avg|sum|mean|median|min|max|stddev\w*|var\w*|quantile\w*|corr|mode|count|mad)$/i;

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
