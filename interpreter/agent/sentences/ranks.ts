// What an answer says of places in an order: the second, the last, followed by, and the numbers of a list.
import type { Language } from "../../languages/index.ts";
import type { KeyedResult } from "../keyed-result.ts";
import { keysIn, numbersOf, valuesOf } from "./mentions.ts";
import { NEGATION } from "./negation.ts";
import { measuresSaid } from "./said-measures.ts";
import { CLAUSE_END } from "./sentence-parts.ts";
import { withoutKeys } from "./superlatives.ts";

interface Said {
  readonly result: KeyedResult;
  readonly language: Language;
}

/** From the highest (1), from the lowest (-1), or either, since what is best may be the lowest. */
type Signs = readonly (1 | -1)[];

interface Rank {
  readonly place: number; // from 1
  readonly signs: Signs | undefined; // undefined: as the result is ordered
  readonly isLast?: true;
}

/** "A comes second", "has the third most", "comes last". */
export function wrongRank(sentence: string, { result, language }: Said): string[] {
  if (!result.isWhole || NEGATION.test(sentence)) return [];
  return sentence.split(CLAUSE_END).flatMap((clause) => {
    const keys = keysIn(clause, result);
    const [only] = keys;
    if (!only || keys.length !== 1) return [];
    const rank = rankIn(withoutKeys(clause, keys), result, language);
    if (!rank || rank.place > result.rowCount) return [];
    const measures = measuresSaid(clause, result.measures);
    const isAt = (measure: string) => {
      const values = valuesOf(result.rows, measure);
      return numbersOf(result, only.key, measure).some((own) =>
        (rank.signs ?? signsOf(result, measure)).some((sign) => {
          const before = values.filter((value) => sign * (value - own) > 0).length;
          const same = values.filter((value) => value === own).length;
          return rank.place > before && rank.place <= before + same;
        }),
      );
    };
    const told = rank.isLast ? "the last" : `number ${rank.place}`;
    return measures.some(isAt) ? [] : [`${only.key} is not ${told} of ${measures.join(", ")}`];
  });
}

function rankIn(clause: string, { rowCount }: KeyedResult, language: Language): Rank | undefined {
  const { words, end } = language.rankedEnds;
  for (const [i, ordinal] of words.entries()) {
    const bare = clause.replace(ordinal, end);
    const [isMost, isLeast] = [language.most.test(bare), language.least.test(bare)];
    if (bare !== clause && isMost !== isLeast) return { place: i + 2, signs: [isMost ? 1 : -1] };
  }
  const place = language.ranks.findIndex((words) => words.test(clause)) + 1;
  if (place > 0) return { place, signs: undefined };
  return language.last.test(clause) ? { place: rowCount, signs: undefined, isLast: true } : undefined;
}

/** The end from which the rows are shown, where they are ordered by the measure and not by their keys; else either. */
function signsOf(result: KeyedResult, measure: string): Signs {
  const keys = result.rows.map((row) => row.keys[0] ?? "");
  const byKey = [...keys].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const areByKey = [byKey, [...byKey].reverse()].some((sorted) => sorted.join("\n") === keys.join("\n"));
  const signs = ([1, -1] as const).filter((sign) => isOrdered(keys, measure, sign, result));
  return areByKey || signs.length !== 1 || new Set(keys).size < keys.length ? [1, -1] : signs;
}

/** "A leads, followed by B and C": from either end. */
export function wrongSequence(sentence: string, { result, language }: Said): string[] {
  if (!language.follows.test(sentence) || NEGATION.test(sentence)) return [];
  const keys = keysIn(sentence, result).map(({ key }) => key);
  if (keys.length < 2 || new Set(keys).size !== keys.length) return [];
  const measures = measuresSaid(sentence, result.measures);
  const wanted = language.least.test(sentence) ? [-1] : [1];
  const isSo = measures.some((measure) => wanted.some((sign) => isOrdered(keys, measure, sign, result)));
  return isSo ? [] : [`${keys.join(", ")} is not the order of ${measures.join(", ")}`];
}

/** A numbered list whose rows stand in no order of the result. */
export function wrongNumbering(answer: string, { result, language }: Said, isMostAsked: boolean): string[] {
  const items = answer.split("\n").filter((line) => /^\s*\d+[.)]\s/.test(line));
  const keys = items.flatMap((line) => {
    const [only, ...others] = keysIn(line, result);
    return only && others.length === 0 ? [only.key] : [];
  });
  if (keys.length < 2 || keys.length < items.length || new Set(keys).size !== keys.length) return [];
  const own = result.rows.map((row) => row.keys[0] ?? "").filter((key) => keys.includes(key));
  const isAsShown = own.join("\n") === keys.join("\n");
  const signs = isMostAsked && !language.least.test(answer) ? [1] : [1, -1];
  const isSo =
    isAsShown || result.measures.some((measure) => signs.some((sign) => isOrdered(keys, measure, sign, result)));
  return isSo ? [] : [`the order is ${own.join(", ")}`];
}

/** Whether each is not below the next, or for -1 not above it. */
function isOrdered(keys: readonly string[], measure: string, sign: number, result: KeyedResult): boolean {
  const values = keys.map((key) => numbersOf(result, key, measure)[0]);
  return values.every((value, i) => {
    const next = values[i + 1];
    return i + 1 >= values.length || (value !== undefined && next !== undefined && sign * (value - next) >= 0);
  });
}
