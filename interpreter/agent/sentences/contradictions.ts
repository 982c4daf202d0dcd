// What an answer says of a result, and the result says otherwise. Only what can be shown to be wrong: a sentence that
// cannot be read for certain is left alone, since a guard that costs right answers is worse than none.
import { escapeRegExp } from "../../escape-regexp.ts";
import { asksFor, type Language } from "../../languages/index.ts";
import { isPlainKey, type KeyedResult, spansOf } from "../keyed-result.ts";
import { bareLists } from "./bare-lists.ts";
import { wrongDays } from "./day-pairs.ts";
import { keysOf, mentionsIn, rowsWith } from "./mentions.ts";
import { NEGATION } from "./negation.ts";
import { isExactly, numbersIn, type WrittenNumber } from "./numbers-in-text.ts";
import { wrongOrders } from "./orders.ts";
import { wrongPoints } from "./percent-points.ts";
import { meantSentences } from "./pronouns.ts";
import { wrongNumbering } from "./ranks.ts";
import { boundNumbers } from "./said-bounds.ts";
import { sentencesOf } from "./sentence-parts.ts";
import { wrongTrend } from "./trends.ts";
import { misnamedValues, misplacedValues } from "./value-pairs.ts";
import { wrongPart } from "./wholes.ts";
import { tellsYesOrNo, wrongYesOrNo } from "./yes-or-no-rows.ts";

const MAX_OWNERS = 3; // told by their names

const YEAR = /^(?:1[5-9]|20)\d\d$/;
/** Before and behind the ends of a time. */
const SPAN =
  /(?<!\p{L})(?:between|from|since|zwischen|von|seit|entre|desde|de|depuis)(?: \d{4} (?:and|to|und|bis|y|a|hasta|et|à))?\s$|[从自]\s?$/iu;
const SPAN_END = /^\s?(?:and|to|und|bis|y|a|hasta|et|à|[-–]|到|至|から|年(?:到|至|から|以来))\s?\d{4}(?!\d)/iu;

interface Said {
  readonly result: KeyedResult;
  readonly language: Language;
  readonly asked: readonly number[]; // numbers of the question
  readonly isMostAsked?: boolean; // the highest first
}

/** Facts against the answer, each as a line that the model can heed: "254 is of USA, not of Japan". */
export function contradictions(answer: string, said: Said): string[] {
  const sentences = sentencesOf(answer).filter((sentence) => sentence.trim() !== "");
  const found = meantSentences(sentences, said.result, said.language).flatMap(({ sentence, isMeant }) => [
    ...misplacedValues(sentence, said),
    ...misnamed(sentence, said),
    ...wrongOrders(sentence, { ...said, isMeant }),
    ...wrongPart(sentence, said),
    ...wrongDays(sentence, said.result, said.language),
    ...wrongTrend(sentence, said),
    ...wrongPoints(sentence, said.result),
    ...wrongYears(sentence, said),
    ...wrongCount(sentence, said),
    ...wrongYesOrNo(sentence, said.result),
  ]);
  const { isMostAsked = false } = said;
  found.push(...wrongNumbering(answer, said, isMostAsked));
  return [
    ...new Set(
      found.length > 0
        ? found
        : [...oneNumberOfMany(answer, said), ...oneKeyOfEach(answer, said), ...bareNumbers(answer, said)],
    ),
  ];
}

function bareNumbers(answer: string, { result, asked }: Said): string[] {
  return tellsYesOrNo(answer, result) ? [] : bareLists(answer, result, asked);
}

/** Of a sentence about one row: a number beside the name of another of its values. */
function misnamed(sentence: string, { result, asked }: Said): string[] {
  const mentions = mentionsIn(sentence, result, asked);
  const keys = new Set(keysOf(mentions).map(({ key }) => key));
  const [key] = keys;
  const [row, ...others] = key === undefined ? [] : rowsWith(result, key);
  if (keys.size !== 1 || !row || others.length > 0) return [];
  const numbers = mentions.flatMap((one) => (one.kind === "number" ? [one.number] : []));
  return misnamedValues(sentence, row.values, numbers);
}

/** "5 regions", where the result has 4: more of them than there are. */
function wrongCount(sentence: string, { result, asked }: Said): string[] {
  if (!result.isWhole) return [];
  return numbersIn(sentence).flatMap((number) => {
    const [count] = number.readings;
    const noun = /^\s?(\p{L}+)/u.exec(sentence.slice(number.index + number.text.length))?.[1]?.toLowerCase() ?? "";
    const isKey = result.keyColumns.some((name) => isPluralOf(noun, name.toLowerCase()));
    const isMore = count !== undefined && Number.isInteger(count) && count > result.rowCount;
    if (!isKey || !isMore || asked.includes(count) || (result.isOverTime && spansOf(result.rows).includes(count)))
      return [];
    const isValue = result.rows.some(({ values }) => [...values.values()].some((value) => isExactly(number, value)));
    return isValue ? [] : [`the result has ${result.rowCount} rows, not ${number.text}`];
  });
}

/** "From 2010 to 2015", of years that begin with 2012. */
function wrongYears(sentence: string, { result, asked }: Said): string[] {
  const years = result.rows.map(({ keys }) => keys[0] ?? "");
  if (!result.isOverTime || !result.isWhole || !years.every((year) => YEAR.test(year))) return [];
  const isBound = boundNumbers(sentence);
  return numbersIn(sentence).flatMap((number) => {
    const isYear = YEAR.test(number.text) && !number.isRough && !number.factor && !asked.includes(Number(number.text));
    if (!isYear || years.includes(number.text)) return [];
    const isSpan = SPAN.test(sentence.slice(0, number.index)) || SPAN_END.test(sentence.slice(number.index + 4));
    if (!isSpan && isBound(number)) return [];
    const isValue = result.rows.some(({ values }) => [...values.values()].some((value) => isExactly(number, value)));
    return isValue || !isSpan ? [] : [`the result has no ${number.text}: it goes from ${ends(years).join(" to ")}`];
  });
}

