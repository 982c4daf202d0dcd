/** The word of `words` that takes the fewest edits to become `word`, whatever its case. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const distances = words.map((candidate) => editDistance(candidate.toLowerCase(), word.toLowerCase()));
  return words[distances.indexOf(Math.min(...distances))];
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
