// What an answer says of how numbers go over years, months or days: that they rise, by how much, to twice as many, in
// each of them, or not at all.
import type { Language } from "../../languages/index.ts";
import { PERCENT_BEHIND } from "../../languages/percent.ts";
import type { KeyedResult } from "../keyed-result.ts";
import { keysIn } from "./mentions.ts";
import { NEGATION } from "./negation.ts";
import { isAbout, numbersIn } from "./numbers-in-text.ts";

const ABOUT = 0.15; // of a ratio: 1.9 times is doubled
const SAME = 0.05; // of the first: so much is no change to speak of

const BY = /(?<!\p{L})(?:by|um)(?: (?:about|around|nearly|almost|rund|etwa|fast))?\s$/iu;

interface Said {
  readonly result: KeyedResult;
  readonly language: Language;
}

/** From one time to another, as places among all. */
type Span = readonly [from: number, to: number];

export function wrongTrend(sentence: string, { result, language }: Said): string[] {
  const [measure] = result.measures;
  if (NEGATION.test(sentence) || measure === undefined) return [];
  if (!result.isOverTime || !result.isWhole || result.measures.length > 1) return [];
  const rows = [...result.rows].sort((a, b) => a.keys[0]!.localeCompare(b.keys[0]!, "en", { numeric: true }));
  const values = rows.flatMap(({ values }) => values.get(measure) ?? []);
  if (values.length < 2 || values.length < rows.length) return [];
  const all = rows.map(({ keys }) => keys[0]!);
  const named = [...new Set(keysIn(sentence, result).map(({ key }) => all.indexOf(key)))];
  const isSince = language.sides.since.test(named.length === 1 ? sentence.replace(all[named[0]!]!, "#") : "");
  const spans = spansOf(named, values.length, isSince);
  const [told] = spans;
  if (told === undefined || isToldOtherwise(sentence, language)) return [];
  const isSo = spans.some((span) => fits(sentence, values, span, { language, isOfAll: named.length === 0 }));
  const [from, to] = told;
  return isSo
    ? []
    : [`${measure} goes from ${values[from]} in ${all[from]} to ${values[to]} in ${all[to]}${between(values, told)}`];
}

/** Of two times that are named the change from one to the other; of one what comes before it, or since then. */
function spansOf(named: readonly number[], count: number, isSince: boolean): Span[] {
  const [first, second, ...others] = [...named].sort((a, b) => a - b);
  if (others.length > 0) return [];
  if (first === undefined) return [[0, count - 1]];
  if (second !== undefined) return [[first, second]];
  const spans: Span[] = isSince
    ? [[first, count - 1]]
    : [
        [first - 1, first],
        [0, first],
      ];
  return spans.filter(([from, to]) => from >= 0 && from < to);
}

/** Rises and falls in one sentence are of different times. */
function isToldOtherwise(sentence: string, { rises, falls, grows, stays }: Language): boolean {
  const claims = [rises.test(sentence), falls.test(sentence), stays.test(sentence)].filter(Boolean).length;
  const isFactor = grows.some(([words]) => words.test(sentence));
  return claims > 1 || (claims === 0 && !isFactor);
}

function fits(
  sentence: string,
  values: readonly number[],
  [from, to]: Span,
  { language, isOfAll }: { language: Language; isOfAll: boolean },
): boolean {
  const [first, last] = [values[from]!, values[to]!];
  if (language.stays.test(sentence)) return Math.abs(last - first) <= SAME * Math.abs(first);
  const factor = language.grows.find(([words]) => words.test(sentence))?.[1];
  if (factor !== undefined && Math.abs(last / first / factor - 1) > ABOUT) return false;
  if (!language.rises.test(sentence) && !language.falls.test(sentence)) return true;
  const sign = language.rises.test(sentence) ? 1 : -1;
  const part = values.slice(from, to + 1);
  if (language.steadily.test(sentence)) return part.every((value, i) => i === 0 || sign * (value - part[i - 1]!) > 0);
  const goes = sign * (last - first) > 0 || (isOfAll && sign * slope(values) > 0);
  return goes && fitsPercent(sentence, (100 * (last - first)) / Math.abs(first)) && fitsStep(sentence, last - first);
}

/** "By 50": how far it is from the one to the other. */
function fitsStep(sentence: string, change: number): boolean {
  return numbersIn(sentence).every((number) => {
    const isStep = BY.test(sentence.slice(0, number.index));
    const isPercent = PERCENT_BEHIND.test(sentence.slice(number.index + number.text.length));
    return !isStep || isPercent || isAbout(number, Math.abs(change));
  });
}

/** "By 20 %": of what it was. */
function fitsPercent(sentence: string, change: number): boolean {
  const [percent, ...others] = numbersIn(sentence).filter(({ index, text }) =>
    PERCENT_BEHIND.test(sentence.slice(index + text.length)),
  );
  return percent === undefined || others.length > 0 || isAbout(percent, Math.abs(change)) || isAbout(percent, change);
}

function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  return values.reduce((sum, value, i) => sum + (i - middle) * value, 0);
}

function between(values: readonly number[], [from, to]: Span): string {
  const part = values.slice(from + 1, to);
  return part.length === 0 ? "" : `, with ${part.join(", ")} between`;
}
