// Two rows, of those that have something and of those that have not: survived 0 and 1. A sentence tells them by the column's
// name, by its opposite, or by a denial.
import type { KeyedResult } from "../keyed-result.ts";
import { isExactly, numbersIn, type WrittenNumber } from "./numbers-in-text.ts";
import { CLAUSE_END } from "./sentence-parts.ts";

const YES = /^(?:1|true|yes|y|ja|oui|sí|是|はい)$/i;
const NO = /^(?:0|false|no|n|nein|non|否|いいえ)$/i;
const DENIAL = /\b(?:not|no|never|nicht|nie|kein\w*|pas|without|ohne|sans|sin)\b|n't\b|没有|不|未|ない|ません/i;
const LEAST_STEM = 4; // letters

/** How the column's name and words for it begin, and what the others did. */
const OPPOSITES: readonly (readonly [RegExp, RegExp])[] = [
  [
    /^(?:surviv|alive|überleb|vivo)/i,
    /\b(?:died|dead|perished|drowned|killed|starben|gestorben|umgekommen|morts?|mortes?|décéd\w+|murieron|muertos?)\b|死|遇难|亡/iu,
  ],
  [/^(?:return)/i, /\bkept\b/i],
  [/^(?:paid|bezahlt)/i, /\b(?:unpaid|open|owed|unbezahlt|offen\w*)\b/i],
  [/^(?:pass)/i, /\bfail(?:ed|ures?)\b/i],
  [/^(?:active|aktiv)/i, /\b(?:inactive|inaktiv\w*)\b/i],
  [/^(?:churn|cancel)/i, /\b(?:stayed|kept|remained)\b/i],
  [/^(?:employ)/i, /\b(?:unemployed|jobless)\b/i],
];

/** "549 survived", of the row that says they did not. */
export function wrongYesOrNo(sentence: string, result: KeyedResult): string[] {
  return placedIn(sentence, result).flatMap(({ number, own, other }) => {
    if (isExactly(number, own.value) || !isExactly(number, other.value)) return [];
    return [`${number.text} is of ${result.keyColumns[0]} = ${other.key}`];
  });
}

/** Whether a number is said of those that have it, or of those that have not. */
export function tellsYesOrNo(answer: string, result: KeyedResult): boolean {
  return placedIn(answer, result).length > 0;
}

interface Placed {
  readonly number: WrittenNumber;
  readonly own: YesOrNo; // the row that the clause speaks of
  readonly other: YesOrNo;
}

interface YesOrNo {
  readonly key: string;
  readonly value: number;
}

function placedIn(sentence: string, result: KeyedResult): Placed[] {
  const rows = yesAndNo(result);
  const [column = ""] = result.keyColumns;
  const [, stem = ""] = /^(?:(?:is|has|was)_)?(.*?)(?:ed|d|t|en)?$/.exec(column.toLowerCase()) ?? [];
  if (rows === undefined || stem.length < LEAST_STEM) return [];
  const [same, opposite] = OPPOSITES.find(([name]) => name.test(stem)) ?? [];
  let isNamed = false; // before, and "549 did not" says the rest
  return sentence.split(CLAUSE_END).flatMap((clause) => {
    const [number, ...others] = numbersIn(clause);
    const words = clause.match(/\p{L}+/gu) ?? [];
    const isNamedHere = clause.toLowerCase().includes(stem) || words.some((word) => same?.test(word));
    const isDenied = DENIAL.test(clause);
    const isOpposite = opposite?.test(clause) === true;
    isNamed ||= isNamedHere;
    const isClear = [isNamedHere, isOpposite, isNamed && isDenied && !isNamedHere].filter(Boolean).length === 1;
    if (!number || others.length > 0 || !isClear || (isOpposite && isDenied)) return [];
    const isYes = isNamedHere && !isDenied;
    return [{ number, own: isYes ? rows.yes : rows.no, other: isYes ? rows.no : rows.yes }];
  });
}

function yesAndNo({ rows, keyColumns, measures, isWhole }: KeyedResult): Record<"yes" | "no", YesOrNo> | undefined {
  const [measure = ""] = measures;
  if (!isWhole || rows.length !== 2 || keyColumns.length !== 1 || measures.length !== 1) return undefined;
  const rowOf = (words: RegExp) => {
    const row = rows.find(({ keys }) => words.test(keys[0]!));
    const value = row?.values.get(measure);
    return row === undefined || value === undefined ? undefined : { key: row.keys[0]!, value };
  };
  const [yes, no] = [rowOf(YES), rowOf(NO)];
  return yes === undefined || no === undefined || yes.value === no.value ? undefined : { yes, no };
}
