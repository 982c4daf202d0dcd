import type { SamplingOptions } from "../language-model.ts";
import { brokenLogits, highest } from "./distribution.ts";
import { createRandom } from "./random.ts";

/** Chooses tokens one after another; remembers them for the penalties. */
export interface Sampler {
  /** Changes `logits`. */
  choose(logits: Float32Array): number;
}

/** Greedy, with nothing that changes the logits: the adapter can choose by itself. */
export function isPlainGreedy(sampling: SamplingOptions): boolean {
  const { temperature = 0, repetitionPenalty = 1, presencePenalty = 0, frequencyPenalty = 0, logitBias } = sampling;
  const isUnchanged = repetitionPenalty === 1 && presencePenalty === 0 && frequencyPenalty === 0;
  return temperature === 0 && isUnchanged && (logitBias?.size ?? 0) === 0;
}

/**
 * In the order of transformers and vLLM: repetition penalty (over prompt and answer), presence and frequency penalty
 * (over the answer), bias, temperature, top-k, top-p, min-p.
 */
export function createSampler(
  sampling: SamplingOptions,
  prompt: readonly number[],
  isAllowed: (token: number) => boolean,
): Sampler {
  const { temperature = 0, logitBias } = sampling;
  const random = createRandom(sampling.seed);
  const seen = new Set(prompt);
  const generated = new Map<number, number>(); // how often

  function change(logits: Float32Array): void {
    const { repetitionPenalty = 1, presencePenalty = 0, frequencyPenalty = 0 } = sampling;
    if (repetitionPenalty !== 1) {
      for (const token of seen) {
        const logit = logits[token]!;
        logits[token] = logit > 0 ? logit / repetitionPenalty : logit * repetitionPenalty;
      }
    }
    for (const [token, count] of generated) logits[token]! -= presencePenalty + count * frequencyPenalty;
    for (const [token, bias] of logitBias ?? []) logits[token]! += bias;
  }

  return {
    choose(logits) {
      if (!logits.every(Number.isFinite)) throw brokenLogits();
      change(logits);
      const [best] = highest(logits, 1, isAllowed);
      if (best === undefined) throw brokenLogits();
      const token = temperature === 0 ? best : draw(logits, best, sampling, isAllowed, random);
      seen.add(token);
      generated.set(token, (generated.get(token) ?? 0) + 1);
      return token;
    },
  };
}

function draw(
  logits: Float32Array,
  best: number,
  { temperature = 1, topK = 0, topP = 1, minP = 0 }: SamplingOptions,
  isAllowed: (token: number) => boolean,
  random: () => number,
): number {
  const weightOf = (token: number) => Math.exp((logits[token]! - logits[best]!) / temperature);
  let candidates = topK > 0 ? highest(logits, topK, isAllowed) : all(logits.length, isAllowed);
  let weights = candidates.map(weightOf);
  if (topP < 1) ({ candidates, weights } = nucleus(candidates, weights, topP));
  if (minP > 0) {
    const kept = candidates.filter((_, i) => weights[i]! >= minP); // the best has the weight 1
    candidates = kept;
    weights = kept.map(weightOf);
  }

  let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [i, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return candidates[i]!;
  }
  return best; // rounding left something over
}

function all(vocabSize: number, isAllowed: (token: number) => boolean): number[] {
  const tokens: number[] = [];
  for (let token = 0; token < vocabSize; token++) if (isAllowed(token)) tokens.push(token);
  return tokens;
}

/** The fewest tokens, best first, whose probabilities reach `topP`. */
function nucleus(candidates: readonly number[], weights: readonly number[], topP: number) {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  // Tokens below this share add up to less than 1 - topP: they are outside, whatever their order.
  const least = ((1 - topP) / candidates.length) * total;
  const order = [...weights.keys()].filter((i) => weights[i]! >= least).sort((a, b) => weights[b]! - weights[a]!);
  let sum = 0;
  const end = order.findIndex((i) => {
    sum += weights[i]!;
    return sum >= topP * total;
  });
  const kept = end < 0 ? order : order.slice(0, end + 1);
  return { candidates: kept.map((i) => candidates[i]!), weights: kept.map((i) => weights[i]!) };
}
