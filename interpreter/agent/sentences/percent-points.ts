// By how much a percentage changed, in percent of itself or in points: from 5 % to 6.5 % are 30 % or 1.5 points.
import { PERCENT_BEHIND } from "../../languages/percent.ts";
import type { KeyedResult } from "../keyed-result.ts";
import { keysIn, numbersOf } from "./mentions.ts";
import { isAbout, numbersIn } from "./numbers-in-text.ts";

const POINTS_BEHIND =
  /^\s?(?:%|percent(?:age)?|per cent)?[- ]?(?:points?|pp)(?!\p{L})|^\s?Prozentpunkte?n?|^\s?points? de pourcentage|^\s?puntos? porcentual(?:es)?|^\s?个?百分点|^\s?(?:パーセント|%)?ポイント/iu;
const NAMES_RATE = /rate|share|percent|pct|quote|anteil|prozent|taux|part|tasa|cuota|porcent|率|占比|割合/i;
/** Before the number: it is a change, and no value. */
const BY =
  /(?<!\p{L})(?:by|um|de|en|d['’])(?: (?:about|around|nearly|almost|only|just|rund|etwa|fast|nur|environ|casi|unos))?\s*$|(?:了|约|で|と)\s*$/iu;

/** Of two times or groups that a sentence names, or of the only two that there are. */
export function wrongPoints(sentence: string, result: KeyedResult): string[] {
  const [measure, ...others] = result.measures;
  if (measure === undefined || others.length > 0 || !NAMES_RATE.test(measure) || !result.isWhole) return [];
  const named = [...new Set(keysIn(sentence, result).map(({ key }) => key))];
  const keys = named.length === 2 ? named : result.rowCount === 2 ? result.rows.flatMap((row) => row.keys) : [];
  const [from, to] = keys.map((key) => numbersOf(result, key, measure)[0]);
  if (keys.length !== 2 || !from || to === undefined) return [];
  const isShare = [from, to].every((value) => Math.abs(value) <= 1);
  const points = Math.abs(to - from) * (isShare ? 100 : 1);
  const percents = [to / from, from / to].map((ratio) => 100 * Math.abs(ratio - 1)).filter(Number.isFinite);
  return numbersIn(sentence).flatMap((number) => {
    if (!BY.test(sentence.slice(0, number.index))) return [];
    const behind = sentence.slice(number.index + number.text.length);
    const isInPoints = isAbout(number, points);
    const isInPercent = percents.some((percent) => isAbout(number, percent));
    if (isInPoints === isInPercent) return []; // neither, or no telling
    if (POINTS_BEHIND.test(behind)) return isInPoints ? [] : [`${number.text} are percent, not percentage points`];
    return PERCENT_BEHIND.test(behind) && isInPoints ? [`${number.text} are percentage points, not percent`] : [];
  });
}
