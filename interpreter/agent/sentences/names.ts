// What an answer says of a result's names: one that it does not have, fewer or more than there are, or none.
import { escapeRegExp } from "../../escape-regexp.ts";
import type { Language } from "../../languages/index.ts";
import type { SqlResult } from "../../sessions/session.ts";
import { cardinalsIn, numbersIn } from "./numbers-in-text.ts";

const AND_NAME = /^,?\s(?:and|y|et)\s+(\p{Lu}[\p{L}\p{N}-]+)/u; // German writes all nouns with a capital
const MAX_COUNTED = 12; // rows that are counted in words
const LEAST_NAME = 2; // UTF-16 units

interface Asked {
  readonly question: string;
  readonly language: Language; // of the answer
}

/** Only where all rows are here. @returns facts against the answer */
export function wrongNames(answer: string, table: SqlResult, asked: Asked): string[] {
  const { columns, rows, rowCount } = table;
  if (rows.length < rowCount || rowCount < 2) return [];
  const cells = rows.map((row) => columns.map(({ name }) => row[name]));
  const names = cells.flat().flatMap((cell) => (typeof cell === "string" && cell.length >= LEAST_NAME ? [cell] : []));
  const unknown = unknownNames(answer, names, `${asked.question} ${columns.map(({ name }) => name).join(" ")}`);
  const isListOnly = columns.length === 1 && names.length === rowCount;
  return unknown.length > 0 || !isListOnly ? unknown : otherCount(answer, names, asked);
}

/** "Ann and Carl", where there is no Carl. */
function unknownNames(answer: string, names: readonly string[], known: string): string[] {
  const all = [...names, known].join(" ").toLowerCase();
  return names.flatMap((name) =>
    [...answer.matchAll(new RegExp(`(?<!\\p{L})${escapeRegExp(name)}`, "giu"))].flatMap(({ 0: found, index }) => {
      const next = AND_NAME.exec(answer.slice(index + found.length))?.[1];
      return next === undefined || all.includes(next.toLowerCase()) ? [] : [`the result has no ${next}`];
    }),
  );
}

/** "Only Ann", "three: ...", "none", of a list of two. */
function otherCount(answer: string, names: readonly string[], { question, language }: Asked): string[] {
  const text = answer.toLowerCase();
  const named = new Set(names.filter((name) => text.includes(name.toLowerCase())));
  const bare = names.reduce((left, name) => left.replaceAll(new RegExp(escapeRegExp(name), "gi"), " "), answer);
  const asked = [...numbersIn(question).flatMap(({ readings }) => readings), ...cardinalsIn(question, [language])];
  const counts = [...numbersIn(bare).flatMap(({ readings }) => readings), ...cardinalsIn(bare, [language])];
  const [count] = counts.filter((one) => Number.isInteger(one) && one <= MAX_COUNTED && !asked.includes(one));
  const isNone = named.size === 0 && counts.length === 0 && isNegatedAtOnce(answer, language);
  const isOnly = named.size === 1 && counts.length === 0 && language.only.test(answer);
  const isOther = count !== undefined && !counts.includes(names.length);
  return isNone || isOnly || isOther ? [`the result has ${names.length} rows: ${names.slice(0, 3).join(", ")}`] : [];
}

/** "None of them", and not "No, ...". */
function isNegatedAtOnce(answer: string, { nothing }: Language): boolean {
  const beginning = /^[\p{L}']+\s+[\p{L}']+|^\p{Script=Han}{1,4}/u.exec(answer.trim())?.[0] ?? "";
  return nothing.test(beginning);
}
