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
import { readSettings } from "../../kernel/settings.ts";
import { isNightly } from "../nightly.ts";

interface Prompt {
  readonly name: string;
  readonly text: string;
  readonly tokens: readonly number[];
  readonly top: readonly (readonly (readonly [token: number, logprob: number])[])[]; // of each position, best first
  readonly greedy: { readonly tokens: readonly number[]; readonly gaps: readonly number[] };
  readonly roundedDifference: number; // of llama.cpp's own kernels on the quantized file
}

const { prompts } = JSON.parse(readFileSync(join(import.meta.dirname, "../fixtures/logits.json"), "utf8")) as {
  prompts: readonly Prompt[];
};
const OURS = 256; // how many of our best tokens are kept: the reference's 24 are among them
const COMPARED = 5;
const NEAR_TIE = 0.1; // logits; between two tokens this close either is right

const { cacheDir } = readSettings({ cwd: import.meta.dirname, env: process.env });
const path = await modelFile("qwen2.5-coder-0.5b", { cacheDir }).catch(() => "");
const isMissing = !existsSync(path);
if (isMissing && process.env.CI) throw new Error("the 0.5B is not in the cache folder");

const short = prompts.filter(({ tokens }) => tokens.length < 100);
const exact = isNightly ? prompts : short; // long ones are read fast, which has bounds of its own
/** A software adapter runs the kernels for GPUs at a fifth of the speed: one text shows that they can be generated with. */
const generated = (prompts: readonly Prompt[], kernels: "software" | "gpu") =>
  kernels === "software" || isNightly ? prompts : prompts.slice(-1);

describe.skipIf(isMissing).each<[Precision, "software" | "gpu", readonly Prompt[]]>([
  ["exact", "software", exact],
  ["fast", "software", prompts],
  ["fast", "gpu", short],
])("precision %s, kernels for %s, against llama.cpp", (precision, kernels, prompts) => {
  let model: LanguageModel;
  let figures: Figures[];

  beforeAll(async () => {
    model = await openLanguageModel({ path, precision, kernels, contextLength: 1024 });
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

  // `planMemory` tells of the kernels that the adapter gets by itself.
  if (kernels === "software") {
    test("the memory plan is the buffers' size", async () => {
      await using gguf = await openGguf(path);
      const { totalBytes } = await planMemory(gguf, { precision, contextLength: 1024 });
      expect(totalBytes).toBe(model.info.deviceBytes);
    });
  }

  test("log-probabilities of the best five tokens", () => {
    const difference = mean(figures.map((figure) => figure.difference));
    if (precision === "exact") expect(difference).toBeLessThan(0.005);
    else expect(difference).toBeLessThanOrEqual(mean(prompts.map((prompt) => prompt.roundedDifference)));
  });

  test("the best token, and the divergence of the distributions", () => {
    const bounds = { exact: { agreement: 0.99, divergence: 1e-4 }, fast: { agreement: 0.95, divergence: 0.02 } }[
      precision
    ];
    expect(mean(figures.map((figure) => figure.agreement))).toBeGreaterThan(bounds.agreement);
    expect(mean(figures.map((figure) => figure.divergence))).toBeLessThan(bounds.divergence);
  });

  test.each(generated(prompts, kernels))(
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

interface Figures {
  readonly difference: number; // mean absolute, of log-probabilities
  readonly agreement: number; // share of positions with the same best token, near ties aside
  readonly divergence: number; // mean KL(reference, ours) over the reference's tokens and the rest as one
}

async function compare(model: LanguageModel, { tokens, top }: Prompt): Promise<Figures> {
  const differences: number[] = [];
  const divergences: number[] = [];
  let agreements = 0;
  let position = 0;
  for await (const { top: ours } of model.score(tokens, { top: OURS })) {
    const reference = top[position++]!;
    const logprobs = new Map(ours);
    for (const [token, logprob] of reference.slice(0, COMPARED))
      differences.push(Math.abs(logprob - ourLogprob(logprobs, token)));
    divergences.push(divergence(reference, logprobs));
    const [[best, logprob], [, second]] = reference as [readonly [number, number], readonly [number, number]];
    if (ours[0]![0] === best || logprob - second < 0.01) agreements++;
  }
  return { difference: mean(differences), agreement: agreements / tokens.length, divergence: mean(divergences) };
}

function divergence(reference: readonly (readonly [number, number])[], ours: ReadonlyMap<number, number>): number {
  let sum = 0;
  let restOfReference = 1;
  let restOfOurs = 1;
  for (const [token, logprob] of reference) {
    const other = ourLogprob(ours, token);
    sum += Math.exp(logprob) * (logprob - other);
    restOfReference -= Math.exp(logprob);
    restOfOurs -= Math.exp(other);
  }
  const rest = Math.max(restOfReference, 1e-9);
  return sum + rest * Math.log(rest / Math.max(restOfOurs, 1e-9));
}

function ourLogprob(ours: ReadonlyMap<number, number>, token: number): number {
  const logprob = ours.get(token);
  if (logprob === undefined) throw new Error(`token ${token} of the reference's best is not among our best ${OURS}`);
  return logprob;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
