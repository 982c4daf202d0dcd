// What an answer says of one row as a part of all: half of them, nearly all, 79 %.

import type { Language } from "../../languages/index.ts";
import { NAMES_PERCENT, PERCENT_BEHIND } from "../../languages/percent.ts";
import type { KeyedResult } from "../keyed-result.ts";
import { keysIn, numbersOf, valuesOf } from "./mentions.ts";
import { NEGATION } from "./negation.ts";
import { isAbout, isExactly, numbersIn } from "./numbers-in-text.ts";
import { measuresSaid } from "./said-measures.ts";

interface Said {
  readonly result: KeyedResult;
  readonly language: Language;
}

export function wrongPart(sentence: string, { result, language }: Said): string[] {
  const part = partOf(sentence, result);
  if (part === undefined || NEGATION.test(sentence)) return [];
  const { key, value, share } = part;
  const said = language.parts.find(([words]) => words.test(sentence));
  if (said && !part.asShares.some((own) => own >= said[1] && own <= said[2]))
    return [`${key} has ${percentOf(share)} of all`];
  return numbersIn(sentence).flatMap((number) => {
    const isPercent = PERCENT_BEHIND.test(sentence.slice(number.index + number.text.length));
    const isCount = isPercent && Math.abs(value) > 1 && isExactly(number, value);
    return isCount && part.asShares.every((own) => !isAbout(number, 100 * own))
      ? [`${value} is no percentage: ${key} has ${percentOf(share)} of all`]
      : [];
  });
}

interface Part {
  readonly key: string;
  readonly value: number;
  readonly share: number; // of the sum of all rows
  readonly asShares: readonly number[]; // and what the value is, where it is a share itself
}

/** Of the one row that a sentence names, where its only measure can be added up. */
function partOf(sentence: string, result: KeyedResult): Part | undefined {
  const keys = [...new Set(keysIn(sentence, result).map(({ key }) => key))];
  const [measure, ...others] = measuresSaid(sentence, result.measures);
  const [key] = keys;
  if (!result.isWhole || measure === undefined || others.length > 0 || result.measures.length > 1 || !key)
    return undefined;
  const values = valuesOf(result.rows, measure);
  const [value, ...more] = numbersOf(result, key, measure);
  const sum = values.reduce((total, one) => total + one, 0);
  if (keys.length > 1 || value === undefined || more.length > 0 || sum <= 0 || values.some((one) => one < 0))
    return undefined;
  const share = value / sum;
  const isPercent = NAMES_PERCENT.test(measure);
  const own = values.every((one) => one <= 1) ? [value] : isPercent ? [value / 100] : [];
  return { key, value, share, asShares: [share, ...own] };
}

function percentOf(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
