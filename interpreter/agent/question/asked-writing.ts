// How a question wants values written: "in percent", "in thousands", "to 3 significant digits", "to the nearest hundred",
// "with the € sign", "as DD.MM.YYYY", "like 'March 2021'", "as h:mm", in upper case, in bold, sorted from the highest down.

import { separatorsNamed } from "../../languages/forms/separators.ts";
import { type FormWords, LANGUAGES } from "../../languages/index.ts";
import { askedUnits, type Unit } from "./asked-units.ts";
import { CURRENCIES } from "./currencies.ts";
import { formClauses } from "./form-clauses.ts";
import { sketchesIn, writingShown } from "./sketches.ts";

const YEAR = "(?:YYYY|JJJJ|AAAA)";
const MONTH = "MM?";
const DAY = "(?:DD?|TT?|JJ?)";
export const DATE_FORMAT = new RegExp(
  String.raw`(?<![\p{Script=Latin}\d])(?:${YEAR}([-./])${MONTH}\1${DAY}|${DAY}([-./ ])${MONTH}\2(?:${YEAR}|YY|AA)|${MONTH}([-./])${DAY}\3${YEAR}|${YEAR}年${MONTH}月${DAY}[日号])(?![\p{Script=Latin}\d])`,
  "iu",
);
const ISO_FORMAT =
  /\b(?:as|in|im|en|au|formato|format) (?:an? |el |le )?(?:formato? )?ISO\b|\bISO(?:[- ]?8601)?[- ]?(?:format|date|Datum|格式|形式)/i;
const MONTH_AND_YEAR =
  /(?<!\p{L})(?:as month and year|als Monat und Jahr|como mes y año|sous la forme mois (?:et )?année|MMMM YYYY|Month YYYY|Monat JJJJ)(?!\p{L})/iu;
