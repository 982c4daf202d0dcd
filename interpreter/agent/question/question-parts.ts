// What a question names literally, and an answer therefore has to come from: quoted texts, years, values of columns.
import { escapeRegExp, wholeWord } from "../../escape-regexp.ts";
import { LANGUAGES } from "../../languages/index.ts";
import { numbersIn } from "../sentences/numbers-in-text.ts";
import { askedForm } from "./asked-form.ts";
import { quotedIn } from "./quoted.ts";
import { withoutForm } from "./without-form.ts";

const YEAR = /(?<![\p{Script=Latin}\p{N}.,_-])(1[5-9]\d\d|20\d\d)(?![\d_]|[.,]\d)/gu;
const EXCLUDES_BEFORE =
  /(?:other than|except(?:ing)?(?: for)?|excluding|apart from|not counting|außer|ausgenommen|ohne|sauf|hormis|excepto|salvo|除了|除)\s*$/iu;
const EXCLUDES_BEHIND = /^\s*(?:以外|を除)/u;
const LEAST_VALUE = 3; // UTF-16 units of a value in Latin letters: a shorter one is a word of every sentence
const PLURALS = ["s", "es", "n", "en"]; // and genitives
const COMMON_VALUES =
  /^(all|and|any|both|false|high|low|male and female|medium|new|none?|not|old|open|other|others|the|total|true|unknown|yes)$/i;

const IN_A_WORD = /^[\p{Script=Latin}_]/u; // "the 90s", "2nd"
const MOST_DECIMALS = 6; // that a question asks for

export interface QuotedText {
  readonly text: string;
  readonly isExcluded: boolean; // "other than 'All'"
}

export function quotedTexts(question: string): QuotedText[] {
  return quotedIn(withoutForm(question)).map(({ text, span: [start, end] }) => ({
    text,
    isExcluded: EXCLUDES_BEFORE.test(question.slice(0, start)) || EXCLUDES_BEHIND.test(question.slice(end)),
  }));
}

export function yearsIn(question: string): string[] {
  return [...new Set([...withoutForm(question).matchAll(YEAR)].map(([, year]) => year!))];
}

/** Which of a column's values the question names, as words of their own. */
export function valuesNamed(question: string, values: readonly string[]): string[] {
  return values.filter((value) => {
    const isLatin = /\p{Script=Latin}/u.test(value);
    if (COMMON_VALUES.test(value) || value.length < (isLatin ? LEAST_VALUE : 2)) return false;
    const forms = isLatin && value.length > LEAST_VALUE ? ["", ...PLURALS] : [""];
    return forms.some((ending) => wholeWord(value + ending).test(question));
  });
}

const LEAST_STEM = 4; // UTF-16 units
const ENDINGS = 2; // UTF-16 units, by which two forms of a word may differ: annulée, annulées; cancelled, cancels

/** Whether a question has a column's name as a word, in whatever form of it. */
export function isSpokenOf(column: string, question: string): boolean {
  if (wholeWord(column).test(question)) return true;
  const wordsOf = (text: string): string[] => text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const own = wordsOf(column.replaceAll("_", " "));
  const asked = wordsOf(question);
  const isSame = (a: string, b: string) => {
    const stem = Math.max(a.length, b.length) - ENDINGS;
    return a === b || (stem >= LEAST_STEM && a.slice(0, stem) === b.slice(0, stem));
  };
  return own.length > 0 && own.every((word) => asked.some((other) => isSame(word, other)));
}

/** "金額(単価×個数)", "amount = price * units": a name that the question itself says how to compute. */
export function isDefinedIn(name: string, question: string): boolean {
  const formula = "[^()（）]*[-−+*/×÷:][^()（）]*";
  const defined = new RegExp(String.raw`${escapeRegExp(name)}["'”」]?\s*(?:[(（]${formula}[)）]|[=＝]|\s:\s)`, "iu");
  return defined.test(question);
}

/** The words that stand behind "how many" and "number of": what is counted. */
export function countedIn(question: string): string[] {
  return LANGUAGES.flatMap(({ words }) => {
    const asked = words["row-count"];
    const found = asked ? [...question.matchAll(new RegExp(asked.source, `g${asked.flags.replace("g", "")}`))] : [];
    return found.flatMap(
      ({ 0: written, index }) => /^\s*(\p{L}+)/u.exec(question.slice(index + written.length))?.[1] ?? [],
    );
  });
}

const NAMED_BY = /[\p{Script=Katakana}ー]$/u; // グループ1
const SCALES = [1, 60, 100, 1e3, 1e4, 1e6, 1e8, 1e9]; // minutes of an hour, percent, thousands and millions

/**
 * Numbers of the question, as written, that a text holds in no unit and not as one more or less: "over 20" as ">= 21".
 * Years are left out, and so is what may tell the form of the answer, or stand for "a".
 */
export function unusedNumbers(question: string, text: string): string[] {
  const asked = withoutForm(question);
  const withoutQuotes = quotedIn(asked).reduceRight(
    (left, { span: [start, end] }) => `${left.slice(0, start)} ${left.slice(end)}`,
    asked,
  );
  const used = (text.match(/\d+(?:\.\d+)?/g) ?? []).map(Number);
  const years = yearsIn(question);
  const { decimals } = askedForm(question);
  const isSame = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.abs(b);
  const isUsed = (number: number) =>
    used.some(
      (value) =>
        Math.abs(value - number) <= 1 ||
        SCALES.some((scale) => [number * scale, number / scale, 1 - number / scale].some((one) => isSame(value, one))),
    );
  return numbersIn(withoutQuotes)
    .filter(({ text: written, index }) => !IN_A_WORD.test(withoutQuotes.slice(index + written.length)))
    .filter(({ text: written }) => !years.includes(written))
    .filter(({ readings }) => !readings.some((number) => isUsed(number)))
    .filter(({ readings, index }) => {
      const isName = NAMED_BY.test(withoutQuotes.slice(0, index));
      return isName || !readings.some((number) => number <= (decimals === undefined ? 1 : MOST_DECIMALS));
    })
    .map(({ text: written }) => written);
}
