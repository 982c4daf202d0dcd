// An answer that calls a sum a mean or a highest value, or a mean a total: of a query that computes one of them and nothing else.
import { asksFor, saysInAnyLanguage } from "../../languages/index.ts";
import { solid } from "../../sessions/sql/sql-outline.ts";
import { sqlTokens } from "../../sessions/sql/sql-tokens.ts";

const KINDS = [
  { name: "a sum", call: /^sum$/i, isIn: (text: string) => asksFor(text, "total") },
  { name: "a mean", call: /^(?:avg|mean)$/i, isIn: (text: string) => asksFor(text, "mean") },
  {
    name: "a median",
    call: /^median$/i,
    isIn: (text: string) => saysInAnyLanguage(text, ({ functions }) => functions.median),
  },
  {
    name: "a highest value",
    call: /^(?:max|arg_max)$/i,
    isIn: (text: string) => saysInAnyLanguage(text, ({ most }) => most),
  },
  {
    name: "a lowest value",
    call: /^(?:min|arg_min)$/i,
    isIn: (text: string) => saysInAnyLanguage(text, ({ least }) => least),
  },
] as const;

/** @param known names of the result's columns and the question, which may have these words for other things */
export function wrongAggregate(answer: string, query: string, known: string): string[] {
  const tokens = solid(sqlTokens(query));
  const calls = tokens.filter((token, i) => token.kind === "word" && tokens[i + 1]?.text === "(");
  const computed = KINDS.filter(({ call }) => calls.some(({ text }) => call.test(text)));
  const selects = tokens.filter(({ text }) => /^select$/i.test(text)).length;
  const said = KINDS.filter(({ isIn }) => isIn(answer));
  const [own] = computed;
  const [told] = said;
  const isOrdered = tokens.some(({ text }) => /^(?:order|group)$/i.test(text)); // the row may be that of the highest, too
  const isDivided = tokens.some(({ text }) => text === "/"); // a sum by a count is a mean
  if (!own || !told || computed.length + said.length > 2 || selects > 1 || isDivided || isOrdered) return [];
  return told === own || told.isIn(known) ? [] : [`the query computes ${own.name}, and not ${told.name}`];
}
