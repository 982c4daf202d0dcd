import { distance } from "fastest-levenshtein";

/** The word of `words` that takes the fewest edits to become `word`, whatever its case. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const distances = words.map((candidate) => distance(candidate.toLowerCase(), word.toLowerCase()));
  return words[distances.indexOf(Math.min(...distances))];
}
