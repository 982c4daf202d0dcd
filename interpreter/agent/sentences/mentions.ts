// Which rows and which numbers of a result a sentence names, in the order in which it names them.
import { wholeWord } from "../../escape-regexp.ts";
import { daySpellings } from "../../languages/times.ts";
import type { KeyedResult, KeyedRow } from "../keyed-result.ts";
import { isAbout, isExactly, numbersIn, type WrittenNumber } from "./numbers-in-text.ts";

const YEAR = /^[12]\d{3}$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

export interface KeyMention {
  readonly kind: "key";
  readonly key: string;
  readonly index: number;
  readonly length: number;
}

export type Mention = KeyMention | { readonly kind: "number"; readonly number: WrittenNumber; readonly index: number };

/** @param asked numbers of the question: they tell what was looked for, and not what was found */
export function mentionsIn(sentence: string, result: KeyedResult, asked: readonly number[] = []): Mention[] {
  const keys = keysIn(sentence, result);
  const isInKey = (index: number) => keys.some((one) => index >= one.index && index < one.index + one.length);
  const isFound = (number: WrittenNumber) =>
    result.rows.some((row) => ownNumbers(row, result).some((value) => isExactly(number, value))) &&
    !asked.some((value) => isExactly(number, value));
  const numbers = numbersIn(sentence)
    .filter((number) => !isInKey(number.index) && isFound(number))
    .map((number) => ({ kind: "number" as const, number, index: number.index }));
  return [...keys, ...numbers].sort((a, b) => a.index - b.index);
}

export function keysOf(mentions: readonly Mention[]): KeyMention[] {
  return mentions.flatMap((one) => (one.kind === "key" ? [one] : []));
}

/** A measure's values in the rows of a key. */
export function numbersOf(result: KeyedResult, key: string, measure: string): number[] {
  return valuesOf(rowsWith(result, key), measure);
}

export function valuesOf(rows: readonly KeyedRow[], measure: string): number[] {
  return rows.flatMap(({ values }) => values.get(measure) ?? []);
}

export function rowsWith({ rows }: KeyedResult, key: string): readonly KeyedRow[] {
  return rows.filter(({ keys }) => keys.some((one) => one.toLowerCase() === key.toLowerCase()));
}

/** A row's numbers, also as percentages and as shares of the whole. */
function ownNumbers(row: KeyedRow, { measures, rows, isWhole }: KeyedResult): number[] {
  return measures.flatMap((measure) => {
    const value = row.values.get(measure);
    if (value === undefined) return [];
    const sum = rows.reduce((total, { values }) => total + (values.get(measure) ?? 0), 0);
    return [
      value,
      ...(Math.abs(value) <= 1 ? [100 * value] : []),
      ...(isWhole && sum !== 0 ? [(100 * value) / sum] : []),
    ];
  });
}

/** Whether a number is one of the rows that have this key. */
export function belongsTo(number: WrittenNumber, key: string, result: KeyedResult): boolean {
  return rowsWith(result, key).some((row) => ownNumbers(row, result).some((value) => isAbout(number, value)));
}

/** The key of another row that has the number to its last digit. */
export function ownerOf(number: WrittenNumber, key: string, result: KeyedResult): string | undefined {
  const others = result.rows.filter((row) => !rowsWith(result, key).includes(row));
  return others.find((row) => ownNumbers(row, result).some((value) => isExactly(number, value)))?.keys.join(", ");
}

/** Keys that stand in the sentence as words of their own, the longest of those that begin alike; days also in words. */
export function keysIn(sentence: string, { rows, isOverTime }: KeyedResult): KeyMention[] {
  const keys = [...new Set(rows.flatMap(({ keys }) => keys))];
  const named = keys
    .filter((key) => (/\p{L}/u.test(key) && key.length > 1) || (isOverTime && YEAR.test(key)) || DAY.test(key))
    .flatMap((key) => (DAY.test(key) ? daySpellings(key) : [key]).map((text) => ({ key, text })))
    .sort((a, b) => b.text.length - a.text.length);
  const found: KeyMention[] = [];
  for (const { key, text } of named) {
    for (const { index } of sentence.matchAll(wholeWord(text))) {
      const { length } = text;
      const isTaken = found.some((one) => index < one.index + one.length && one.index < index + length);
      if (!isTaken) found.push({ kind: "key", key, index, length });
    }
  }
  return found.sort((a, b) => a.index - b.index);
}
