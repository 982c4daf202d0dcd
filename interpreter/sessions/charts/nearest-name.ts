import { distance } from "fastest-levenshtein";

/** The most similar of `names`, whatever the case. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  const wanted = name.toLowerCase();
  const far = (candidate: string) => distance(wanted, candidate.toLowerCase());
  return [...names].sort((a, b) => far(a) - far(b))[0];
}
