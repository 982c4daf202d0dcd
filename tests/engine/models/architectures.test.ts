// Every architecture, on every target, against its description in f64.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Graph } from "../../../engine/graph/graph.ts";
import { evaluate } from "../../../engine/graph/reference.ts";
import {
  type GenerateSummary,
  type LanguageModel,
  openGguf,
  openLanguageModel,
  type Precision,
} from "../../../engine/index.ts";
import { ARCHITECTURES } from "../../../engine/models/architectures.ts";
import { MODEL_TYPES, type ModelType } from "../../../engine/models/config.ts";
import { modelConfig } from "../../../engine/weights/model-config.ts";
import { isNightly } from "../../nightly.ts";
import { constantsOf, tinyConfig, tinyModelOf } from "../graph/tiny-models.ts";
import { optionsOf, type TestedTarget } from "../targets.ts";
import { TINY, writeTinyModel } from "../tiny-model.ts";

const TOKENS = Array.from({ length: 300 }, (_, i) => (i * 37 + 11) % 256); // more than one slice of the keys

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "qwenlab-model-"));
});
afterAll(() => rm(folder, { recursive: true }));

const RUNS: readonly [Precision, TestedTarget, number][] = [
  ["exact", "cpu", 2e-4],
  ["exact", "software", 2e-4],
  ["exact", "gpu", 2e-4],
  ["fast", "cpu", 0.2], // 8 bits of activations in a model of 96 columns: coarse
  ["fast", "software", 0.2],
  ["fast", "gpu", 0.2],
];
/**
 * By day an adapter computes each architecture by the kernels for GPUs. Products in 8 bits are the same for all, and kernels for
 * software differ in products and attention alone: one architecture has them.
 */
const hasRun = (type: ModelType, [precision, target]: (typeof RUNS)[number]) =>
  target === "cpu" || (precision === "exact" && target === "gpu") || type === "qwen2" || isNightly;
const CASES = MODEL_TYPES.flatMap((type) =>
  RUNS.filter((run) => hasRun(type, run)).map((run) => [type, ...run] as const),
);
/** Tiles of products, chunks of a prompt and slices of keys are the same for all: they are tried with one architecture. */
const LENGTHS = (type: ModelType) => {
  if (isNightly) return [1, 2, 9, 128, 129, 200, 260, 300];
  return type === "qwen2" ? [1, 2, 9, 129, 300] : [1, 13];
};
const PROMPTS = (type: ModelType) => (type === "qwen2" || isNightly ? [12, 254] : [12]);

describe.each(CASES)(
  "a small %s, %s, on the target %s, against its formulas in f64",
  (type, precision, target, tolerance) => {
    const { logprobs } = referenceOf(type);
    // Scores in 8 bits choose another expert for a few tokens in a hundred, whose numbers are then other ones, on every target the same.
    const mostHeld = precision === "fast" && tinyConfig(type).experts ? 0.95 : 1;
    let model: LanguageModel;
    beforeAll(async () => {
      const path = await writeTinyModel(join(folder, `${type}.gguf`), tinyModelOf(type).parts);
      model = await openLanguageModel({ path, precision, ...optionsOf(target) });
    });
    afterAll(() => model[Symbol.asyncDispose]());

    test("its config is read from the file", async () => {
      await using gguf = await openGguf(model.info.path);
      expect(modelConfig(gguf)).toEqual({ ...tinyConfig(type), rmsNormEps: Math.fround(TINY.rmsNormEps) });
    });

    test.each(LENGTHS(type))("a prompt of %i tokens", async (length) => {
      const differences: number[] = [];
      const expected = logprobs(TOKENS.slice(0, length), length);
      let position = 0;
      for await (const { top } of model.score(TOKENS.slice(0, length), { top: TINY.vocabSize })) {
        differences.push(...differencesOf(top, expected[position++]!));
      }
      expect(position).toBe(length);
      expectSmall(differences, tolerance, mostHeld);
    });

    if (tinyConfig(type).longContext) {
      test("what a text's length decides is not taken from shorter ones", async () => {
        const cachedOf = async (length: number) => {
          const generation = model.generate(TOKENS.slice(0, length), { maxTokens: 1, stopTokens: [] });
          for (;;) {
            const { done, value } = await generation.next();
            if (done) return (value as GenerateSummary).cachedTokens;
          }
        };
        await cachedOf(38);
        expect(await cachedOf(39)).toBe(38); // 8 times the length that it was trained on, at most
        expect(await cachedOf(41)).toBe(0);
      });
    }

    test.each(PROMPTS(type))("tokens one by one after a prompt of %i", async (length) => {
      const prompt = TOKENS.slice(0, length);
      const tokens = [...prompt];
      const answered: (readonly (readonly [number, number])[])[] = [];
      const options = { maxTokens: 8, stopTokens: [], topLogprobs: 20, sampling: { temperature: 0 } };
      for await (const { token, topLogprobs } of model.generate(prompt, options)) {
        answered.push(topLogprobs!);
        tokens.push(token);
      }
      expect(tokens).toHaveLength(length + 8);
      const expected = logprobs(tokens, length).slice(length - 1);
      expectSmall(
        answered.flatMap((top, i) => differencesOf(top, expected[i]!)),
        tolerance,
        mostHeld,
      );
    });
  },
);

/** Log-probabilities after each token of a text that began with so many. */
type Logprobs = (tokens: readonly number[], promptTokens: number) => number[][];

const references = new Map<ModelType, { readonly logprobs: Logprobs }>();

function referenceOf(type: ModelType) {
  const present = references.get(type);
  if (present) return present;
  const { parts, weights } = tinyModelOf(type);
  const config = tinyConfig(type);
  const checkpoint = { path: "", tensors: new Map(parts.tensors.map((tensor) => [tensor.name, tensor])) };
  const logits = ARCHITECTURES[type](new Graph(config, checkpoint));
  const computed = new Map<string, number[][]>();
  const reference = {
    logprobs(tokens: readonly number[], promptTokens: number) {
      const text = config.longContext || tokens.some((token, i) => token !== TOKENS[i]) ? tokens : TOKENS;
      const key = `${config.longContext ? promptTokens : ""} ${text.join()}`;
      const constants = constantsOf(config, text.length, promptTokens);
      const known =
        computed.get(key) ?? evaluate(logits, text, constants, ({ name }) => weights.get(name)!).map(logSoftmax);
      computed.set(key, known);
      return known;
    },
  };
  references.set(type, reference);
  return reference;
}

function logSoftmax(logits: readonly number[]): number[] {
  const most = Math.max(...logits);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - most), 0);
  return logits.map((logit) => logit - most - Math.log(sum));
}

/** @param held of the differences, so many as a share: none of these is large */
function expectSmall(differences: readonly number[], tolerance: number, held: number): void {
  const mean = differences.reduce((sum, difference) => sum + difference, 0) / differences.length;
  expect(mean).toBeLessThan(tolerance);
  const ascending = differences.toSorted((a, b) => a - b);
  expect(ascending[Math.ceil(held * differences.length) - 1]).toBeLessThan(10 * tolerance);
}

function differencesOf(
  actual: readonly (readonly [token: number, logprob: number])[],
  expected: readonly number[],
): number[] {
  return actual.map(([token, logprob]) => Math.abs(logprob - expected[token]!));
}
