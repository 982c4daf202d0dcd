import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LanguageModel, openLanguageModel, type Precision } from "../../../engine/index.ts";
import { TINY, tinyModel, writeTinyModel } from "../tiny-model.ts";
import { logSoftmax, qwen2Logits } from "./qwen2.reference.ts";

const { parts, weights } = tinyModel();
const TOKENS = Array.from({ length: 300 }, (_, i) => (i * 37 + 11) % 256); // more than one slice of the keys
const reference = qwen2Logits(weights, TOKENS).map(logSoftmax);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "qwenlab-model-"));
  const metadata = parts.metadata.filter(([key]) => key !== "qwen2.context_length");
  metadata.push(["qwen2.context_length", { type: "u32", value: 2 * TINY.contextLength }]);
  await writeTinyModel(join(folder, "tiny.gguf"), { ...parts, metadata });
});
afterAll(() => rm(folder, { recursive: true }));

describe.each<[Precision, "software" | "gpu", number]>([
  ["exact", "software", 2e-4],
  ["exact", "gpu", 2e-4],
  ["fast", "software", 0.2], // 8 bits of activations in a model of 96 columns: coarse
  ["fast", "gpu", 0.2],
])("a small qwen2, %s, by kernels for %s, against its formulas in f64", (precision, kernels, tolerance) => {
  let model: LanguageModel;
  beforeAll(async () => {
    model = await openLanguageModel({ path: join(folder, "tiny.gguf"), precision, kernels });
  });
  afterAll(() => model[Symbol.asyncDispose]());

  test.each([1, 2, 9, 128, 129, 200, 260, 300])("a prompt of %i tokens", async (length) => {
    const differences: number[] = [];
    let position = 0;
    for await (const { top } of model.score(TOKENS.slice(0, length), { top: TINY.vocabSize })) {
      differences.push(...differencesOf(top, reference[position++]!));
    }
    expect(position).toBe(length);
    expectSmall(differences);
  });

  test.each([12, 254])("tokens one by one after a prompt of %i", async (length) => {
    const prompt = TOKENS.slice(0, length);
    const tokens = [...prompt];
    const differences: number[] = [];
    const options = { maxTokens: 8, stopTokens: [], topLogprobs: 20, sampling: { temperature: 0 } };
    for await (const { token, topLogprobs } of model.generate(prompt, options)) {
      differences.push(...differencesOf(topLogprobs!, logSoftmax(qwen2Logits(weights, tokens).at(-1)!)));
      tokens.push(token);
    }
    expect(tokens).toHaveLength(length + 8);
    expectSmall(differences);
  });

  function expectSmall(differences: readonly number[]): void {
    const mean = differences.reduce((sum, difference) => sum + difference, 0) / differences.length;
    expect(mean).toBeLessThan(tolerance);
    expect(Math.max(...differences)).toBeLessThan(10 * tolerance);
  }
});

function differencesOf(
  actual: readonly (readonly [token: number, logprob: number])[],
  expected: readonly number[],
): number[] {
  return actual.map(([token, logprob]) => Math.abs(logprob - expected[token]!));
}

test("attention heads of a size that kernels do not take are an error that names it", async () => {
  const path = join(folder, "heads.gguf");
  const metadata = parts.metadata.map(
    ([key, value]) => [key, key.endsWith("key_length") ? { type: "u32", value: 48 } : value] as const,
  );
  await writeTinyModel(path, { ...parts, metadata: metadata as typeof parts.metadata });
  await expect(openLanguageModel({ path })).rejects.toMatchObject({
    code: "unsupported-model",
    message: expect.stringContaining("attention heads of 48 values"),
  });
});

describe("dispatches a token", () => {
  // Half of the layers with one type for q, k and v, half with two, as in files of Q4_K_M; gate and up are of one type.
  const named = (name: string) => parts.tensors.find((tensor) => tensor.name === name)!;
  const tensors = parts.tensors.map((tensor) => {
    if (tensor.name === "blk.1.attn_v.weight") return { ...named("blk.1.attn_k.weight"), name: tensor.name };
    if (tensor.name === "blk.1.ffn_up.weight") return { ...named("blk.1.ffn_gate.weight"), name: tensor.name };
    return tensor;
  });
  const metadata = parts.metadata.map(
    ([key, value]) => [key, key === "qwen2.context_length" ? { type: "u32", value: 512 } : value] as const,
  );
  const OTHERS = 3; // embedding, output head, argmax

  test.each([
    { kernels: "gpu", contextLength: 256, two: 2 * 5 + 1 },
    { kernels: "gpu", contextLength: 512, two: 2 * 6 + 1 }, // attention in slices
    { kernels: "software", contextLength: 512, two: 2 * 6 + 1 }, // RoPE of its own
  ] as const)("by kernels for $kernels, $contextLength tokens of context", async ({ kernels, contextLength, two }) => {
    const path = await writeTinyModel(join(folder, "half.gguf"), {
      metadata: metadata as typeof parts.metadata,
      tensors,
    });
    await using model = await openLanguageModel({ path, kernels, contextLength });
    const { dispatchesPerToken } = model.info;
    expect(dispatchesPerToken).toBe(two + OTHERS);
    const of28Layers = ((dispatchesPerToken - OTHERS) / TINY.numHiddenLayers) * 28 + OTHERS;
    expect(of28Layers).toBeLessThan(200);
    const { dispatches } = await model.profile({ numTokens: 1, position: contextLength - 1 });
    expect(dispatches).toBe(dispatchesPerToken);
  });
});
