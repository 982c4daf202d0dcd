/** A token's experts, the best first, and what each one's result counts. */
export function chooseExperts(
  scores: readonly number[],
  count: number,
  isNormalized: boolean,
): { readonly expert: number; readonly weight: number }[] {
  const most = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - most));
  const chosen = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, count);
  const sum = (isNormalized ? chosen.map((expert) => weights[expert]!) : weights).reduce((a, b) => a + b, 0);
  return chosen.map((expert) => ({ expert, weight: weights[expert]! / sum }));
}
