// "How many bookings have no country?", by `room IS NULL`: the question speaks of another column, be it in another language.
import { thingsIn } from "../../languages/column-words.ts";
import { asksFor } from "../../languages/index.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { equal, tablesIn } from "../../sessions/sql/mends/mend.ts";
import { type SqlToken, sqlText, sqlTokens, unquoted } from "../../sessions/sql/sql-tokens.ts";
import type { Rewrite } from "./rewrite.ts";
import { mayBeNamedIn } from "./spoken.ts";
import { conditionsIn } from "./text-conditions.ts";

/** room IS NULL -> país IS NULL, where the question speaks of the one column of the country, and of no room. */
export const otherMissing: Rewrite = (query, { question, tables }) => {
  if (!asksFor(question, "missing")) return undefined;
  const tokens = sqlTokens(query);
  const [one, ...more] = conditionsIn(tokens).filter(({ text, isNot }) => text === undefined && !isNot);
  if (!one || more.length > 0) return undefined;
  const isSpokenOf = (column: string) =>
    mayBeNamedIn(column, question) || thingsIn(column).some((thing) => thingsIn(question).includes(thing));
  const owners = tablesIn(query, tables).filter(({ columns }) => columns.some(({ name }) => equal(name, one.name)));
  const [table, ...others] = owners;
  if (!table || others.length > 0 || isSpokenOf(one.name)) return undefined;
  const meant = table.columns.map(({ name }) => name).filter(isSpokenOf);
  const isUsed = (name: string) => tokens.some((token) => equal(unquoted(token), name));
  const [column, ...rest] = meant.filter((name) => !isUsed(name));
  if (column === undefined || rest.length > 0) return undefined;
  const isOf = (token: SqlToken, i: number) => i >= one.from && i < one.to && equal(unquoted(token), one.name);
  const mended = tokens.map((token, i) => (isOf(token, i) ? { ...token, text: identifier(column) } : token));
  return {
    query: sqlText(mended),
    note: `(the question speaks of ${column}: it is what is missing, and not ${one.name})`,
  };
};
