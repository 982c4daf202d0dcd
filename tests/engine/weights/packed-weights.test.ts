// Folders whose matrices GPTQ or AWQ packed: each becomes blocks that hold the very numbers of the formula.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { describeModel } from "../../../engine/models/architectures.ts";
import { PRE_TOKENIZERS } from "../../../engine/tokenizer/pre-tokenizers.ts";
import { dequantize } from "../../../engine/weights/dequantize.ts";
import { modelConfig } from "../../../engine/weights/model-config.ts";
import { openModelFile } from "../../../engine/weights/model-file.ts";
import type { Quantization } from "../../../engine/weights/packed-weights.ts";
import { tinyConfig, tinyModelOf } from "../graph/tiny-models.ts";
import { TINY } from "../tiny-model.ts";
import { packedExample, quantizationConfig } from "./packed-writer.ts";
import {
  checkpointEntries,
  configJson,
  type SafetensorsEntry,
  tokenizerJson,
  writeFolder,
} from "./safetensors-folder.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "qwenlab-packed-"));
});
afterEach(() => rm(folder, { recursive: true }));

const GPTQ: Quantization = {
  ...{ method: "gptq", bits: 4, groupSize: 32, isSymmetric: true, hasOrder: false, zeroOffset: 1 },
};
const AWQ: Quantization = { ...GPTQ, method: "awq", isSymmetric: false, zeroOffset: 0 };

interface Changes {
  readonly config?: Record<string, unknown>; // of quantization_config
  readonly entries?: (entries: readonly SafetensorsEntry[]) => readonly SafetensorsEntry[];
}

/** The tiny model with one matrix packed, and what it must be. */
async function write(quantization: Quantization, { config = {}, entries = (all) => all }: Changes = {}) {
  const { parts, weights } = tinyModelOf("qwen2");
  const plain = parts.tensors.map(({ name, shape }) => {
    return { name, type: "F32" as const, shape, data: new Uint8Array(Float32Array.from(weights.get(name)!).buffer) };
  });
  const module = "model.layers.0.mlp.up_proj";
  const packed = packedExample(module, quantization, [160, 96], 5);
  const others = checkpointEntries(plain, false).filter(({ name }) => name !== `${module}.weight`);
  const files = {
    "config.json": {
      ...configJson(tinyConfig("qwen2")),
      quantization_config: { ...quantizationConfig(quantization), ...config },
    },
    "tokenizer.json": tokenizerJson(PRE_TOKENIZERS.get("qwen2")!.oniguruma),
  };
  const path = await writeFolder(folder, files, [...others, ...entries(packed.entries)], 2);
  return { path, weights: packed.weights };
}

describe.each<[string, Quantization, string]>([
  ["GPTQ Int4, groups", GPTQ, "Q4_0"],
  ["GPTQ Int4, one group", { ...GPTQ, groupSize: -1 }, "Q4_0"],
  ["GPTQ Int4, not symmetric", { ...GPTQ, isSymmetric: false }, "Q5_0"],
  ["GPTQ Int4, act-order", { ...GPTQ, hasOrder: true }, "F32"],
  ["GPTQ Int4, act-order, one group", { ...GPTQ, groupSize: -1, hasOrder: true }, "Q4_0"],
  ["GPTQ Int4, its second format", { ...GPTQ, isSymmetric: false, zeroOffset: 0 }, "Q5_0"],
  ["GPTQ Int4, groups of no whole blocks", { ...GPTQ, groupSize: 24 }, "F32"],
  ["GPTQ Int8", { ...GPTQ, bits: 8 }, "Q8_0"],
  ["GPTQ Int8, not symmetric", { ...GPTQ, bits: 8, isSymmetric: false }, "F32"],
  ["GPTQ Int8, act-order", { ...GPTQ, bits: 8, hasOrder: true }, "F32"],
  ["AWQ Int4", AWQ, "Q5_0"],
  ["AWQ Int4, one group", { ...AWQ, groupSize: -1 }, "Q5_0"],
])("%s", (_, quantization, type) => {
  test(`becomes ${type} with the same numbers, however it is read`, async () => {
    const { path, weights } = await write(quantization);
    await using model = await openModelFile(path);
    const tensor = model.tensors.get("blk.0.ffn_up.weight")!;
    expect(tensor).toMatchObject({ type, shape: [96, 160] });
    const bytes = new Uint8Array(tensor.byteLength);
    const cut = 1001; // within a row
    await model.read(tensor, bytes.subarray(0, cut), 0);
    await model.read(tensor, bytes.subarray(cut), cut);
    const read = dequantize(tensor.type, bytes);
    expect(read.length).toBe(weights.length);
    expect(read.findIndex((value, i) => value !== weights[i])).toBe(-1);
  });
});

