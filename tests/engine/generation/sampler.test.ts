import { describe, expect, test } from "vitest";
import { createSampler, isPlainGreedy } from "../../../engine/generation/sampler.ts";
import type { SamplingOptions } from "../../../engine/index.ts";
import { randomF32 } from "../random.ts";

const VOCABULARY = 50;
const LOGITS = randomF32(VOCABULARY, 3, 4);
const FORBIDDEN = 17;
const isAllowed = (token: number) => token !== FORBIDDEN;
const DRAWS = 20_000;

/** The slow obvious twin: the probabilities that a sampler draws from. */
function probabilities({ temperature = 1, topK = 0, topP = 1, minP = 0 }: SamplingOptions): Map<number, number> {
  let kept = [...LOGITS.entries()]
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

describe("the drawn tokens have the distribution of", () => {
  test.each<SamplingOptions>([
    { temperature: 1 },
    { temperature: 0.5 },
    { temperature: 2 },
    { temperature: 1, topK: 5 },
    { temperature: 1, topP: 0.8 },
    { temperature: 1, minP: 0.1 },
    { temperature: 1.3, topK: 20, topP: 0.9, minP: 0.05 },
    { temperature: 1, topK: 1 },
    { temperature: 1, topP: 0.0001 },
  ])("%j", (sampling) => {
    const expected = probabilities(sampling);
    const counts = new Map<number, number>();
    const sampler = createSampler({ ...sampling, seed: 11 }, [], isAllowed);
    for (let i = 0; i < DRAWS; i++) {
      const token = sampler.choose(LOGITS.slice());
      counts.set(token, (counts.get(token) ?? 0) + 1);
    }
    for (const token of counts.keys()) expect(expected.has(token), `token ${token}`).toBe(true);
    for (const [token, probability] of expected) {
      const deviation = Math.sqrt((probability * (1 - probability)) / DRAWS);
      const share = (counts.get(token) ?? 0) / DRAWS;
      expect(Math.abs(share - probability), `token ${token}`).toBeLessThanOrEqual(5 * deviation + 1e-9);
    }
  });
});

test("temperature 0 takes the best allowed token", () => {
  const best = LOGITS.reduce((most, logit, token) => (isAllowed(token) && logit > LOGITS[most]! ? token : most), 0);
  expect(createSampler({ temperature: 0 }, [], isAllowed).choose(LOGITS.slice())).toBe(best);
});

test("the repetition penalty divides positive logits and multiplies negative ones, over prompt and answer", () => {
  const logits = Float32Array.of(3, 2.8, -1, -1.2);
  const sampler = createSampler({ temperature: 0, repetitionPenalty: 1.5 }, [0], () => true);
  expect(sampler.choose(logits.slice())).toBe(1); // 3 / 1.5 is less than 2.8
  expect(sampler.choose(logits.slice())).toBe(0); // 2 is more than 2.8 / 1.5
  const negative = createSampler({ temperature: 0, repetitionPenalty: 1.5 }, [0], () => true);
  expect(negative.choose(Float32Array.of(-1, -1.2))).toBe(1);
});

test("presence and frequency penalties count the answer only, biases apply to any token", () => {
  const choose = (sampling: SamplingOptions, times: number) => {
    const sampler = createSampler({ temperature: 0, ...sampling }, [0], () => true);
    return Array.from({ length: times }, () => sampler.choose(Float32Array.of(2, 1.5, 0)));
  };
  expect(choose({ presencePenalty: 0.6 }, 3)).toEqual([0, 1, 0]);
  expect(choose({ frequencyPenalty: 0.3 }, 4)).toEqual([0, 0, 1, 0]);
  expect(choose({ logitBias: new Map([[2, 5]]) }, 1)).toEqual([2]);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])("a logit of %d is an error, not a token", (broken) => {
  const logits = LOGITS.slice();
  logits[4] = broken;
  expect(() => createSampler({ temperature: 1 }, [], isAllowed).choose(logits)).toThrow();
});

test("only plain greedy sampling is left to the adapter", () => {
  expect(isPlainGreedy({ temperature: 0 })).toBe(true);
  for (const more of [
    { temperature: 1 },
    { repetitionPenalty: 1.1 },
    { presencePenalty: 1 },
    { frequencyPenalty: 1 },
  ]) {
    expect(isPlainGreedy({ temperature: 0, ...more })).toBe(false);
  }
  expect(isPlainGreedy({ temperature: 0, logitBias: new Map([[1, 1]]) })).toBe(false);
});
