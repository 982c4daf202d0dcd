// What an answer puts together that stands in no row: a plant and the day on which another was opened.
import type { Language } from "../../languages/index.ts";
import type { KeyedResult } from "../keyed-result.ts";
import { keysIn, rowsWith } from "./mentions.ts";
import { NEGATION } from "./negation.ts";
import { CLAUSE_END } from "./sentence-parts.ts";

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MAX_TOLD = 3; // days of a row's

/** Of clauses that name one row, and one day that is not of that row. */
export function wrongDays(sentence: string, result: KeyedResult, language: Language): string[] {
  if (result.keyColumns.length < 2 || !result.isWhole) return [];
  const compares = [language.moreThan, language.lessThan, COMPARES_DAYS];
  return sentence.split(CLAUSE_END).flatMap((clause) => {
    const keys = [...new Set(keysIn(clause, result).map(({ key }) => key))];
    const [day, ...days] = keys.filter((key) => DAY.test(key));
    const [key, ...others] = keys.filter((one) => !DAY.test(one));
    if (day === undefined || key === undefined || days.length + others.length > 0) return [];
    if (NEGATION.test(clause) || language.nothing.test(clause) || compares.some((words) => words?.test(clause)))
      return [];
    const own = rowsWith(result, key).flatMap((row) => row.keys.filter((one) => DAY.test(one)));
    return own.length === 0 || own.includes(day)
      ? []
      : [`${day} is not of ${key}, which has ${own.slice(0, MAX_TOLD).join(", ")}`];
  });
}

export const COMPARES_DAYS =
  /(?<!\p{L})(?:before|after|until|till|since|earlier|later|between|vor|nach|bis|seit|zwischen|früher|später|avant|après|depuis|jusqu|entre|antes|después|desde|hasta)(?!\p{L})|之?前|之?后|以前|以後|以降/iu;
