import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openLanguageModel } from "../../../engine/index.ts";
import { TINY, tinyModel, writeTinyModel } from "../tiny-model.ts";

const { parts } = tinyModel();

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "qwenlab-model-"));
});
afterAll(() => rm(folder, { recursive: true }));

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
