// WHERE payment = 'cash' of a question for the mean price of each product: a small model takes a value that it was told of
// for a condition. Where each word of the question is known to mean something else, none can have asked for it.
import { asksForEnd } from "../../languages/index.ts";
import { conjunctsOf, withoutConjuncts } from "../../sessions/sql/conjuncts.ts";
import { tablesIn } from "../../sessions/sql/mends/mend.ts";
import { outlineOf, solid, tokensOf } from "../../sessions/sql/sql-outline.ts";
import { unquoted } from "../../sessions/sql/sql-tokens.ts";
import { isOnlyOf, isUnsaid, type TextFilter, textFiltersIn } from "../question/text-filters.ts";
import { unexplainedWords } from "../question/unexplained-words.ts";
import type { Rewrite } from "./rewrite.ts";
import { mayBeNamedIn, speaksOf } from "./spoken.ts";

export const unaskedConditions: Rewrite = async (
  query,
  { question, earlier, found = "", standsAlone, tables: all, look },
) => {
  const outline = outlineOf(query);
  const { tokens, outer, selects } = outline;
  if (!standsAlone || !outer || selects.length > 1) return undefined;
  const tables = tablesIn(query, all);
  if (!tables.some((table) => speaksOf(table, question))) return undefined;
  const groups = solid(tokensOf(outline, outer, "group by")).map((token) => unquoted(token).toLowerCase());
  const mayBeFound = (
    { column }: TextFilter, // 'tea' of "the product with the highest sales"
  ) => asksForEnd(question) && mayBeNamedIn(column, question) && !groups.includes(column.toLowerCase());
  const said = `${question}\n${earlier}\n${found}`;
  const unsaid = conjunctsOf(outline, outer).flatMap(({ from, to }) => {
    const words = solid(tokens.slice(from, to));
    const filters = textFiltersIn(words, tables);
    const isMeant =
      isOnlyOf(filters, words) && filters.every((filter) => isUnsaid(filter, said) && !mayBeFound(filter));
    return isMeant ? [{ from, to, text: filters.map(({ text }) => text).join(" OR ") }] : [];
  });
  if (unsaid.length === 0 || (await unexplainedWords(question, tables, look)).length > 0) return undefined;
  return {
    query: withoutConjuncts(outline, outer, unsaid),
    note: unsaid.map(({ text }) => `(the question says nothing of ${text}: left out)`).join("\n"),
  };
};