const AS_FRACTION =
  /(?<!\p{L})(?:as (?:an? )?(?:\p{L}+ )?fraction|als (?:\p{L}+ )?Bruch|(?:sous (?:la )?forme (?:de|d['’]une)|en|comme(?: une)?) fraction|(?:como|en forma de)(?: una)? fracción)(?!\p{L})|用(?:最简)?分数|(?<!百)分数(?:形式|表示|で)/iu;
const AS_SCIENTIFIC =
  /(?:scientific|exponential) notation|wissenschaftliche[rn]? (?:Schreibweise|Notation)|Exponentialschreibweise|notation scientifique|notación científica|科学[计記记][数數]法|指数表記/iu;
export const HOURS_AND_MINUTES = /(?<![\p{L}\d:])h{1,2}:mm(?![\p{L}:])|\bhours?:minutes?\b|\bStd:Min\b/iu;

export interface AskedWriting {
  readonly isPercent?: true;
  readonly significant?: number; // digits
  readonly nearest?: number;
  readonly scale?: { readonly factor: number; readonly word: string };
  readonly thousands?: string; // the sign between them
  readonly hasComma?: true; // as the decimal sign
  readonly sign?: { readonly text: string; readonly isInFront: boolean }; // of a currency, or a unit
  readonly units?: readonly Unit[]; // that numbers are to be in
  readonly as?: "ratio" | "duration" | "fraction" | "scientific"; // 2.5:1, 1:26, 1/3, 1.5e+3
  readonly dates?: string; // "DD.MM.YYYY", "MMMM YYYY", "weekday"
  readonly letters?: "upper" | "lower";
  readonly around?: readonly [string, string]; // of the name, or the number, that is asked for
  readonly order?: "descending" | "ascending" | "alphabetical";
}

/** undefined where the question says nothing of it. */
export function askedWriting(question: string): AskedWriting | undefined {
  const says = (word: (words: FormWords) => RegExp) => LANGUAGES.some(({ form }) => word(form).test(question));
  const first = <T>(found: (words: FormWords) => T | undefined) =>
    LANGUAGES.map(({ form }) => found(form)).find((one) => one !== undefined);
  const significant = first((form) => countIn(form.significant, question, form));
  const nearest = first(({ nearest: words }) => words.find(([one]) => one.test(question))?.[1]);
  const scale = first((form) => scaleOf(question, form));
  const thousands = thousandsSign(question);
  const clauses = formClauses(question); // "Which names are in quotes?" is no form
  const sign = signOf(clauses, question);
  const dates = datesOf(question, says);
  const units = askedUnits(question);
  const order = (["descending", "ascending", "alphabetical"] as const).find((one) => says((words) => words[one]));
  const letters = (["upper", "lower"] as const).find((one) => says((words) => words[`${one}Case`]));
  const around = aroundOf((word) => LANGUAGES.some(({ form }) => word(form).test(clauses)));
  const [shown] = sketchesIn(question).map(writingShown);
  const asked: AskedWriting = {
    ...shown,
    ...(says(({ percent }) => percent) && { isPercent: true }),
    ...(significant !== undefined && { significant }),
    ...(nearest !== undefined && { nearest }),
    ...(scale && { scale }),
    ...(thousands !== undefined && { thousands }),
    ...(sign && { sign: shown?.sign ?? sign }),
    ...(HOURS_AND_MINUTES.test(question) && { as: "duration" }),
    ...(AS_FRACTION.test(question) && { as: "fraction" }),
    ...(AS_SCIENTIFIC.test(question) && { as: "scientific" }),
    ...(says(({ decimalComma }) => decimalComma) && { hasComma: true }),
    ...(units.length > 0 && { units }),
    ...(dates !== undefined && { dates }),
    ...(letters && { letters }),
    ...(around && { around }),
    ...(order && { order }),
  };
  return Object.keys(asked).length > 0 ? asked : undefined;
}

/** The number that a group of the words gives, in digits or as a numeral. */
export function countIn(words: RegExp, text: string, { numerals }: FormWords): number | undefined {
  const count = words.exec(text)?.slice(1).find(Boolean)?.toLowerCase();
  return count === undefined ? undefined : (numerals[count] ?? Number(count));
}

function scaleOf(question: string, { scaled }: FormWords): AskedWriting["scale"] {
  for (const [words, factor, word] of scaled) {
    const found = words.exec(question);
    if (found) return { factor, word: found.slice(1).find(Boolean) ?? word };
  }
  return undefined;
}

/** By the sign that the question names, else as its language writes them. */
function thousandsSign(question: string): string | undefined {
  const language = LANGUAGES.find(({ form }) => form.thousands.test(question));
  if (!language) return undefined;
  const named: readonly (readonly [RegExp, string])[] = [
    [/apostroph|apóstrofo|撇号|アポストロフィ/i, "'"],
    [/\b(?:points?|dots?|Punkte?n?|puntos?)\b|(?:Tausender)-?punkt|句点|点号|ピリオド/i, "."],
    [/\bspaces?\b|Leerzeichen|espacios?|espaces?|空格|スペース/i, "\u00a0"],
  ];
  const own = named.find(([words]) => words.test(question))?.[1];
  if (own !== undefined) return own;
  return separatorsNamed(question).some(({ separator }) => separator === ", ") ? "," : language.form.groups;
}

/** "With the € sign in front", "with the unit km". */
function signOf(clauses: string, question: string): AskedWriting["sign"] {
  const isInFront = LANGUAGES.some(({ form }) => form.inFront.test(clauses));
  if (LANGUAGES.some(({ form }) => form.sign.test(clauses))) {
    const currency = CURRENCIES.find(({ written }) => written.test(question));
    return currency && { text: currency.sign, isInFront };
  }
  const unit = LANGUAGES.map(({ form }) => form.unit.exec(clauses)?.[1]).find((one) => one !== undefined);
  return unit === undefined ? undefined : { text: unit, isInFront: false };
}

function datesOf(question: string, says: (word: (words: FormWords) => RegExp) => boolean): string | undefined {
  const format = DATE_FORMAT.exec(question)?.[0].toUpperCase();
  if (format !== undefined) {
    const isFrench = format.includes("AA");
    const inEnglish = format
      .replace(/JJJJ|AAAA/, "YYYY")
      .replace(/AA/, "YY")
      .replace(/T/g, "D");
    return isFrench ? inEnglish.replace(/J/g, "D") : inEnglish.replace(/J/g, /D/.test(inEnglish) ? "Y" : "D");
  }
  if (ISO_FORMAT.test(question)) return "YYYY-MM-DD";
  if (says(({ weekday }) => weekday)) return "weekday";
  return MONTH_AND_YEAR.test(question) ? "MMMM YYYY" : undefined;
}

function aroundOf(says: (word: (words: FormWords) => RegExp) => boolean): AskedWriting["around"] {
  if (says(({ bold }) => bold)) return ["**", "**"];
  if (says(({ quotes }) => quotes)) return ['"', '"'];
  return says(({ brackets }) => brackets) ? ["[", "]"] : undefined;
}
