// Digits of other scripts than Latin, and the signs of full width that stand with them: ١٢٣, १२३, １２３．５.
import { quoted } from "../sessions/sql/database.ts";
import type { ColumnContext, ColumnReading, Proposal } from "./column-reading.ts";

const ZEROS = ["\u0660", "\u06f0", "\u0966", "\u09e6", "\u0e50", "\uff10"]; // Arabic, Persian, Devanagari, Bengali, Thai, full width
const SIGNS: readonly (readonly [string, string])[] = [
  ...([..."．，－＋％￥＄：／（）"].map((sign, i) => [sign, ".,-+%¥$:/()"[i]!]) satisfies [string, string][]),
  ...([..."٫٬٪"].map((sign, i) => [sign, ".,%"[i]!]) satisfies [string, string][]),
];
const LATIN = new Map([
  ...SIGNS,
  ...ZEROS.flatMap((zero) =>
    Array.from({ length: 10 }, (_, i) => [String.fromCodePoint(zero.codePointAt(0)! + i), String(i)] as const),
  ),
]);
const DIGIT = new RegExp(
  `[${ZEROS.map((zero) => `${zero}-${String.fromCodePoint(zero.codePointAt(0)! + 9)}`).join("")}]`,
);
const FROM = quoted([...LATIN.keys()].join(""));
const TO = quoted([...LATIN.values()].join(""));

/** １２３．５ -> 123.5; a text without such digits as it is. */
export function latinDigits(text: string): string {
  return DIGIT.test(text) ? [...text].map((sign) => LATIN.get(sign) ?? sign).join("") : text;
}

/** What is proposed for values with such digits, by what is for the same with ours; undefined where they have none. */
export function proposeOtherDigits(
  values: readonly string[],
  context: ColumnContext,
  propose: (values: readonly string[], context: ColumnContext) => Proposal,
): Proposal | undefined {
  if (!values.some((value) => DIGIT.test(value))) return undefined;
  const { reading, hint } = propose(values.map(latinDigits), context);
  if (reading === undefined) return { reading, ...(hint !== undefined && { hint }) };
  const { test: _, note, ...own } = reading;
  const told = "digits of another script are read as 0 to 9";
  const wrapped: ColumnReading = {
    ...own,
    isNative: false,
    sql: (text) => reading.sql(`translate(${text}, ${FROM}, ${TO})`),
    note: note === undefined ? told : `${note}; ${told}`,
  };
  return { reading: wrapped };
}
