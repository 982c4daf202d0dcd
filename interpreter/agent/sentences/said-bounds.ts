// What a text says of a number: "20 or more", "less than 20".
import { type Bound, LANGUAGES } from "../../languages/index.ts";
import { numbersIn, type WrittenNumber } from "./numbers-in-text.ts";

export const BOUNDS: readonly Bound[] = [">=", ">", "<=", "<"];

export interface AskedBound {
  readonly number: number;
  readonly bound: Bound;
}

/** Numbers of which the question says one thing, and says it once. */
export function askedBounds(question: string): AskedBound[] {
  return saidBounds(question, 1);
}

/** The numbers that a text says something to lie above or below. @param times how often it may name the number */
export function saidBounds(text: string, times = Number.POSITIVE_INFINITY): AskedBound[] {
  const numbers = numbersIn(text);
  return numbers.flatMap(({ text: written, index, readings, factor = 1 }) => {
    const [reading, ...others] = readings;
    const named = numbers.filter((one) => one.text === written).length;
    if (reading === undefined || others.length > 0 || named > times) return [];
    const number = reading * factor;
    const marked = `${text.slice(0, index)}#${text.slice(index + written.length)}`;
    const said = BOUNDS.filter((bound) => LANGUAGES.some((language) => language.bounds[bound].test(marked)));
    const [bound, ...more] = said;
    return bound === undefined || more.length > 0 ? [] : [{ number, bound }];
  });
}

export interface SaidRange {
  readonly low: number;
  readonly high: number;
}

/** "Between 240 and 250", which an answer says of a value, or of all of them. */
export function saidRanges(text: string): SaidRange[] {
  const numbers = numbersIn(text);
  return numbers.slice(1).flatMap((second, i) => {
    const first = numbers[i]!;
    const marked = `${text.slice(0, first.index)}1${text.slice(first.index + first.text.length, second.index)}2${text.slice(second.index + second.text.length)}`;
    const [[low, ...lows], [high, ...highs]] = [valuesIn(first), valuesIn(second)];
    if (!BETWEEN.test(marked) || low === undefined || high === undefined || lows.length + highs.length > 0) return [];
    return low < high ? [{ low: low * (first.factor ?? second.factor ?? 1), high: high * (second.factor ?? 1) }] : [];
  });
}

const BETWEEN =
  /(?<!\p{L})(?:between|zwischen|entre) 1[^\d]{0,12}(?<!\p{L})(?:and|und|et|y) 2|(?:在|介于)?\s?1\s?(?:到|至|和|与)\s?2\s?\p{Script=Han}?之间|1(?:から|と)2[^\d]{0,3}の間/iu;

/** Thousands by a comma, where each of its groups has three digits: 240,000 is not 240. */
function valuesIn({ text, readings }: WrittenNumber): readonly number[] {
  const isGrouped = /^[1-9]\d{0,2}(?:,\d{3})+$/.test(text);
  return isGrouped ? [Number(text.replaceAll(",", ""))] : readings;
}

/** The numbers of an answer that only bound what is told: "at least 50". */
export function boundNumbers(answer: string): (number: WrittenNumber) => boolean {
  const bounded = [
    ...saidBounds(answer).map(({ number }) => number),
    ...saidRanges(answer).flatMap(({ low, high }) => [low, high]),
  ];
  return ({ readings }) => readings.some((reading) => bounded.includes(reading));
}
