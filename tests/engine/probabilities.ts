import type { SamplingOptions } from "../../engine/index.ts";

/** Options of every kind. */
export const DRAWN_WITH: readonly SamplingOptions[] = [
  { temperature: 1 },
  { temperature: 0.5 },
  { temperature: 2 },
  { temperature: 1, topK: 5 },
  { temperature: 1, topP: 0.8 },
  { temperature: 1, minP: 0.1 },
  { temperature: 1.3, topK: 20, topP: 0.9, minP: 0.05 },
  { temperature: 1, topK: 1 },
  { temperature: 1, topP: 0.0001 },
];

/** The slow obvious twin: the probabilities that tokens are drawn with. */
export function probabilities(
  logits: Float32Array,
  isAllowed: (token: number) => boolean,
  { temperature = 1, topK = 0, topP = 1, minP = 0 }: SamplingOptions,
): Map<number, number> {
  let kept = [...logits.entries()]
    .filter(([token]) => isAllowed(token))
    .map(([token, logit]) => ({ token, weight: Math.exp(logit / temperature) }))
    .sort((a, b) => b.weight - a.weight);
  const total = () => kept.reduce((sum, { weight }) => sum + weight, 0);
  if (topK > 0) kept = kept.slice(0, topK);
  const all = total();
  let before = 0;
  kept = kept.filter(({ weight }) => {
    const isInside = before < topP * all;
    before += weight;
    return isInside;
  });
  kept = kept.filter(({ weight }) => weight >= minP * kept[0]!.weight);
  const rest = total();
  return new Map(kept.map(({ token, weight }) => [token, weight / rest]));
}

const LEAST_EXPECTED = 5; // draws of a token, below which it is counted together with others
const DEVIATIONS = 4.5; // chance lets one in 300,000 tests fail; with fixed seeds it fails always or never

/** Pearson's chi-square test, its bound by Wilson and Hilferty (1931). Fails too where a token was drawn that has no chance. */
export function expectDrawnFrom(expected: ReadonlyMap<number, number>, drawn: readonly number[]): void {
  const counts = new Map<number, number>();
  for (const token of drawn) counts.set(token, (counts.get(token) ?? 0) + 1);
  const stranger = drawn.find((token) => !expected.has(token));
  if (stranger !== undefined) throw new Error(`token ${stranger} was drawn, and has no chance`);

  const cells: { expected: number; count: number }[] = [];
  const rest = { expected: 0, count: 0 };
  for (const [token, probability] of expected) {
    const cell = { expected: probability * drawn.length, count: counts.get(token) ?? 0 };
    if (cell.expected >= LEAST_EXPECTED) {
      cells.push(cell);
      continue;
    }
    rest.expected += cell.expected;
    rest.count += cell.count;
  }
  if (rest.expected > 0) cells.push(rest);
  const freedom = cells.length - 1;
  if (freedom === 0) return;
  const chiSquare = cells.reduce((sum, cell) => sum + (cell.count - cell.expected) ** 2 / cell.expected, 0);
  const bound = freedom * (1 - 2 / (9 * freedom) + DEVIATIONS * Math.sqrt(2 / (9 * freedom))) ** 3;
  if (chiSquare > bound) throw new Error(`chi-square ${chiSquare.toFixed(1)}, ${bound.toFixed(1)} at most`);
}
