// What an answer says of several rows at once: both, neither, all, and all but one lie above a number.
import type { Bound, Language } from "../../languages/index.ts";
import type { KeyedResult } from "../keyed-result.ts";
import { keysIn, numbersOf, valuesOf } from "./mentions.ts";
import { NEGATION } from "./negation.ts";
import type { AskedBound } from "./said-bounds.ts";
import { isList } from "./value-pairs.ts";

export const BOUNDED: Readonly<Record<Bound, (value: number, number: number) => boolean>> = {
  ">=": (value, number) => value >= number,
  ">": (value, number) => value > number,
  "<=": (value, number) => value <= number,
  "<": (value, number) => value < number,
};

const SUMMED =
  /(?<!\p{L})(?:together|combined|in total|zusammen|insgesamt|ensemble|au total|junt[oa]s|en total)(?!\p{L})|合わせ|一共|合计|合計/iu;

/** @returns undefined where the sentence says no such thing; facts against it, or none, where it does */
export function ofSeveral(
  sentence: string,
  { number, bound }: AskedBound,
  measure: string,
  { result, language }: { readonly result: KeyedResult; readonly language: Language },
): string[] | undefined {
  const keys = keysIn(sentence, result);
  const named = [...new Set(keys.map(({ key }) => key))];
  if (named.length === 0 || SUMMED.test(sentence)) return undefined;
  const meets = (value: number) => BOUNDED[bound](value, number);
  const doMeet = (key: string) => numbersOf(result, key, measure).some(meets);
  const told = (count: number) => `${count} of ${result.rowCount} rows have ${measure} ${bound} ${number}`;
  const count = valuesOf(result.rows, measure).filter(meets).length;
  const facts = (isSo: boolean) => (isSo ? [] : [told(count)]);
  if (language.except.test(sentence) && language.all.test(sentence))
    return facts(!named.some(doMeet) && count === result.rowCount - named.length);
  if (named.length < 2) return undefined;
  if (language.neither.test(sentence)) return facts(!named.some(doMeet));
  const areOne = language.both.test(sentence) || isList(sentence, keys);
  return areOne && !NEGATION.test(sentence) ? facts(named.every(doMeet)) : undefined;
}
