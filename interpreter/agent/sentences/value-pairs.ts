// Which number a sentence gives to which row: "A has 1 and B 2", "1 in A and 2 in B", "A and B have 1 and 2".
import type { Language } from "../../languages/index.ts";
import type { KeyedResult } from "../keyed-result.ts";
import { belongsTo, keysIn, keysOf, type Mention, mentionsIn, ownerOf, rowsWith } from "./mentions.ts";
import { isAbout, isExactly, numbersIn, type WrittenNumber } from "./numbers-in-text.ts";
import { boundNumbers } from "./said-bounds.ts";
import { ownWords, spelled, withoutNames } from "./said-measures.ts";
import { CLAUSE_END, JOINS } from "./sentence-parts.ts";

const LISTS = /^\s*(?:[,，、]|\band\b|\bund\b|\by\b|\bet\b|和|と|\s)+(?:the |la |le |el |den |die |der )?\s*$/iu;
const ENDS_LIST = /\b(?:and|und|y|et)\b|[和と、]/iu;
const SAYS =
  /^[\s:=]*(?:(?:is|of|was|are|were|ist|war|von|beträgt|est|de|es|at|a|an|about|approximately|rund)\s+|[はが为是約约])*$/iu;
const ONE_WORD = /^\s*(?:[%％]|\p{L}+)?\s*$/u; // between a number and "more than"

interface Said {
  readonly result: KeyedResult;
  readonly language: Language;
  readonly asked: readonly number[];
}

interface Pair {
  readonly key: string;
  readonly number: WrittenNumber;
}

/** Values that stand beside another row's key, beside another measure's name, or with the other sign. */
export function misplacedValues(sentence: string, { result, language, asked }: Said): string[] {
  const isBound = boundNumbers(sentence);
  const mentions = mentionsIn(sentence, result, asked).filter(
    (one) => one.kind === "key" || !(isBound(one.number) || isDifference(sentence, one.number, language)),
  );
  const ofNone = valuesOfNone(sentence, { result, asked });
  if (ofNone.length > 0) return ofNone;
  return pairsOf(sentence, mentions, result).flatMap(({ key, number }) => {
    if (belongsTo(number, key, result)) return withoutSign(sentence, number, key, { result, language });
    const owner = ownerOf(number, key, result);
    return owner === undefined ? [] : [`${number.text} is of ${owner}, not of ${key}`];
  });
}

/** A number in a clause about a row that has none. */
function valuesOfNone(sentence: string, { result, asked }: Pick<Said, "result" | "asked">): string[] {
  return sentence.split(CLAUSE_END).flatMap((clause) => {
    const keys = keysIn(clause, result);
    const [key] = keys;
    const rows = key && keys.length === 1 ? rowsWith(result, key.key) : [];
    if (!key || rows.length === 0 || rows.some(({ values }) => values.size > 0)) return [];
    const isInKey = ({ index }: WrittenNumber) => index >= key.index && index < key.index + key.length;
    const number = numbersIn(clause).find((one) => !isInKey(one) && !asked.some((value) => isExactly(one, value)));
    return number ? [`${key.key} has no value, and not ${number.text}`] : [];
  });
}

/** "50 more than": how far two are apart, and the value of none. */
export function isDifference(sentence: string, { index, text }: WrittenNumber, language: Language): boolean {
  const behind = sentence.slice(index + text.length);
  return [language.moreThan, language.lessThan].some((compares) => {
    const at = compares?.exec(behind)?.index ?? Number.NaN;
    return Number.isFinite(at) && ONE_WORD.test(behind.slice(0, at));
  });
}

function pairsOf(sentence: string, mentions: readonly Mention[], result: KeyedResult): Pair[] {
  const keys = mentions.filter((one) => one.kind === "key");
  const [key] = keys;
  if (key && keys.length === 1) return pairsOfOne(sentence, mentions, key, result);
  if (new Set(keys.map(({ key }) => key)).size !== keys.length) return [];
  const runs = runsOf(mentions);
  const isKeyFirst = runs[0]?.[0]?.kind === "key";
  return runs.flatMap((run, i) => {
    const next = runs[i + 1];
    if (i % 2 === 1 || !next) return [];
    return isKeyFirst ? pairsOfRuns(sentence, run, next, result) : pairsOfRuns(sentence, next, run, result);
  });
}