test("of AutoGPTQ's biases those of zeros are left out, and another is refused", async () => {
  const withBias = (byte: number) => (all: readonly SafetensorsEntry[]) => [
    ...all,
    { name: "model.layers.0.mlp.up_proj.bias", dtype: "F16", shape: [160], data: new Uint8Array(320).fill(byte) },
  ];
  const describeFolder = async (byte: number) => {
    const { path } = await write(GPTQ, { entries: withBias(byte) });
    await using model = await openModelFile(path);
    return describeModel(model, modelConfig(model));
  };
  expect((await describeFolder(0)).shape).toEqual([TINY.vocabSize]);
  await expect(describeFolder(1)).rejects.toThrow(
    /tensor "model\.layers\.0\.mlp\.up_proj\.bias": is not read by qwen2/,
  );
});

describe("refused by name:", () => {
  const without = (kind: string) => (all: readonly SafetensorsEntry[]) =>
    all.filter(({ name }) => !name.endsWith(kind));
  const changed = (kind: string, change: Partial<SafetensorsEntry>) => (all: readonly SafetensorsEntry[]) =>
    all.map((entry) => (entry.name.endsWith(kind) ? { ...entry, ...change } : entry));

  test.each<[string, Quantization, Changes, RegExp]>([
    [
      "another method",
      GPTQ,
      { config: { quant_method: "bitsandbytes" } },
      /quant_method: "bitsandbytes"; supported: gptq, awq/,
    ],
    ["three bits", GPTQ, { config: { bits: 3 } }, /quantization_config: bits: 3; supported: 4/],
    ["no group size", GPTQ, { config: { group_size: 0 } }, /group_size: 0 is none/],
    ["another kernel's order", AWQ, { config: { version: "gemv" } }, /version: "gemv"; supported: gemm/],
    ["no zeros", GPTQ, { entries: without("qzeros") }, /tensor "model\.layers\.0\.mlp\.up_proj\.qzeros": is missing/],
    ["no scales", AWQ, { entries: without("scales") }, /scales": is missing/],
    ["act-order without its order", { ...GPTQ, hasOrder: true }, { entries: without("g_idx") }, /g_idx": is missing/],
    [
      "scales for other groups",
      GPTQ,
      { entries: changed("scales", { shape: [1, 160], data: new Uint8Array(320) }) },
      /scales": is F16 \[1,160\], but F16 \[3,160\] is expected/,
    ],
    ["a packed matrix without a word of it", GPTQ, { config: { quant_method: undefined } }, /quant_method/],
  ])("%s", async (_, quantization, changes, message) => {
    const { path } = await write(quantization, changes);
    await expect(openModelFile(path)).rejects.toThrow(message);
  });

  test.each<[string, Quantization, Changes, RegExp]>([
    [
      "symmetric weights with another zero",
      { ...GPTQ, isSymmetric: false },
      { config: { sym: true } },
      /up_proj\.qzeros.*has the zero \d+, but config\.json says that its weights are symmetric/,
    ],
    [
      "a group that there is not",
      { ...GPTQ, hasOrder: true },
      { entries: changed("g_idx", { data: new Uint8Array(96 * 4).fill(1) }) },
      /g_idx": 16843009 is none of 3 groups/,
    ],
  ])("%s, when it is read", async (_, quantization, changes, message) => {
    const { path } = await write(quantization, changes);
    await using model = await openModelFile(path);
    const tensor = model.tensors.get("blk.0.ffn_up.weight")!;
    await expect(model.read(tensor, new Uint8Array(tensor.byteLength), 0)).rejects.toThrow(message);
  });
});
