// The whole model against llama.cpp's CPU backend: fixtures/make-logits.py says how its figures were made.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type LanguageModel,
  modelFile,
  openGguf,
  openLanguageModel,
  type Precision,
  planMemory,
} from "../../engine/index.ts";
import { readSettings } from "../../kernel/settings/settings.ts";
import { isNightly } from "../nightly.ts";
import { BOUNDS, compare, EXACT_DIFFERENCE, type Figures, mean, type ReferenceText } from "./against-llama.ts";
import { optionsOf, type TestedTarget } from "./targets.ts";

interface Prompt extends ReferenceText {
  readonly name: string;
  readonly text: string;
  readonly greedy: { readonly tokens: readonly number[]; readonly gaps: readonly number[] };
}

type Run = readonly [Precision, TestedTarget, readonly Prompt[]];

const { prompts } = JSON.parse(readFileSync(join(import.meta.dirname, "../fixtures/logits.json"), "utf8")) as {
  prompts: readonly Prompt[];
};
const NEAR_TIE = 0.1; // logits; between two tokens this close either is right

const { cacheDir } = readSettings({ cwd: import.meta.dirname, env: process.env });
const path = await modelFile("qwen2.5-coder-0.5b", { cacheDir }).catch(() => "");
const isMissing = !existsSync(path);
if (isMissing && process.env.CI) throw new Error("the 0.5B is not in the cache folder");

const short = prompts.filter(({ tokens }) => tokens.length < 100);
/** By day the processors, on which models run where there is no GPU, read them all; an adapter in software takes minutes. */
const one = short.slice(0, 1);
const BY_DAY: readonly Run[] = [
  ["exact", "cpu", short],
  ["fast", "cpu", prompts],
  ["fast", "software", one], // with the kernels for GPUs, which a processor runs slowly, at night only
];
const AT_NIGHT: readonly Run[] = [
  ["exact", "cpu", prompts],
  ["fast", "cpu", prompts],
  ["exact", "software", prompts],
  ["fast", "software", prompts],
  ["fast", "gpu", short],
];

const RUNS = isNightly ? AT_NIGHT : BY_DAY;

describe.skipIf(isMissing).each(RUNS)("%s, kernels for %s, against llama.cpp", (precision, kernels, prompts) => {
  let model: LanguageModel;
  let figures: Figures[];

  beforeAll(async () => {
    model = await openLanguageModel({ path, precision, ...optionsOf(kernels), contextLength: 1024 });
    figures = [];
    for (const prompt of prompts) figures.push(await compare(model, prompt));
  }, 900_000);

  afterAll(async () => {
    await model?.[Symbol.asyncDispose]();
  });

  if (process.env.TEST_MATRICES && kernels === "gpu") {
    test("prompts are multiplied by subgroup matrices", () => {
      expect(model.info.kernels).toBe("matrices"); // on the driver of kernels/matrices.test.ts
    });
  }

  test("the tokenizer gives the prompts' tokens", () => {
    for (const { text, tokens } of prompts) expect(model.tokenizer.encode(text, { special: true })).toEqual(tokens);
  });

  if (kernels === "cpu") {
    test("the memory plan is the buffers' size", async () => {
      await using gguf = await openGguf(path);
      const { totalBytes } = await planMemory(gguf, { precision, contextLength: 1024, adapter: kernels });
      expect(totalBytes).toBe(model.info.deviceBytes);
    });
  }

  test("log-probabilities of the best five tokens", () => {
    const difference = mean(figures.map((figure) => figure.difference));
    if (precision === "exact") expect(difference).toBeLessThan(EXACT_DIFFERENCE);
    else expect(difference).toBeLessThanOrEqual(mean(prompts.map((prompt) => prompt.roundedDifference)));
  });

  test("the best token, and the divergence of the distributions", () => {
    const bounds = BOUNDS[precision];
    expect(mean(figures.map((figure) => figure.agreement))).toBeGreaterThan(bounds.agreement);
    expect(mean(figures.map((figure) => figure.divergence))).toBeLessThan(bounds.divergence);
  });

  // By day not by kernels for GPUs, which a processor runs slowly: what they choose of was compared above.
  test.each(kernels === "gpu" && !isNightly ? [] : prompts)(
    "greedy text after the prompt $name, up to near ties",
    { timeout: 300_000 },
    async ({ tokens, greedy }) => {
      const ours: number[] = [];
      const options = {
        maxTokens: greedy.tokens.length,
        sampling: { temperature: 0, repetitionPenalty: 1 },
        stopTokens: [],
      };
      for await (const { token } of model.generate(tokens, options)) ours.push(token);
      const nearTie = precision === "exact" ? NEAR_TIE : 10 * NEAR_TIE;
      const differs = greedy.tokens.findIndex((token, i) => token !== ours[i]);
      if (differs >= 0) expect(greedy.gaps[differs], `token ${differs}`).toBeLessThan(nearTie);
    },
  );
});
