// What an answer says of results of one row each: a count, a mean and a maximum, yes or no. A row without a key has no
// other that its numbers could be mixed up with, but they with each other, and each with a number of no result.

import { wholeWord } from "../../escape-regexp.ts";
import { answerLanguage, asksFor, LANGUAGES, type Language } from "../../languages/index.ts";
import { NAMES_PERCENT, PERCENT_BEHIND } from "../../languages/percent.ts";
import type { SqlResult } from "../../sessions/session.ts";
import { NEGATION } from "./negation.ts";
import { cardinalsIn, isExactly, numbersIn } from "./numbers-in-text.ts";
import { saidBounds, saidRanges } from "./said-bounds.ts";
import { sentencesOf } from "./sentence-parts.ts";
import { converted, writtenUnits } from "./units.ts";
import { lostSign, misnamedValues } from "./value-pairs.ts";

const NAMES_SHARE = /share|rate|fraction|proportion|ratio|anteil|quote|proporci|percent|pct|占比|比例|割合/i;
const IN_WORDS = 12; // up to it a number is written in words

interface Asked {
  readonly question: string;
  readonly language: Language; // of the answer
  readonly numbers: readonly number[]; // of the question, and of results before
}

/** @param tables results of one row each, the last of them at the end @returns facts against the answer */
export function wrongSingleValues(answer: string, tables: readonly SqlResult[], asked: Asked): string[] {
  const last = tables.at(-1);
  if (!last) return [];
  const turned = tables.length === 1 ? otherEnd(answer, asked) : [];
  if (turned.length > 0) return turned;
  const values = new Map(tables.flatMap(numbersOf));
  const numbers = numbersIn(answer);
  const misnamed = sentencesOf(answer).flatMap((one) => misnamedValues(one, values, numbersIn(one)));
  if (misnamed.length > 0) return [...new Set(misnamed)];
  const [only, ...others] = Object.values(last.rows[0] ?? {});
  if (typeof only === "boolean" && others.length === 0) return otherAnswer(answer, only, asked.language);
  const [[, value] = [], ...more] = tables.length === 1 ? numbersOf(last) : [];
  if (value === undefined || more.length > 0) return [];
  const facts = others.length === 0 ? [...otherCount(answer, value, asked), ...otherBound(answer, value, asked)] : [];
  const own = numbers.filter((number) => isExactly(number, value));
  const isAll = numbers.every((one) => own.includes(one) || asked.numbers.some((number) => isExactly(one, number)));
  return [...facts, ...(isAll ? own.flatMap((number) => lostSign(answer, number, [value], asked.language)) : [])];
}

/** A number with a unit that its column does not have: "70.5 lb" of weight_kg. */
export function wrongUnits(answer: string, table: SqlResult, question: string): string[] {
  const { columns, rows } = table;
  const inOtherUnits = converted(answer, table);
  return writtenUnits(answer).flatMap(({ number, unit }) => {
    const of = columns.filter(({ name }) =>
      rows.some((row) => typeof row[name] === "number" && isExactly(number, Number(row[name]))),
    );
    const units = of.map(({ name }) => unit.among(name));
    const [own] = units;
    const isOther = own !== undefined && units.every((one) => one !== undefined && one !== unit.code);
    const isConverted = inOtherUnits.some((value) => isExactly(number, value));
    return isOther && !isConverted && !unit.written.test(question)
      ? [`${number.text} is in ${own}, not in ${unit.code}`]
      : [];
  });
}

/** "0.38 %" of a share that is 0.38. @param query that computed it */
export function wrongPercent(answer: string, { columns, rows }: SqlResult, query = ""): string[] {
  const shares = columns.filter(({ name }) => NAMES_SHARE.test(name) && !NAMES_PERCENT.test(name));
  const values = shares.flatMap(({ name }) => rows.map((row) => Number(row[name]))).filter(Number.isFinite);
  if (query.includes("100") || values.some((value) => Math.abs(value) > 1)) return [];
  return numbersIn(answer).flatMap((number) => {
    const value = values.find((one) => one !== 0 && Math.abs(one) < 1 && isExactly(number, one));
    const isPercent = PERCENT_BEHIND.test(answer.slice(number.index + number.text.length));
    return value !== undefined && isPercent
      ? [`${value} is a share: it is ${Number((100 * value).toPrecision(6))} %`]
      : [];
  });
}

