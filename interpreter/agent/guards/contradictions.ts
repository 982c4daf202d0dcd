// What an answer says of a result, and the result says otherwise. Only what can be shown to be wrong: a sentence that
// cannot be read for certain is left alone, since a guard that costs right answers is worse than none.
import { escapeRegExp } from "../../escape-regexp.ts";
import type { Language } from "../../languages/index.ts";
import { isPlainKey, type KeyedResult } from "../keyed-result.ts";
import { isExactly, numbersIn, type WrittenNumber } from "../numbers-in-text.ts";
import { bareLists } from "./bare-lists.ts";
import { belongsTo, type Mention, mentionsIn, ownerOf, rowsWith } from "./mentions.ts";

const SENTENCE_END = /(?<=[.!?;])\s+|(?<=[。！？；])|\n+/;
const JOINS = /\s(?:and|while|but|und|während|aber|y|mientras|pero|et|tandis que|mais)\s/i;
const CLAUSE_END = new RegExp(`,\\s+|，|、|${JOINS.source}`, "i");
const NEGATION = /\b(not|no|nicht|kein\w*|pas)\b|n't\b/i;

interface Said {
  readonly result: KeyedResult;
  readonly language: Language;
  readonly asked: readonly number[]; // numbers of the question
}

/** Facts against the answer, each as a line that the model can heed: "254 is of USA, not of Japan". */
export function contradictions(answer: string, said: Said): string[] {
  const sentences = answer.split(SENTENCE_END).filter((sentence) => sentence.trim() !== "");
  const found = sentences.flatMap((sentence) => [
    ...misplacedValues(sentence, said),
    ...wrongSuperlative(sentence, said),
    ...wrongComparison(sentence, said),
    ...wrongTrend(sentence, said),
    ...wrongCount(sentence, said),
  ]);
  const { result, asked } = said;
  return [
    ...new Set(
      found.length > 0
        ? found
        : [...oneNumberOfMany(answer, said), ...oneKeyOfEach(answer, said), ...bareLists(answer, result, asked)],
    ),
  ];
}

/** Values that stand beside another row's key. */
function misplacedValues(sentence: string, { result, asked }: Said): string[] {
  return pairsOf(sentence, mentionsIn(sentence, result, asked), result).flatMap(({ key, number }) => {
    if (belongsTo(number, key, result)) return [];
    const owner = ownerOf(number, key, result);
    return owner === undefined ? [] : [`${number.text} is of ${owner}, not of ${key}`];
  });
}

interface Pair {
  readonly key: string;
  readonly number: WrittenNumber;
}

/** Which number a sentence gives to which key: "A has 1 and B 2", "1 in A and 2 in B", "A and B have 1 and 2". */
function pairsOf(sentence: string, mentions: readonly Mention[], result: KeyedResult): Pair[] {
  const keys = mentions.filter((one) => one.kind === "key");
  const numbers = mentions.filter((one) => one.kind === "number");
  const [key] = keys;
  if (key && keys.length === 1) {
    const between = (index: number) => sentence.slice(Math.min(key.index, index), Math.max(key.index, index));
    const near = numbers.filter(
      ({ index }) => !JOINS.test(between(index).slice(key.index < index ? key.key.length : 0)),
    );
    const pairs = near.map(({ number }) => ({ key: key.key, number }));
    return pairs.some(({ key, number }) => belongsTo(number, key, result)) ? [] : pairs; // the others are compared with it
  }
  if (keys.length !== numbers.length || new Set(keys.map(({ key }) => key)).size !== keys.length) return [];
  const order = mentions.map(({ kind }) => kind[0]).join("");
  if (!/^((kn)+|(nk)+|k+n+)$/.test(order)) return [];
  return keys.map(({ key }, i) => ({ key, number: numbers[i]!.number }));
}

