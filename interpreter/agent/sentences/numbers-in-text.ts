// Numbers as people and models write them: "1,234.5", "1.234,5", "0,83", "2 145 906", "3.2e-17", "3.2 × 10⁻¹⁷", "45 %",
// "3 million", "1,2 Mio.", "3.4万", "two hundred", "three quarters".
import { escapeRegExp, wholeWord } from "../../escape-regexp.ts";
import { ANSWERED_IN, type Language } from "../../languages/index.ts";
import { numberWordsIn } from "./number-words.ts";

/** Thousands by comma, point or space; a fraction; a power of ten. Not the digits of a name: Q1, flights-2k. */
const NUMBER =
  /(?<![A-Za-z_\d]|[A-Za-z_]-)[-−]?\d+(?:[.,\u00a0\u202f ]\d{3}(?![\d]))*(?:[.,]\d+)?(?:[eE][+-]?\d+(?![\p{L}\d])|\s?[×x*]\s?10(?:\^?[-−+]?\d+|[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+))?/gu;
const SCALES = new Map(ANSWERED_IN.flatMap(({ scales }) => Object.entries(scales)));
const LONGEST_FIRST = [...SCALES.keys()].sort((a, b) => b.length - a.length).map(escapeRegExp);
const SCALE = new RegExp(`^\\s?(${LONGEST_FIRST.join("|")})(?![\\p{Script=Latin}\\p{Script=Cyrillic}])`, "u");
const LIST_MARKER = /^[^\S\n]*\d+[.)]\s/gm;
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const SMALL = 10; // a fraction below it is not told by its whole part
const ABOUT = 0.005; // of the number: "about 120" of 119.9
const OF_A_FRACTION = 0.05; // "three fifths" of 0.63
/** Before a number that is rounded as far as its zeros go: "about 250" of 254. */
const ROUGHLY =
  /(?:(?<!\p{L})(?:about|around|roughly|approximately|circa|ca\.|some|nearly|almost|etwa|rund|ungefähr|zirka|fast|environ|presque|près de|unos|unas|casi|cerca de|aproximadamente|quasi|all['’]incirca|intorno a|quase|por volta de|ongeveer|bijna|rond|około|prawie|blisko|mniej więcej|около|примерно|почти|приблизительно)|约|大约|近|约为|約|およそ|ほぼ|약|거의|대략)\s*$/iu;

export interface WrittenNumber {
  readonly text: string; // as it is written
  readonly index: number; // UTF-16 offset in the text
  readonly readings: readonly number[]; // what it may mean: a comma may set thousands or decimals apart
  /** Behind the number stands "million" or the like: the number in full is rounded to the last digit that is written. */
  readonly factor?: number;
  readonly isRough?: boolean; // "about" stands before it
  readonly isFraction?: boolean; // in words: "two fifths"
}

/**
 * The numbers of a text in order, in digits, and in words from 13 on; those that only count a list's lines are left out.
 */
export function numbersIn(text: string): WrittenNumber[] {
  const unmarked = text.replace(LIST_MARKER, (marker) => " ".repeat(marker.length));
  const isRough = (index: number) => ROUGHLY.test(unmarked.slice(0, index));
  const inDigits = [...unmarked.matchAll(NUMBER)].map(({ 0: written, index }): WrittenNumber => {
    const factor = SCALES.get(SCALE.exec(unmarked.slice(index + written.length))?.[1] ?? "");
    const rough = isRough(index);
    return {
      text: written,
      index,
      readings: readingsOf(written),
      ...(factor && { factor }),
      ...(rough && { isRough: true }),
    };
  });
  const inWords = numberWordsIn(unmarked).map(({ text: written, index, value, isFraction }): WrittenNumber => {
    return { text: written, index, readings: [value], isRough: isRough(index), ...(isFraction && { isFraction }) };
  });
  return inWords.length === 0 ? inDigits : [...inDigits, ...inWords].sort((a, b) => a.index - b.index);
}

/** Numbers in words, from two to twelve, and zero: "one" is an article, too; "three hundred" has no three. */
export function cardinalsIn(given: string, languages: readonly Language[]): number[] {
  const text = numberWordsIn(given).reduceRight(
    (left, { index, text: own }) => `${left.slice(0, index)}${" ".repeat(own.length)}${left.slice(index + own.length)}`,
    given,
  );
  return languages.flatMap(({ cardinals }) =>
    cardinals.flatMap((words, count) => {
      const isFound = count !== 1 && words.split("|").some((word) => isCardinal(word, text));
      return isFound ? [count] : [];
    }),
  );
}

/** In Chinese and Japanese before a letter that counts: 三辆, and not 三月. */
function isCardinal(word: string, text: string): boolean {
  if (/\p{Script=Cyrillic}/u.test(word)) return new RegExp(`(?<!\\p{L})${word}(?!\\p{L})`, "iu").test(text); // "три" of "триста"
  if (!/\p{Script=Han}/u.test(word)) return wholeWord(word).test(text);
  return new RegExp(`(?<![第十\\p{N}])${word}(?=[个辆位名台人件条家只本次行项種種つ名枚匹])`, "u").test(text);
}

/** The same number, rounded or cut as people write it; or a share as a percentage. */
export function isAbout(written: WrittenNumber, value: number): boolean {
  if (isScaled(written, value) || isRounded(written, value)) return true;
  if (written.isFraction) return false;
  if (written.readings.some((read) => decimals(read) > 0) && isExactly(written, value)) return true; // cut, not rounded
  const isCount = Number.isInteger(value) && Math.abs(value) > 1; // and no share
  return written.readings.some((read) =>
    [value, Math.abs(value), ...(isCount ? [] : [value * 100])].some((one) => {
      const small = Math.abs(one) < 10 ? 0.51 * 10 ** -decimals(read) : 0;
      if (!written.isRough && isCounted(read) && Number.isInteger(one)) return one === read;
      return Math.abs(one - read) <= Math.max(Math.abs(one) * ABOUT, small) || Math.round(one) === read;
    }),
  );
}

/** The same number to the last digit that is written, rounded or cut there. */
export function isExactly(written: WrittenNumber, value: number): boolean {
  if (isScaled(written, value) || isRounded(written, value)) return true;
  if (written.isFraction) return false;
  return written.readings.some((read) => {
    if (Number.isInteger(read) && !Number.isInteger(value) && Math.abs(value) < SMALL) return false; // 1 is not 0.93
    const shift = 10 ** writtenDecimals(written.text, read);
    const scaled = Math.abs(value) * shift;
    const wanted = Math.abs(read) * shift;
    const tolerance = 1e-9 * Math.max(1, wanted);
    return [Math.round(scaled), Math.trunc(scaled), scaled].some((one) => Math.abs(one - wanted) <= tolerance);
  });
}

/** A zero at the end is a digit, too: 0.80 is not 0.89 cut. */
function writtenDecimals(text: string, read: number): number {
  const own = decimals(read);
  const [, behind = ""] = /[.,](\d+)$/.exec(text) ?? [];
  return own === 0 ? own : Math.max(own, behind.length);
}

/** 253 is counted, and 250 may be rounded. */
function isCounted(read: number): boolean {
  return Number.isInteger(read) && read % 10 !== 0;
}

/** "About 250" of 254, "two fifths" of 0.412 or of 41.2 %. */
function isRounded({ readings, isRough, isFraction }: WrittenNumber, value: number): boolean {
  const [read] = readings;
  if (isFraction) return [value, value / 100].some((one) => Math.abs(one - read!) <= OF_A_FRACTION);
  if (!isRough) return false;
  return readings.some((one) => {
    const [, zeros = ""] = /^\d+?(0*)$/.exec(String(Math.abs(one))) ?? [];
    return zeros !== "" && Math.abs(Math.abs(value) - Math.abs(one)) <= 10 ** zeros.length / 2;
  });
}

/** "3 million" of 2,951,311. */
function isScaled({ readings, factor }: WrittenNumber, value: number): boolean {
  if (factor === undefined) return false;
  return readings.some((read) => {
    const shift = 10 ** decimals(read);
    const [said, meant] = [Math.abs(read) * shift, (Math.abs(value) / factor) * shift];
    return [Math.round(meant), Math.trunc(meant)].some((one) => Math.abs(one - said) < 0.5 && one !== 0);
  });
}

function readingsOf(text: string): number[] {
  const [, mantissa = text, power] = /^(.*?)(?:[eE]|\s?[×x*]\s?10\^?)([-−+⁻⁺]?[\d⁰¹²³⁴⁵⁶⁷⁸⁹]+)$/u.exec(text) ?? [];
  const bare = mantissa.replace(/[\u00a0\u202f ]/g, "").replace("−", "-");
  const exponent = power === undefined ? "" : `e${plainDigits(power)}`;
  const readings = [bare.replaceAll(",", ""), bare.replaceAll(".", "").replace(",", "."), bare.replace(",", ".")];
  return [...new Set(readings.map((reading) => Number(reading + exponent)).filter(Number.isFinite))];
}

function plainDigits(power: string): string {
  return power
    .replace(/[−⁻]/g, "-")
    .replace("⁺", "+")
    .replace(/[⁰-⁹¹²³]/g, (one) => {
      return SUPERSCRIPTS.includes(one) ? String(SUPERSCRIPTS.indexOf(one)) : one;
    });
}

function decimals(value: number): number {
  const [digits = "", power = "0"] = String(value).split("e");
  return Math.max(0, (digits.split(".")[1]?.length ?? 0) - Number(power));
}
