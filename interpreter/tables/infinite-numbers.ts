// inf, -Infinity and ∞ among numbers, as programs write them that computed them.
import { quoted } from "../sessions/sql/database.ts";
import type { ColumnContext, ColumnReading, Proposal } from "./column-reading.ts";

const WITHOUT_SIGN = "(?:inf|infinity|∞)";
const INFINITE = new RegExp(`^\\s*[-+\u2212]?${WITHOUT_SIGN}\\s*$`, "i");
const TOLD = "infinite values are read as such: sums and means of them are infinite, or no number";

/** What is proposed for values with such words, by what is for the others; undefined where they have none, or are no numbers. */
export function proposeInfinite(
  values: readonly string[],
  context: ColumnContext,
  propose: (values: readonly string[], context: ColumnContext) => Proposal,
): Proposal | undefined {
  const finite = values.filter((value) => !INFINITE.test(value));
  if (finite.length === values.length || finite.length === 0) return undefined;
  const { reading } = propose(finite, context);
  if (reading === undefined || !/^(BIGINT|DOUBLE|DECIMAL)/.test(reading.type)) return undefined;
  const { test: _, note, ...own } = reading;
  const infinite = (text: string, sign: string) =>
    `regexp_full_match(lower(${text}), ${quoted(`${sign}${WITHOUT_SIGN}`)})`;
  const wrapped: ColumnReading = {
    ...own,
    type: "DOUBLE",
    isNative: false,
    sql: (text) =>
      `CASE WHEN ${infinite(text, "[+]?")} THEN CAST('inf' AS DOUBLE) WHEN ${infinite(text, "[-\u2212]")} THEN CAST('-inf' AS DOUBLE) ELSE CAST(${reading.sql(text)} AS DOUBLE) END`,
    note: note === undefined ? TOLD : `${note}; ${TOLD}`,
  };
  return { reading: wrapped };
}
