// Which of several files of one kind a question means by the part of their names that they do not share: 2023 of
// bookings_2023.csv, oslo of sales_oslo.csv, 上半年 of 课程_上半年.csv.
import { wholeWord } from "../../escape-regexp.ts";
import { withoutAccents } from "../../name-words.ts";
import type { TableInfo } from "../../sessions/session.ts";
import { fileOf } from "../../sessions/table-info.ts";
import { monthNumber } from "../../tables/month-names.ts";

const YEAR_MONTH = /(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])(?:\d\d)?(?!\d)/g; // 202401, 20240131
const WORD = /\d+|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+|\p{Script=Latin}+\d*|\p{L}+/gu;
const HAN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
const LEAST = { letters: 3, han: 2 }; // of a word that is said for certain

export interface SaidFile {
  readonly name: string;
  readonly said: string; // what the question says of it
  /** A number of one digit may count something else, and "may" may be no month. */
  readonly isCertain: boolean;
}

/** The files of which the question says most; none where it says as much of all of them. */
export function saidFiles({ files = [] }: TableInfo, question: string): SaidFile[] {
  const words = files.map((file) => wordsOf(file));
  const isShared = (word: string) => words.every((some) => some.includes(word));
  const text = withoutAccents(question);
  const found = files.map((name, i) => {
    const said = [...new Set(words[i])].filter((word) => !isShared(word) && says(text, word));
    return { name, said: said.join(" "), count: said.length, isCertain: said.some((word) => isCertain(word, text)) };
  });
  const most = Math.max(...found.map(({ count }) => count));
  const best = found.filter(({ count }) => count === most);
  return best.length === files.length ? [] : best.map(({ name, said, isCertain }) => ({ name, said, isCertain }));
}

/** Of a file's name without folder and ending, in lower case. */
function wordsOf(file: string): string[] {
  const bare = fileOf({ name: file }).replace(/^.*\/(?=[^/#]+)|(?:\.\w+)+(?=#|$)/g, "");
  return withoutAccents(bare.replace(YEAR_MONTH, "$1 $2")).match(WORD) ?? [];
}

function says(text: string, word: string): boolean {
  const month = monthOf(word);
  if (month !== undefined && monthsIn(text).includes(month)) return true;
  if (/^\d+$/.test(word)) return new RegExp(`(?<!\\d)0*${Number(word)}(?!\\d)`).test(text);
  return wholeWord(word).test(text);
}

function isCertain(word: string, text: string): boolean {
  if (monthOf(word) !== undefined) return !/^0?[1-9]$|^1[0-2]$/.test(word) || monthsIn(text).includes(monthOf(word)!);
  return word.length >= (HAN.test(word) ? LEAST.han : LEAST.letters);
}

function monthOf(word: string): number | undefined {
  return /^(?:0?[1-9]|1[0-2])$/.test(word) ? Number(word) : monthNumber(word);
}

/** "in March", 3月, 2024-03 */
function monthsIn(text: string): number[] {
  const names = text.replace(/(?<!\b(?:in|of|since|for|during) )\bmay\b/g, "").match(/\p{L}+/gu) ?? [];
  const numbers = [...text.matchAll(/(?<!\d)(1[0-2]|0?[1-9])\s*月|\d{4}-(0[1-9]|1[0-2])(?!\d)/g)];
  return [
    ...names.map((name) => monthNumber(name)),
    ...numbers.map(([, month, ofYear]) => Number(month ?? ofYear)),
  ].filter((month) => month !== undefined);
}
