// A sentence whose numbers, days and names, where they are a result's, stand as the question asks.
import { escapeRegExp } from "../../escape-regexp.ts";
import { PERCENT_BEHIND } from "../../languages/percent.ts";
import { daySpellings } from "../../languages/times.ts";
import { UNITS } from "../question/asked-units.ts";
import type { NamedValue } from "../result-values.ts";
import { isExactly, numbersIn, type WrittenNumber } from "../sentences/numbers-in-text.ts";
import { numberAsAsked, textAsAsked, type Writing } from "./write-values.ts";

const ISO_DAY = /^\d{4}-\d{2}(?:-\d{2})?(?!\d)/;
const TIME_UNIT_BEHIND =
  /^\s?(?:min(?:ute[ns]?|utos?)?\b|Minuten|hours?\b|Stunden|heures?\b|horas?\b|seconds?\b|分钟?|小时|時間|秒)/iu;
const MONEY_BEHIND = /^\s?(?:[€$£¥]|EUR\b|USD\b|euros?\b|dollars?\b|元|円)/i;

const UNITS_BEHIND = new RegExp(`^\\s?(?:${UNITS.map(({ named }) => named.source).join("|")})`, "iu");

/** What is asked of numbers. */
const NUMBERS = [
  "decimals",
  "isPercent",
  "scale",
  "nearest",
  "significant",
  "thousands",
  "sign",
  "as",
  "units",
  "hasComma",
] as const;

export function rewritten(text: string, values: readonly NamedValue[], writing: Writing): string {
  const sentence = withNumbers(withTexts(text, values, writing), values, writing);
  if (writing.letters === "upper") return sentence.toUpperCase();
  return writing.letters === "lower" ? sentence.toLowerCase() : sentence;
}

/** In bold, quotes or brackets: the name that the answer tells, else its number. */
export function marked(text: string, values: readonly NamedValue[], around: readonly [string, string]): string {
  const [before, behind] = around;
  if (text.includes(before) && text.includes(behind)) return text;
  const names = values.flatMap(({ value }) => (typeof value === "string" && value !== "" ? [value] : []));
  const told = names
    .filter((name) => text.toLowerCase().includes(name.toLowerCase()))
    .sort((a, b) => b.length - a.length);
  const [number] = numbersIn(text).filter((one) => values.some(({ value }) => isOf(one, value)));
  const [own = number?.text] = told;
  return own === undefined
    ? text
    : text.replace(new RegExp(escapeRegExp(own), "i"), (one) => `${before}${one}${behind}`);
}

function isOf(number: WrittenNumber, value: NamedValue["value"]): boolean {
  return typeof value === "number" && isExactly(number, value);
}

function withNumbers(text: string, values: readonly NamedValue[], writing: Writing): string {
  if (!NUMBERS.some((asked) => writing[asked] !== undefined)) return text;
  const numbers = values.flatMap(({ name, value }) => (typeof value === "number" ? [{ name, value }] : []));
  const apart = ({ readings }: WrittenNumber, value: number) =>
    Math.min(...readings.map((read) => Math.abs(Math.abs(read) - Math.abs(value))));
  let rewritten = "";
  let end = 0;
  for (const number of numbersIn(text)) {
    const start = number.index;
    const behind = text.slice(start + number.text.length);
    const isPercentage = PERCENT_BEHIND.test(behind);
    const [own] = numbers
      .filter(
        ({ value }) =>
          isExactly(number, value) || (isPercentage && Math.abs(value) <= 1 && isExactly(number, 100 * value)),
      )
      .sort((a, b) => apart(number, a.value) - apart(number, b.value));
    const isDone =
      !/\d/.test(number.text) ||
      number.factor !== undefined ||
      (writing.as === "ratio" && /^\s?:/.test(behind)) ||
      (writing.as === "fraction" && (/^\s?\/\s?\d/.test(behind) || /\d\s?\/\s?$/.test(text.slice(0, start))));
    rewritten += text.slice(end, start);
    end = start + number.text.length;
    if (!own || isDone) rewritten += number.text;
    else {
      rewritten += inPlace(number, own, text, writing);
      if (writing.as === "fraction" && /\/\d+$/.test(rewritten)) end += PERCENT_BEHIND.exec(behind)?.[0].length ?? 0;
      const ofUnits = writing.units && UNITS_BEHIND.exec(behind);
      const unit = ofUnits ?? (writing.as === "duration" ? TIME_UNIT_BEHIND.exec(behind) : MONEY_BEHIND.exec(behind));
      if (
        unit &&
        (ofUnits || writing.as === "duration" || writing.sign || (writing.scale && writing.currency !== undefined))
      )
        end += unit[0].length; // the unit is written with the number
    }
  }
  return rewritten + text.slice(end);
}

/** Without the sign that the text has itself, and with a comma where the number had one. */
function inPlace(number: WrittenNumber, own: { name: string; value: number }, text: string, writing: Writing): string {
  const behind = text.slice(number.index + number.text.length);
  const before = text.slice(0, number.index);
  const isPercent = PERCENT_BEHIND.test(behind);
  const isBare = isPercent || (writing.sign !== undefined && before.trimEnd().endsWith(writing.sign.text));
  const isSigned = /^[-−]/.test(number.text) || own.value >= 0;
  const value = isSigned ? own.value : Math.abs(own.value);
  if (isPercent && writing.decimals === undefined && writing.as !== "fraction") return number.text;
  const asked = numberAsAsked({ name: own.name, value }, writing, isBare);
  if (Number.isInteger(value) && asked === String(value)) return number.text; // as it is, with its own signs
  if (writing.as === "fraction" || writing.as === "scientific") return asked;
  const isOfComma = /^[-−]?\d+,\d+$/.test(number.text) && !/^[-−]?\d+,\d{3}$/.test(number.text);
  return isOfComma && writing.thousands === undefined ? asked.replace(".", ",") : asked;
}

/** Days, months and times that are a result's. */
function withTexts(text: string, values: readonly NamedValue[], writing: Writing): string {
  if (writing.dates === undefined && writing.as !== "duration") return text;
  const texts = [...new Set(values.flatMap(({ value }) => (typeof value === "string" ? [value] : [])))];
  const spelled = new Map(
    texts.flatMap((one) => spellingsOf(one).map((spelling) => [spelling.toLowerCase(), textAsAsked(one, writing)])),
  );
  const longest = [...spelled.keys()].sort((a, b) => b.length - a.length).map(escapeRegExp);
  if (longest.length === 0) return text;
  const whole = `(?<![\\d-])(${longest.join("|")})(?:[T ]00:00:00(?:\\.0+)?)?(?![\\d-])`;
  return text.replace(
    new RegExp(whole, "giu"),
    (_, spelling: string) => spelled.get(spelling.toLowerCase()) ?? spelling,
  );
}

/** Also in words: "2 March 2024", "March 2nd, 2024"; of a month as it is. */
function spellingsOf(text: string): string[] {
  const day = ISO_DAY.exec(text)?.[0];
  if (day === undefined || day.length < 10) return [text];
  const year = day.slice(0, 4);
  const inWords = daySpellings(day).filter((one) => one !== day);
  const whole = inWords.flatMap((one) => [`${one}, ${year}`, `${one} ${year}`, `${one} de ${year}`, `${year}年${one}`]);
  return [day, ...whole, ...inWords];
}