function numbersOf({ columns, rows }: SqlResult): [string, number][] {
  const [row] = rows;
  return columns.flatMap(({ name }): [string, number][] => {
    const value = row?.[name];
    return typeof value === "number" || typeof value === "bigint" ? [[name, Number(value)]] : [];
  });
}

/** "There are four", of three; "there are none". In words only where a count is asked for. */
function otherCount(answer: string, value: number, { question, language, numbers: asked }: Asked): string[] {
  if (!Number.isInteger(value) || Math.abs(value) > IN_WORDS) return [];
  const languages = [language, answerLanguage(question)];
  const isCounted = asksHowMany(question) || languages.some(({ words }) => words["row-count"]?.test(question));
  const bounded = saidBounds(answer).map(({ number }) => number);
  const inWords = isCounted ? cardinalsIn(answer, languages) : [];
  const said = [...numbersIn(answer).flatMap(({ readings }) => readings), ...inWords];
  const told = said.filter((one) => Number.isInteger(one) && !asked.includes(one) && !bounded.includes(one));
  if (said.includes(value) || (value === 1 && languages.some((one) => saysOne(answer, one)))) return [];
  const isNone = isCounted && told.length === 0 && bounded.length === 0 && language.nothing.test(answer);
  const other = isNone && value !== 0 ? 0 : told.find((one) => Math.abs(one) <= IN_WORDS);
  return other === undefined ? [] : [`the number is ${value}, not ${other}`];
}

function saysOne(answer: string, { cardinals }: Language): boolean {
  return (cardinals[1] ?? "").split("|").some((word) => wholeWord(word).test(answer));
}

/** "The lightest is ...", where the heaviest was asked for. */
function otherEnd(answer: string, { question, language }: Asked): string[] {
  if (NEGATION.test(answer) || language.unsure.test(answer)) return [];
  const ends = (text: string) => [language.most.test(text), language.least.test(text)];
  const [isMostAsked, isLeastAsked] = ends(question);
  const [isMost, isLeast] = ends(answer);
  const times = (text: string) => [asksFor(text, "first-in-time"), asksFor(text, "last-in-time")];
  const [[isFirstAsked, isLastAsked], [isFirst, isLast]] = [times(question), times(answer)];
  if (isFirstAsked !== isLastAsked && isFirst !== isLast && isFirst !== isFirstAsked)
    return [`the ${isFirstAsked ? "first" : "last"} was asked for`];
  const isTurned = isMostAsked !== isLeastAsked && isMost !== isLeast && isMost !== isMostAsked;
  return isTurned ? [`the ${isMostAsked ? "highest" : "lowest"} was asked for`] : [];
}

function asksHowMany(question: string): boolean {
  return asksFor(question, "row-count") || asksFor(question, "one-value");
}

/** "More than 3 million", of 2,951,311; "between 2 and 3 million". */
function otherBound(answer: string, value: number, { numbers: asked }: Asked): string[] {
  const outside = saidRanges(answer).filter(
    ({ low, high }) => (value < low || value > high) && !asked.includes(low) && !asked.includes(high),
  );
  if (outside.length > 0) return [`the number is ${value}`];
  return saidBounds(answer).flatMap(({ number, bound }) => {
    if (asked.includes(number)) return [];
    const isSo = bound.startsWith(">") ? value >= number : value <= number;
    return isSo ? [] : [`the number is ${value}, which is not ${bound} ${number}`];
  });
}

/** What the answer begins with: "Yes, it is." */
function otherAnswer(answer: string, value: boolean, { yes, no }: Language): string[] {
  const first = /^\P{L}*(\p{L}+)/u.exec(answer)?.[1]?.toLowerCase();
  const words = LANGUAGES.map((language) => language[value ? "no" : "yes"]);
  const isOther =
    first !== undefined &&
    [value ? no : yes, ...words].includes(first) &&
    !(value && NEGATION.test(answer.slice(first.length + 1)));
  return isOther ? [`the result is ${value}`] : [];
}
