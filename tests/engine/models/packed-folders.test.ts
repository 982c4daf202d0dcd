// A model whose matrices GPTQ or AWQ packed, from its folder to its logits: they are those of the same weights in F32.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LanguageModel, openLanguageModel, type Precision } from "../../../engine/index.ts";
import { PRE_TOKENIZERS } from "../../../engine/tokenizer/pre-tokenizers.ts";
import type { Quantization } from "../../../engine/weights/packed-weights.ts";
import { isNightly } from "../../nightly.ts";
import { BOUNDS, compare, EXACT_DIFFERENCE } from "../against-llama.ts";
import { tinyConfig, tinyModelOf } from "../graph/tiny-models.ts";
import { isProcessors, KINDS_OF_TARGETS, optionsOf } from "../targets.ts";
import { packedExample, quantizationConfig } from "../weights/packed-writer.ts";
import { checkpointEntries, configJson, tokenizerJson, writeFolder } from "../weights/safetensors-folder.ts";

const TOKENS = Array.from({ length: 24 }, (_, i) => (i * 37 + 11) % 256);
const TOP = 24;

const GPTQ: Quantization = {
  ...{ method: "gptq", bits: 4, groupSize: 32, isSymmetric: true, hasOrder: false, zeroOffset: 1 },
};
const PACKED: readonly (readonly [string, Quantization])[] = [
  ["GPTQ Int4", GPTQ],
  ["GPTQ Int4, act-order, not symmetric", { ...GPTQ, hasOrder: true, isSymmetric: false }],
  ["GPTQ Int8", { ...GPTQ, bits: 8, groupSize: -1 }],
  ["AWQ Int4", { ...GPTQ, method: "awq", isSymmetric: false, zeroOffset: 0 }],
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "qwenlab-packed-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** The tiny model twice: each matrix of its layers packed, and the same with what they hold in F32. */
async function write(quantization: Quantization) {
  const { parts, weights } = tinyModelOf("qwen2");
  const plain = parts.tensors.map(({ name, shape }) => {
    const scale = name === "token_embd.weight" ? 0.1 : 1; // so that several tokens are likely: it is the output's matrix, too
    const values = weights.get(name)!.map((value) => value * scale);
    return { name, type: "F32" as const, shape, data: new Uint8Array(Float32Array.from(values).buffer) };
  });
  const pairs = checkpointEntries(plain, false).map((entry, i) => {
    const module = /(.*layers.*_proj)\.weight$/.exec(entry.name)?.[1];
    if (module === undefined) return { packed: [entry], unpacked: entry };
    const example = packedExample(module, quantization, entry.shape as [number, number], i + 1);
    return { packed: example.entries, unpacked: { ...entry, data: new Uint8Array(example.weights.buffer) } };
  });
  expect(pairs.filter(({ packed }) => packed.length > 1)).toHaveLength(2 * 7);
  const files = {
    "config.json": configJson(tinyConfig("qwen2")),
    "tokenizer.json": tokenizerJson(PRE_TOKENIZERS.get("qwen2")!.oniguruma),
  };
  const withPacking = { ...files["config.json"], quantization_config: quantizationConfig(quantization) };
  return {
    packed: await writeFolder(
      join(folder, "packed"),
      { ...files, "config.json": withPacking },
      pairs.flatMap(({ packed }) => packed),
    ),
    unpacked: await writeFolder(
      join(folder, "unpacked"),
      files,
      pairs.map(({ unpacked }) => unpacked),
    ),
  };
}

async function topOf(model: LanguageModel): Promise<(readonly (readonly [number, number])[])[]> {
  const positions: (readonly (readonly [number, number])[])[] = [];
  for await (const { top } of model.score(TOKENS, { top: TOP })) positions.push(top);
  return positions;
}

describe.each(KINDS_OF_TARGETS)("on the target %s", (target) => {
  const packed = isProcessors(target) || isNightly ? PACKED : PACKED.slice(0, 1); // shaders of each format take long to compile
  describe.each(packed)("%s", (_, quantization) => {
    test.each<Precision>(["exact", "fast"])("%s", async (precision) => {
      const { packed, unpacked } = await write(quantization);
      const options = optionsOf(target);
      await using inF32 = await openLanguageModel({ path: unpacked, precision: "exact", ...options });
      const reference = { tokens: TOKENS, top: await topOf(inF32) };
      await using model = await openLanguageModel({ path: packed, precision, ...options });
      const { difference, agreement, divergence } = await compare(model, reference);
      if (precision === "exact") expect(difference).toBeLessThan(EXACT_DIFFERENCE);
      expect(agreement).toBeGreaterThan(BOUNDS[precision].agreement);
      expect(divergence).toBeLessThan(BOUNDS[precision].divergence);
    });
  });
});
