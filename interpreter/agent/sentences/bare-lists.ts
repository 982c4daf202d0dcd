// Several values of a result in one list, without what they belong to: "941, 907 and 1065" of three years, which may
// stand in the result in another order than a reader takes them in.
import type { KeyedResult } from "../keyed-result.ts";
import { keysIn } from "./mentions.ts";
import { isExactly, numbersIn, type WrittenNumber } from "./numbers-in-text.ts";

const BETWEEN = /^(?:[,;，、]|\b(?:and|und|y|et)\b|和|と|\s)+$/iu;

/** @param asked numbers of the question @returns the lists, each as a line that the model can heed */
export function bareLists(answer: string, result: KeyedResult, asked: readonly number[]): string[] {
  const keys = new Set(keysIn(answer, result).map(({ key }) => key));
  const columns = columnsOf(result);
  return listsIn(answer).flatMap((list) => {
    const isAsked = list.every((number) => asked.some((value) => isExactly(number, value)));
    const isColumn = columns.some((values) => areAmong(list, values));
    if (isAsked || !isColumn || keys.size >= list.length) return [];
    return [`${list.map(({ text }) => text).join(", ")} are told without what each belongs to`];
  });
}

/** Numbers with nothing but commas and "and" between them, two or more. */
function listsIn(text: string): WrittenNumber[][] {
  const lists: WrittenNumber[][] = [];
  let end = 0;
  for (const number of numbersIn(text)) {
    const isNext = lists.length > 0 && BETWEEN.test(text.slice(end, number.index));
    if (isNext) lists.at(-1)!.push(number);
    else lists.push([number]);
    end = number.index + number.text.length;
  }
  return lists.filter((list) => list.length > 1);
}

function columnsOf({ rows, measures, keyColumns, isOverTime }: KeyedResult): number[][] {
  const ofKeys = isOverTime ? [] : keyColumns.map((_, i) => rows.map(({ keys }) => Number(keys[i]))); // years tell themselves
  return [...measures.map((name) => rows.map(({ values }) => values.get(name) ?? Number.NaN)), ...ofKeys];
}

/** Each of the numbers is another row's. */
function areAmong(list: readonly WrittenNumber[], values: readonly number[]): boolean {
  const left = [...values];
  return list.every((number) => {
    const at = left.findIndex((value) => Number.isFinite(value) && isExactly(number, value));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}