function ends(years: readonly string[]): string[] {
  const sorted = [...years].sort();
  return [sorted[0]!, sorted.at(-1)!];
}

/** regions of region, countries of country */
function isPluralOf(noun: string, name: string): boolean {
  return noun === name || noun === `${name}s` || (name.length >= 5 && noun.startsWith(name.slice(0, -1)));
}

/** Several rows told as one number, or as one of each measure, without saying whose they are, or as those of all rows. */
function oneNumberOfMany(answer: string, { result, language, asked }: Said): string[] {
  const mentions = mentionsIn(answer, result, asked);
  const isBound = boundNumbers(answer);
  const told = mentions.flatMap((one) => (one.kind === "number" && !isBound(one.number) ? [one.number] : []));
  const named = new Set(keysOf(mentions).map(({ key }) => key));
  if (result.rows.length < 2 || told.length === 0 || named.size === 1 || tellsYesOrNo(answer, result)) return [];
  if (told.length > 1 && (named.size > 0 || !isOneOfEach(told, result) || areEnds(told, result))) return []; // "from 3 to 12" tells of all of them
  const compares =
    language.unsure.test(answer) ||
    language.moreThan?.test(answer) ||
    language.lessThan?.test(answer) ||
    language.times.some(([words]) => words.test(answer));
  if (named.size > 1 && (compares || NEGATION.test(answer))) return []; // whose it is may be said in other words
  const isMean = (number: WrittenNumber) => asksFor(answer, "mean") && isMeanOfRows(number, result);
  if (told.every(isMean)) return [];
  const others = numbersIn(answer).filter(({ index }) => told.every((one) => index !== one.index));
  const isAsked = (number: WrittenNumber) => asked.some((value) => isExactly(number, value));
  if (!others.every(isAsked)) return []; // how it was computed is told, too
  const isEnd = (language.most.test(answer) || language.least.test(answer)) && !language.each.test(answer);
  if (isEnd) return [];
  return told.flatMap((number) => {
    const owners = result.rows.filter(({ values }) => [...values.values()].some((value) => isExactly(number, value)));
    const isOfSome = owners.length > 0 && owners.length < (named.size > 1 ? 2 : result.rows.length);
    if (!isOfSome || isExactly(number, result.rowCount)) return [];
    const keys = owners.flatMap((row) => row.keys);
    if (named.size === 0 && !keys.every((key) => isPlainKey(key) || !maySay(key, answer, others))) return [];
    const whose = owners.slice(0, MAX_OWNERS).map((row) => row.keys.join(", "));
    const more = owners.length > MAX_OWNERS ? ` and ${owners.length - MAX_OWNERS} more` : "";
    return [`the result has ${result.rowCount} rows, and ${number.text} is of ${whose.join(" and ")}${more} only`];
  });
}

/** "14 on average": of all rows, and by chance one of them. */
function isMeanOfRows(number: WrittenNumber, { measures, rows, isWhole }: KeyedResult): boolean {
  return measures.some((measure) => {
    const values = rows.flatMap(({ values }) => values.get(measure) ?? []);
    return isWhole && isExactly(number, values.reduce((sum, value) => sum + value, 0) / values.length);
  });
}

/** "Between 10 and 99": the lowest and the highest of all. */
function areEnds(numbers: readonly WrittenNumber[], { rows }: KeyedResult): boolean {
  const all = rows.flatMap(({ values }) => [...values.values()]);
  const ends = [Math.min(...all), Math.max(...all)];
  return numbers.length === 2 && ends.every((end) => numbers.some((number) => isExactly(number, end)));
}

/** Whether each of these numbers is of a measure that the others are not of. */
function isOneOfEach(numbers: readonly WrittenNumber[], { measures, rows }: KeyedResult): boolean {
  const left = new Set(measures);
  return numbers.every((number) => {
    const isOf = (measure: string) => rows.some(({ values }) => isExactly(number, values.get(measure) ?? Number.NaN));
    const own = [...left].find(isOf);
    return own !== undefined && left.delete(own);
  });
}

/** "The tallest of each group is Ann", of three groups. */
function oneKeyOfEach(answer: string, { result, language, asked }: Said): string[] {
  const [only, ...others] = mentionsIn(answer, result, asked);
  if (only?.kind !== "key" || others.length > 0 || !language.each.test(answer) || NEGATION.test(answer)) return [];
  if (result.isOverTime && (language.rises.test(answer) || language.falls.test(answer))) return []; // "every year since"
  const isOneOfMany = result.rows.length > 1 && rowsWith(result, only.key).length === 1;
  return isOneOfMany ? [`the result has ${result.rowCount} rows, and ${only.key} is of one only`] : [];
}

/** A number or a single letter may be the key; a date, true and NULL may be told in other words. */
function maySay(key: string, answer: string, numbers: readonly WrittenNumber[]): boolean {
  if (/^-?\d+(\.\d+)?$/.test(key)) return numbers.some((number) => isExactly(number, Number(key)));
  return key.length > 1 || new RegExp(`(?<!\\p{L})${escapeRegExp(key)}(?!\\p{L})`, "u").test(answer);
}