/** Where a sentence names one row, its other numbers may be compared with it. */
function pairsOfOne(
  sentence: string,
  mentions: readonly Mention[],
  { key, index, length }: Extract<Mention, { kind: "key" }>,
  result: KeyedResult,
): Pair[] {
  const between = (at: number) => sentence.slice(Math.min(index, at), Math.max(index, at));
  const near = mentions.filter(
    (one) => one.kind === "number" && !JOINS.test(between(one.index).slice(index < one.index ? length : 0)),
  );
  const pairs = near.flatMap((one) => (one.kind === "number" ? [{ key, number: one.number }] : []));
  const own = pairs.find(({ key, number }) => belongsTo(number, key, result));
  return own ? [own] : pairs;
}

function pairsOfRuns(
  sentence: string,
  keyRun: readonly Mention[],
  numberRun: readonly Mention[],
  result: KeyedResult,
): Pair[] {
  const keys = keysOf(keyRun);
  const numbers = numberRun.flatMap((one) => (one.kind === "number" ? [one.number] : []));
  const [only] = numbers;
  if (keys.length === numbers.length) return keys.map(({ key }, i) => ({ key, number: numbers[i]! }));
  if (keys.length === 1) {
    const pairs = numbers.map((number) => ({ key: keys[0]!.key, number }));
    return pairs.some(({ key, number }) => belongsTo(number, key, result)) ? [] : pairs;
  }
  if (!only || numbers.length > 1 || !isList(sentence, keys)) return [];
  return keys.map(({ key }) => ({ key, number: only })); // "A, B and C have 12 each"
}

export function isList(
  sentence: string,
  keys: readonly { readonly length: number; readonly index: number }[],
): boolean {
  const joints = keys.slice(1).map(({ index }, i) => sentence.slice(keys[i]!.index + keys[i]!.length, index));
  return joints.every((joint) => LISTS.test(joint)) && ENDS_LIST.test(joints.at(-1) ?? "");
}

/** Keys and numbers in turn, as many of each as stand together. */
function runsOf(mentions: readonly Mention[]): Mention[][] {
  const runs: Mention[][] = [];
  for (const one of mentions) {
    if (runs.at(-1)?.[0]?.kind === one.kind) runs.at(-1)!.push(one);
    else runs.push([one]);
  }
  return runs;
}

function withoutSign(
  sentence: string,
  number: WrittenNumber,
  key: string,
  { result, language }: Pick<Said, "result" | "language">,
): string[] {
  const values = rowsWith(result, key).flatMap(({ values }) => [...values.values()]);
  const own = values.filter((value) => isExactly(number, value));
  return own.length > 0 ? lostSign(sentence, number, own, language) : [];
}

/** A negative number without its sign, and without a word for it; or a rise that is a fall. */
export function lostSign(
  sentence: string,
  { text }: WrittenNumber,
  values: readonly number[],
  { loses, rises, falls }: Language,
): string[] {
  const isTold = /^[-−]/.test(text) ? !values.some((value) => value < 0) : values.every((value) => value < 0);
  const isWorded = !/^[-−]/.test(text) && (loses.test(sentence) || falls.test(sentence)) && !rises.test(sentence);
  return isTold && !isWorded ? [`the number is ${values[0]}, not ${text}`] : [];
}

/** A number beside the name of one value of a row, which is the number of another: "its mean is 80" of the maximum. */
export function misnamedValues(
  sentence: string,
  values: ReadonlyMap<string, number>,
  numbers: readonly WrittenNumber[],
) {
  const names = [...values.keys()];
  const says = (between: string) => SAYS.test(withoutNames(between, names));
  const named = names.flatMap((name) =>
    ownWords(name, names).flatMap((word) => [...sentence.matchAll(spelled(word))].map((found) => ({ name, found }))),
  );
  return named.flatMap(({ name, found: { 0: word, index } }) =>
    numbers.flatMap((number) => {
      const end = number.index + number.text.length;
      const isBehind = number.index > index && says(sentence.slice(index + word.length, number.index));
      const isBefore = end < index && /^\s?$/.test(sentence.slice(end, index));
      if ((!isBehind && !isBefore) || isAbout(number, values.get(name)!)) return [];
      const owner = names.find((one) => isExactly(number, values.get(one)!));
      return owner === undefined ? [] : [`${number.text} is ${owner}, not ${name}`];
    }),
  );
}