/** The one key of a clause that says "most" or "lowest" has to be at that end of one of the measures. */
function wrongSuperlative(sentence: string, { result, language, asked }: Said): string[] {
  if (language.unsure.test(sentence) || NEGATION.test(sentence)) return [];
  const whole = clausesWith(sentence, result, language);
  return whole.flatMap((clause) => {
    const isMost = language.most.test(clause);
    if (isMost === language.least.test(clause)) return [];
    const keys = new Set(mentionsIn(clause, result, asked).flatMap((one) => (one.kind === "key" ? [one.key] : [])));
    const [key] = keys;
    if (key === undefined || keys.size !== 1) return [];
    const at = (measure: string) => {
      const values = result.rows.flatMap(({ values }) => values.get(measure) ?? []);
      const end = isMost ? Math.max(...values) : Math.min(...values);
      return rowsWith(result, key).some(({ values }) => values.get(measure) === end);
    };
    return result.measures.some(at) ? [] : [extremeOf(result, isMost, key)];
  });
}

/** The sentence itself where it names one key, else its clauses. */
function clausesWith(sentence: string, result: KeyedResult, { most, least }: Language): readonly string[] {
  const keys = new Set(mentionsIn(sentence, result).flatMap((one) => (one.kind === "key" ? [one.key] : [])));
  if (keys.size <= 1) return [sentence];
  const clauses = sentence.split(CLAUSE_END);
  const says = clauses.filter((clause) => most.test(clause) || least.test(clause));
  return says.length === keys.size ? says : []; // "the three highest are A, B and C" says nothing of one of them
}

function extremeOf({ rows, measures }: KeyedResult, isMost: boolean, key: string): string {
  const measure = measures.length === 1 ? measures[0]! : undefined;
  if (measure === undefined) return `${key} is ${isMost ? "highest" : "lowest"} in none of ${measures.join(", ")}`;
  const sorted = rows
    .filter(({ values }) => values.has(measure))
    .sort((a, b) => (a.values.get(measure)! - b.values.get(measure)!) * (isMost ? -1 : 1));
  const [end] = sorted;
  return `the ${isMost ? "highest" : "lowest"} ${measure} is ${end?.values.get(measure)}, of ${end?.keys.join(", ")}, not of ${key}`;
}

/** "A has more than B": two keys, one on each side. */
function wrongComparison(sentence: string, { result, language, asked }: Said): string[] {
  if (NEGATION.test(sentence)) return [];
  const isMore = language.moreThan?.exec(sentence);
  const isLess = language.lessThan?.exec(sentence);
  const said = isMore ?? isLess;
  if (!said || (isMore && isLess)) return [];
  const keys = mentionsIn(sentence, result, asked).filter((one) => one.kind === "key");
  const [first, second] = keys;
  if (keys.length !== 2 || !first || !second || first.key === second.key) return [];
  if (first.index > said.index || second.index < said.index + said[0].length) return [];
  const sign = isMore ? 1 : -1;
  const holds = result.measures.some((measure) => {
    const [a, b] = [first, second].map(({ key }) =>
      rowsWith(result, key).flatMap(({ values }) => values.get(measure) ?? []),
    );
    return a!.some((one) => b!.some((other) => sign * (one - other) > 0));
  });
  const word = isMore ? "more" : "less";
  return holds ? [] : [`${first.key} has not ${word} than ${second.key} in ${result.measures.join(", ")}`];
}

/** "It rose": of years or months, the last is over the first, or a line through all of them goes up. */
function wrongTrend(sentence: string, { result, language, asked }: Said): string[] {
  const isUp = language.rises.test(sentence);
  const [measure] = result.measures;
  if (isUp === language.falls.test(sentence) || NEGATION.test(sentence) || measure === undefined) return [];
  if (!result.isOverTime || !result.isWhole || result.measures.length > 1) return [];
  const rows = [...result.rows].sort((a, b) => a.keys[0]!.localeCompare(b.keys[0]!, "en", { numeric: true }));
  const values = rows.flatMap(({ values }) => values.get(measure) ?? []);
  const keys = mentionsIn(sentence, result, asked).flatMap((one) => (one.kind === "key" ? [one.key] : []));
  const ends = [rows[0]?.keys[0], rows.at(-1)?.keys[0]];
  if (values.length < 2 || values.length < rows.length || keys.some((key) => !ends.includes(key))) return [];
  const sign = isUp ? 1 : -1;
  const change = sign * (values.at(-1)! - values[0]!);
  if (change > 0 || sign * slope(values) > 0) return [];
  return [`${measure} goes from ${values[0]} in ${ends[0]} to ${values.at(-1)} in ${ends[1]}`];
}

