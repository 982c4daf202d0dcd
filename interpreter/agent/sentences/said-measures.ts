// Which of a result's measures a text speaks of, by the words of their names: "the mean price" is mean_price and no
// other where there is a max_price, too.

import { wholeWord } from "../../escape-regexp.ts";
import { withoutCamelCase } from "../../name-words.ts";

const LEAST_WORD = 3; // UTF-16 units of a word that tells one measure from another
const SAME: Readonly<Record<string, readonly string[]>> = {
  avg: ["average", "mean"],
  mean: ["average"],
  average: ["mean"],
  max: ["maximum"],
  min: ["minimum"],
};

/** The measures that a text names by the most words; all where it names none. */
export function measuresSaid(text: string, measures: readonly string[]): readonly string[] {
  const counted = measures.map((name) => wordsOf(name).filter((word) => isIn(word, text)).length);
  const most = Math.max(0, ...counted);
  return most === 0 ? measures : measures.filter((_, i) => counted[i] === most);
}

/** The measures that a text names by a word that no other has. */
export function measuresNamed(text: string, measures: readonly string[]): readonly string[] {
  return measures.filter((name) => ownWords(name, measures).some((word) => spelled(word).test(text)));
}

/** The words that one of these names has and the others have not. */
export function ownWords(name: string, names: readonly string[]): string[] {
  const others = names.filter((one) => one !== name).flatMap(wordsOf);
  return wordsOf(name)
    .filter((word) => !others.includes(word))
    .flatMap((word) => [word, ...(SAME[word] ?? []).filter((one) => !others.includes(one))]);
}

function isIn(word: string, text: string): boolean {
  return [word, ...(SAME[word] ?? [])].some((one) => spelled(one).test(text));
}

/** A text without the words of these names: what stands between a name and its number. */
export function withoutNames(text: string, names: readonly string[]): string {
  return names.flatMap(wordsOf).reduce((left, word) => left.replace(spelled(word), " "), text);
}

/** Where a text has the word, or its plural. */
export function spelled(word: string): RegExp {
  const plural = /\p{Script=Latin}$/u.test(word) && !word.endsWith("s") ? "s?" : "";
  const { source, flags } = wholeWord(word);
  return new RegExp(source.replace(/\(\?!\[\\p\{Script=Latin\}\\p\{N\}_\]\)$/, `${plural}$&`), flags);
}

/** "meanPrice", "mean_price", "avg(price)" -> mean, price */
function wordsOf(name: string): string[] {
  const spaced = withoutCamelCase(name).toLowerCase();
  const words = spaced.match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.filter((word) => word.length >= LEAST_WORD || /\p{Script=Han}/u.test(word));
}
