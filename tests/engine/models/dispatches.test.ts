import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openGguf, openLanguageModel } from "../../../engine/index.ts";
import { reportSteps } from "../../../engine/step-report.ts";
import { tinyModelOf } from "../graph/tiny-models.ts";
import { TINY, tinyModel, writeTinyModel } from "../tiny-model.ts";

const { parts } = tinyModel();

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "qwenlab-model-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("a profile on the processors has an entry for each kind of kernel, with the weights that it reads", async () => {
  const path = await writeTinyModel(join(folder, "tiny.gguf"));
  await using model = await openLanguageModel({ path, adapter: "cpu" });
  const { dispatches, kernels } = await model.profile({ numTokens: 1, position: 9 });
  expect(dispatches).toBe(model.info.dispatchesPerToken);
  expect(kernels.reduce((sum, kernel) => sum + kernel.dispatches, 0)).toBe(dispatches);
  const { products, weightBytes } = kernels.find(({ label }) => label === "product Q8_0 160 x 96")!;
  expect(products).toBe(3 * 160 * 96); // both gates, and one up
  expect(weightBytes).toBe(3 * 160 * 3 * (32 + 4)); // in blocks of 32 bytes and an f32 scale
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

describe("what a token runs between attention and the next layer of a mixture, and in how many dispatches", () => {
  const mixture = [
    ["linear", 1], // the router
    ["experts residual", 4], // choose, gate and up, down, mix: with the residual, and the next norm begun
  ] as const;
  const sharedExpert = [
    ["gated", 1],
    ["linear", 1],
    ["linear", 1],
  ] as const; // how far it counts is a part of the experts' step

  test.each([
    ["qwen3moe", mixture],
    ["qwen2moe", [mixture[0], ...sharedExpert, mixture[1]]],
  ] as const)("%s", async (type, expected) => {
    const path = await writeTinyModel(join(folder, `${type}.gguf`), tinyModelOf(type).parts);
    await using gguf = await openGguf(path);
    const steps = (await reportSteps(gguf, "exact")).map(({ kernel, dispatches }) => [kernel, dispatches.length]);
    const first = steps.findIndex(([kernel]) => kernel === "residual") + 1; // behind attention
    const next = steps.findIndex(([kernel], i) => i > first && kernel === "attention");
    const ownOfAttention = type === "qwen3moe" ? 2 : 1; // projections, and norms of heads
    expect(steps.slice(first, next - ownOfAttention)).toEqual(expected);
  });
});
