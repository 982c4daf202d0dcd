import { randomInt } from "node:crypto";
import { EngineError } from "../errors.ts";
import { gumbel, MAX_GUMBEL } from "../kernels/gumbel.ts";
import { inverseTemperature, lnMinP, type Sampling } from "../kernels/sample.ts";
import type { SamplingOptions } from "../language-model.ts";
import { brokenLogits, highest } from "./distribution.ts";

/** Chooses tokens one after another; remembers them for the penalties. */
export interface Sampler {
  /** Changes `logits`. */
  choose(logits: Float32Array): number;
}

/** Every option, with a seed by chance where none is given. */
export function completeSampling({
  temperature = 0,
  topK = 0,
  topP = 1,
  minP = 0,
  repetitionPenalty = 1,
  presencePenalty = 0,
  frequencyPenalty = 0,
  seed = randomInt(2 ** 32),
}: SamplingOptions): Sampling {
  return { temperature, topK, topP, minP, repetitionPenalty, presencePenalty, frequencyPenalty, seed };
}

/** Whether what was said before changes what is chosen. */
export function hasPenalties({ repetitionPenalty, presencePenalty, frequencyPenalty }: Sampling): boolean {
  return repetitionPenalty !== 1 || presencePenalty !== 0 || frequencyPenalty !== 0;
}

/** Greedy, with nothing that changes the logits. */
export function isPlainGreedy(options: SamplingOptions): boolean {
  const sampling = completeSampling(options);
  return sampling.temperature === 0 && !hasPenalties(sampling) && (options.logitBias?.size ?? 0) === 0;
}

/**
 * In the order of transformers and vLLM: repetition penalty (over prompt and answer), presence and frequency penalty
 * (over the answer), bias, temperature, top-k, top-p, min-p. The same numbers by chance as in `kernels/sample.wgsl`, so
 * that the same seed gives the same tokens, up to the rounding of f32.
 */
export function createSampler(
  options: SamplingOptions,
  prompt: readonly number[],
  isAllowed: (token: number) => boolean,
): Sampler {
  const sampling = completeSampling(options);
  let position = prompt.length;
  const seen = new SeenTokens(prompt);
  return {
    choose(logits) {
      if (!logits.every(Number.isFinite)) throw brokenLogits();
      seen.penalize(logits, sampling);
      for (const [token, bias] of options.logitBias ?? []) logits[token]! += bias;
      const token = drawToken(logits, sampling, position, isAllowed);
      if (token === undefined)
        throw new EngineError("bad-request", "no token is allowed here: nothing fits the grammar");
      position++;
      seen.add(token);
      return token;
    },
  };
}

/** The tokens of a text, for the penalties: those of the answer are counted. */
export class SeenTokens {
  readonly #all: Set<number>;
  readonly #generated = new Map<number, number>(); // how often

  constructor(prompt: readonly number[], answer: readonly number[] = []) {
    this.#all = new Set(prompt);
    for (const token of answer) this.add(token);
  }

  add(token: number): void {
    this.#all.add(token);
    this.#generated.set(token, (this.#generated.get(token) ?? 0) + 1);
  }

  /** Changes `logits`. */
  penalize(logits: Float32Array, { repetitionPenalty, presencePenalty, frequencyPenalty }: Sampling): void {
    if (repetitionPenalty !== 1) {
      for (const token of this.#all) {
        const logit = logits[token]!;
        logits[token] = logit > 0 ? logit / repetitionPenalty : logit * repetitionPenalty;
      }
    }
    for (const [token, count] of this.#generated) logits[token]! -= presencePenalty + count * frequencyPenalty;
  }
}

/** The token at a position by these logits; undefined: none is allowed. */
export function drawToken(
  logits: Float32Array,
  sampling: Sampling,
  position: number,
  isAllowed: (token: number) => boolean,
): number | undefined {
  const [best] = highest(logits, 1, isAllowed);
  if (best === undefined || sampling.temperature === 0) return best;
  return draw(logits, best, sampling, position, isAllowed);
}

function draw(
  logits: Float32Array,
  best: number,
  sampling: Sampling,
  position: number,
  isAllowed: (token: number) => boolean,
): number {
  const inverse = inverseTemperature(sampling);
  const scaled = (logit: number) => Math.fround(Math.fround(logit - logits[best]!) * inverse);
  const lowest = lowestKept(logits, sampling, isAllowed, (logit) => Math.exp(scaled(logit)));
  const least = lnMinP(sampling);
  let choice = best;
  let score = Number.NEGATIVE_INFINITY;
  for (let token = 0; token < logits.length; token++) {
    const logit = logits[token]!;
    if (logit < lowest) continue;
    const share = scaled(logit);
    if (share < least || share + MAX_GUMBEL <= score || !isAllowed(token)) continue;
    const own = share + gumbel(sampling.seed, position, token);
    if (own > score) [choice, score] = [token, own];
  }
  return choice;
}

/** The lowest logit that top-k and top-p leave; tokens equal to the last one kept are kept as well. */
function lowestKept(
  logits: Float32Array,
  { topK, topP }: Sampling,
  isAllowed: (token: number) => boolean,
  weightOf: (logit: number) => number,
): number {
  let lowest = Number.NEGATIVE_INFINITY;
  if (topK > 0) lowest = logits[highest(logits, topK, isAllowed).at(-1)!]!;
  if (topP >= 1) return lowest;

  const weights = new Float64Array(logits.length); // 0: not kept
  let kept = 0;
  let total = 0;
  for (let token = 0; token < logits.length; token++) {
    const logit = logits[token]!;
    if (logit < lowest || !isAllowed(token)) continue;
    weights[token] = weightOf(logit);
    total += weights[token]!;
    kept++;
  }
  // Tokens below this share add up to less than 1 - topP: they are outside, whatever their order.
  const least = Math.max(((1 - topP) / kept) * total, Number.MIN_VALUE);
  const inside = logits.filter((_, token) => weights[token]! >= least).sort();
  let left = topP * total;
  for (const logit of inside.reverse()) {
    lowest = logit;
    left -= weightOf(logit);
    if (left <= 0) break;
  }
  return lowest;
}
