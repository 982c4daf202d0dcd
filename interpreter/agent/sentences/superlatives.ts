// What an answer says of the ends of an order: the highest, not the lowest, the best.
import type { Language } from "../../languages/index.ts";
import type { KeyedResult } from "../keyed-result.ts";
import { withoutDeniedKeys } from "./denied-keys.ts";
import { type KeyMention, keysIn, numbersOf, rowsWith, valuesOf } from "./mentions.ts";
import { NEGATION } from "./negation.ts";
import { measuresSaid } from "./said-measures.ts";
import { CLAUSE_END } from "./sentence-parts.ts";

interface Said {
  readonly result: KeyedResult;
  readonly language: Language;
}

/** The one key of a clause that says "most" or "lowest" has to be at that end of the measure. */
export function wrongSuperlative(written: string, { result, language }: Said): string[] {
  const sentence = withoutDeniedKeys(written, result);
  const bare = withoutKeys(sentence, keysIn(sentence, result)); // "third class" is no third place
  if (language.unsure.test(bare) || NEGATION.test(bare)) return [];
  const whole = clausesWith(sentence, result, language);
  const known = new Set(keysIn(sentence, result).map(({ key }) => key));
  return whole
    .flatMap((clause) => endsOf(clause, language))
    .flatMap((clause) => {
      const isMost = language.most.test(clause);
      if (isMost === language.least.test(clause)) return [];
      const own = new Set(keysIn(clause, result).map(({ key }) => key));
      const keys = own.size === 0 && known.size === 1 ? known : own;
      const [key] = keys;
      if (key === undefined || keys.size !== 1) return [];
      const measures = measuresSaid(clause, result.measures);
      const isAt = (measure: string) => {
        const values = valuesOf(result.rows, measure);
        const end = isMost ? Math.max(...values) : Math.min(...values);
        return rowsWith(result, key).some(({ values }) => values.get(measure) === end);
      };
      return measures.some(isAt) ? [] : [extremeOf({ ...result, measures }, isMost, key)];
    });
}

/** "The highest sales and the lowest returns" says two things of one row. */
function endsOf(clause: string, { most, least }: Language): string[] {
  return most.test(clause) && least.test(clause) ? clause.split(CLAUSE_END) : [clause];
}

export function withoutKeys(sentence: string, keys: readonly KeyMention[]): string {
  return keys.reduceRight(
    (left, { index, length }) => `${left.slice(0, index)} ${left.slice(index + length)}`,
    sentence,
  );
}

/** The sentence itself where it names one key, else its clauses. */
function clausesWith(sentence: string, result: KeyedResult, { most, least }: Language): readonly string[] {
  const keys = new Set(keysIn(sentence, result).map(({ key }) => key));
  if (keys.size <= 1) return [sentence];
  const clauses = sentence.split(CLAUSE_END);
  const says = clauses.filter((clause) => most.test(clause) || least.test(clause));
  return says.length === keys.size ? says : []; // "the three highest are A, B and C" says nothing of one of them
}

function extremeOf({ rows, measures }: Pick<KeyedResult, "rows" | "measures">, isMost: boolean, key: string): string {
  const measure = measures.length === 1 ? measures[0]! : undefined;
  if (measure === undefined) return `${key} is ${isMost ? "highest" : "lowest"} in none of ${measures.join(", ")}`;
  const sorted = rows
    .filter(({ values }) => values.has(measure))
    .sort((a, b) => (a.values.get(measure)! - b.values.get(measure)!) * (isMost ? -1 : 1));
  const [end] = sorted;
  return `the ${isMost ? "highest" : "lowest"} ${measure} is ${end?.values.get(measure)}, of ${end?.keys.join(", ")}, not of ${key}`;
}

/** "A is not the lowest", of the lowest: in each of the measures that may be meant, and with no other beside it. */
export function wrongDenial(sentence: string, { result, language }: Said): string[] {
  if (!result.isWhole) return [];
  return sentence.split(CLAUSE_END).flatMap((clause) => {
    const mentions = keysIn(clause, result);
    const [only, ...others] = mentions;
    if (!only || others.length > 0) return [];
    const bare = withoutKeys(clause, mentions);
    const measures = measuresSaid(clause, result.measures);
    return ([true, false] as const).flatMap((isMost) => {
      const marked = bare.replace(isMost ? language.most : language.least, "#");
      if (marked === bare || !language.deniesEnd.test(marked)) return [];
      const isAlone = (measure: string) => {
        const values = valuesOf(result.rows, measure);
        const end = isMost ? Math.max(...values) : Math.min(...values);
        return numbersOf(result, only.key, measure).includes(end) && values.filter((one) => one === end).length === 1;
      };
      return measures.every(isAlone)
        ? [`${only.key} is the ${isMost ? "highest" : "lowest"} in ${measures.join(", ")}`]
        : [];
    });
  });
}

/** "The best is A": what is best may be the highest or the lowest, and is no other. */
export function wrongBest(sentence: string, { result, language }: Said): string[] {
  const mentions = keysIn(sentence, result);
  const [only, ...others] = mentions;
  if (!only || others.length > 0 || !result.isWhole) return [];
  const bare = withoutKeys(sentence, mentions);
  if (!language.best.test(bare) || language.unsure.test(bare) || NEGATION.test(bare)) return [];
  const measures = measuresSaid(sentence, result.measures);
  const isEnd = (measure: string) => {
    const all = valuesOf(result.rows, measure);
    return numbersOf(result, only.key, measure).some((own) => own === Math.max(...all) || own === Math.min(...all));
  };
  return measures.some(isEnd) ? [] : [`${only.key} is at neither end of ${measures.join(", ")}`];
}

/** "Nobody has more than A": A has the most. */
export function wrongNobody(sentence: string, { result, language }: Said): string[] {
  const [only, ...others] = keysIn(sentence, result);
  const [first = ""] = sentence.trim().split(/\s+/);
  const isMore = language.moreThan?.test(sentence) === true;
  const isLess = language.lessThan?.test(sentence) === true;
  if (!only || others.length > 0 || isMore === isLess || !language.nothing.test(first)) return [];
  const measures = measuresSaid(sentence, result.measures);
  const isEnd = (measure: string) => {
    const all = valuesOf(result.rows, measure);
    return numbersOf(result, only.key, measure).includes(isMore ? Math.max(...all) : Math.min(...all));
  };
  return measures.some(isEnd) ? [] : [extremeOf({ ...result, measures }, isMore, only.key)];
}
