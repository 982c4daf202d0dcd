import { distance } from "fastest-levenshtein";

const MAX_EDITS = 0.5; // of a word's characters: with more it is another word

/** The word of `words` that takes the fewest edits to become `word`, whatever its case. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const distances = words.map((candidate) => distance(candidate.toLowerCase(), word.toLowerCase()));
  return words[distances.indexOf(Math.min(...distances))];
}

/** "did you mean models? ", to be followed by what else helps; "" where no word is like it. */
export function didYouMean(word: string, words: readonly string[]): string {
  const meant = nearest(word, words);
  const isLike = meant !== undefined && distance(meant.toLowerCase(), word.toLowerCase()) <= MAX_EDITS * word.length;
  return isLike ? `did you mean ${meant}? ` : "";
}
