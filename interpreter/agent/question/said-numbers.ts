// Which numbers a question says, in digits and in words, and what they are in another unit.
import { LANGUAGES } from "../../languages/index.ts";
import { THRESHOLDS, withoutFirstRows } from "../../languages/thresholds.ts";
import { cardinalsIn, numbersIn } from "../sentences/numbers-in-text.ts";
import { withoutForm } from "./without-form.ts";

const TIMES = [1, 7, 12, 24, 30, 52, 60, 365, 1440, 3600, 86_400]; // minutes of an hour, seconds of a day
/** Percent, millions; kilometres of a mile, kilograms of a pound and the like. */
const SCALES = [
  ...TIMES,
  ...[100, 1e3, 1e4, 1e6, 1e8, 1e9, 1024, 1024 ** 2, 1024 ** 3],
  ...[1.609, 0.4536, 28.35, 2.54, 0.3048, 0.9144, 3.785, 4.184],
];
const NEAR = 0.005; // of the number: 7.67 of a mean of 7.6667, 3 miles as 4.83 km
const YEAR = /^(?:19|20)\d\d$/; // has no other unit
const HAN_DIGITS = "零一二三四五六七八九十";
const DECADE = /(?<!\d)(\d0)(?:['’]?s|er|ern|代|多岁|几岁|-somethings?)(?!\p{Script=Latin})/giu; // "in their 20s"

/** Those that may be a condition: without the form of the answer and the count of its rows. @param found what queries have given */
export function saidNumbers(questions: readonly string[], found: readonly number[] = []): readonly number[] {
  const asked = questions.flatMap((question) => {
    const bare = withoutFirstRows(withoutForm(question));
    const digits = (bare.match(/\d+(?:[.,]\d+)?/g) ?? []).map((text) => Number(text.replace(",", ".")));
    const read = numbersIn(bare).flatMap(({ readings, factor = 1 }) => readings.map((one) => one * factor));
    const decades = [...bare.matchAll(DECADE)].flatMap(([, tens]) => [Number(tens) + 9, Number(tens) + 10]);
    const han = [...bare].flatMap((sign) => (HAN_DIGITS.includes(sign) ? [HAN_DIGITS.indexOf(sign)] : []));
    return [...digits, ...read, ...decades, ...han, ...cardinalsIn(bare, LANGUAGES)];
  });
  return [...asked, ...found];
}

/** Whether a number of a query may be one of those: in another unit, as a part of 1, with its end or without it. */
export function isSaidNumber(number: number, said: readonly number[]): boolean {
  const size = Math.abs(number);
  const isSame = (a: number, b: number) => Math.abs(a - b) <= NEAR * Math.abs(b);
  return said.some((value) => {
    const own = Math.abs(value);
    if (Math.abs(own - size) <= 1 && Number.isInteger(own) && Number.isInteger(size)) return true; // over 20: >= 21
    if (YEAR.test(String(value))) return false;
    if (isSame((size - 32) / 1.8, own) || isSame(size * 1.8 + 32, own)) return true; // °F
    return (own === 1 ? TIMES : SCALES).some((scale) =>
      [own * scale, own / scale, 1 - own / scale].some((one) => one !== 0 && isSame(size, one)),
    );
  });
}

/** Whether a word of the question stands for such a number: adults are 18, a dozen is 12. @param of what is compared with it */
export function isThreshold(number: number, question: string, of: string): boolean {
  return THRESHOLDS.some(({ words, least, most, of: only }) => {
    const fits = least === most ? isSaidNumber(number, [least]) : number >= least && number <= most;
    return fits && words.test(question) && (only === undefined || only.test(of));
  });
}
