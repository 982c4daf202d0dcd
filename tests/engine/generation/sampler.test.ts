import { describe, expect, test } from "vitest";
import { createSampler, isPlainGreedy } from "../../../engine/generation/sampler.ts";
import type { SamplingOptions } from "../../../engine/index.ts";
import { DRAWN_WITH, expectDrawnFrom, probabilities } from "../probabilities.ts";
import { randomF32 } from "../random.ts";

const VOCABULARY = 50;
const LOGITS = randomF32(VOCABULARY, 3, 4);
const FORBIDDEN = 17;
const isAllowed = (token: number) => token !== FORBIDDEN;
const DRAWS = 20_000;

describe("the drawn tokens have the distribution of", () => {
  test.each(DRAWN_WITH)("%j", (sampling) => {
    const sampler = createSampler({ ...sampling, seed: 11 }, [], isAllowed);
    const drawn = Array.from({ length: DRAWS }, () => sampler.choose(LOGITS.slice()));
    expectDrawnFrom(probabilities(LOGITS, isAllowed, sampling), drawn);
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

test("tokens equal to the last one that is kept are kept as well", () => {
  const logits = Float32Array.of(1, 3, 3, 1, 3, 0);
  for (const sampling of [{ topK: 2 }, { topP: 0.5 }]) {
    const sampler = createSampler({ temperature: 1, seed: 3, ...sampling }, [], () => true);
    const drawn = Array.from({ length: 200 }, () => sampler.choose(logits.slice()));
    expect([...new Set(drawn)].sort()).toEqual([1, 2, 4]);
  }
});

test("only plain greedy sampling needs no sampler", () => {
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