function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  return values.reduce((sum, value, i) => sum + (i - middle) * value, 0);
}

/** "5 regions", where the result has 4: more of them than there are. */
function wrongCount(sentence: string, { result, asked }: Said): string[] {
  if (!result.isWhole) return [];
  return numbersIn(sentence).flatMap((number) => {
    const [count] = number.readings;
    const noun = /^\s?(\p{L}+)/u.exec(sentence.slice(number.index + number.text.length))?.[1]?.toLowerCase() ?? "";
    const isKey = result.keyColumns.some((name) => isPluralOf(noun, name.toLowerCase()));
    const isMore = count !== undefined && Number.isInteger(count) && count > result.rowCount;
    if (!isKey || !isMore || asked.includes(count)) return [];
    const isValue = result.rows.some(({ values }) => [...values.values()].some((value) => isExactly(number, value)));
    return isValue ? [] : [`the result has ${result.rowCount} rows, not ${number.text}`];
  });
}

/** regions of region, countries of country */
function isPluralOf(noun: string, name: string): boolean {
  return noun === name || noun === `${name}s` || (name.length >= 5 && noun.startsWith(name.slice(0, -1)));
}

/** Several rows told as one number, without saying whose it is, or as that of all of them. */
function oneNumberOfMany(answer: string, { result, language, asked }: Said): string[] {
  const mentions = mentionsIn(answer, result, asked);
  const [only, ...more] = mentions.filter(({ kind }) => kind === "number");
  const keys = new Set(mentions.flatMap((one) => (one.kind === "key" ? [one.key] : [])));
  if (result.rows.length < 2 || keys.size === 1 || only?.kind !== "number" || more.length > 0) return [];
  const compares = language.unsure.test(answer) || language.moreThan?.test(answer) || language.lessThan?.test(answer);
  if (keys.size > 1 && (compares || NEGATION.test(answer))) return []; // whose it is may be said in other words
  const others = numbersIn(answer).filter(({ index }) => index !== only.index);
  const isAsked = (number: WrittenNumber) => asked.some((value) => isExactly(number, value));
  if (!others.every(isAsked)) return []; // how it was computed is told, too
  const owners = result.rows.filter(({ values }) =>
    [...values.values()].some((value) => isExactly(only.number, value)),
  );
  const isEnd = (language.most.test(answer) || language.least.test(answer)) && !language.each.test(answer);
  const [owner] = owners;
  if (owners.length !== 1 || !owner || isEnd || isExactly(only.number, result.rowCount)) return [];
  if (keys.size === 0 && !owner.keys.every((key) => isPlainKey(key) || !maySay(key, answer, others))) return [];
  return [`the result has ${result.rowCount} rows, and ${only.number.text} is of ${owner.keys.join(", ")} only`];
}

/** "The tallest of each group is Ann", of three groups. */
function oneKeyOfEach(answer: string, { result, language, asked }: Said): string[] {
  const [only, ...others] = mentionsIn(answer, result, asked);
  if (only?.kind !== "key" || others.length > 0 || !language.each.test(answer) || NEGATION.test(answer)) return [];
  const isOneOfMany = result.rows.length > 1 && rowsWith(result, only.key).length === 1;
  return isOneOfMany ? [`the result has ${result.rowCount} rows, and ${only.key} is of one only`] : [];
}

/** A number or a single letter may be the key; a date, true and NULL may be told in other words. */
function maySay(key: string, answer: string, numbers: readonly WrittenNumber[]): boolean {
  if (/^-?\d+(\.\d+)?$/.test(key)) return numbers.some((number) => isExactly(number, Number(key)));
  return key.length > 1 || new RegExp(`(?<!\\p{L})${escapeRegExp(key)}(?!\\p{L})`, "u").test(answer);
}
