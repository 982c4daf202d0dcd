import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ModelConfig } from "../../../engine/models/config.ts";
import { openGguf } from "../../../engine/weights/gguf.ts";
import { modelConfig } from "../../../engine/weights/model-config.ts";
import { tinyQwen2, type WrittenTensor, type WrittenValue, writeGguf } from "./gguf-writer.ts";

let path: string;
beforeAll(async () => {
  path = join(await mkdtemp(join(tmpdir(), "qwenlab-config-")), "model.gguf");
});
afterAll(() => rm(join(path, ".."), { recursive: true }));

interface Changes {
  set?: Record<string, WrittenValue>;
  unset?: string;
  tensors?: WrittenTensor[]; // instead of all
}

/** The configuration of the tiny model after changes to its metadata. */
async function configOf({ set = {}, unset, tensors }: Changes = {}): Promise<ModelConfig> {
  const tiny = tinyQwen2();
  const metadata = new Map([...tiny.metadata, ...Object.entries(set)]);
  if (unset) metadata.delete(unset);
  await writeFile(path, writeGguf({ metadata: [...metadata], tensors: tensors ?? tiny.tensors }).bytes);
  await using gguf = await openGguf(path);
  return modelConfig(gguf);
}

const number = (value: number): WrittenValue => ({ type: "u32", value });
const text = (value: string): WrittenValue => ({ type: "string", value });
const yes = (value: boolean): WrittenValue => ({ type: "bool", value });

test("a model's sizes are read under the names of config.json", async () => {
  expect(await configOf()).toEqual({
    modelType: "qwen2",
    vocabSize: 96,
    hiddenSize: 64,
    intermediateSize: 128,
    numHiddenLayers: 2,
    numAttentionHeads: 4,
    numKeyValueHeads: 2,
    headDim: 16,
    rmsNormEps: Math.fround(1e-6),
    ropeTheta: 1_000_000,
    maxPositionEmbeddings: 256,
    tieWordEmbeddings: true,
  });
});

describe("the first generation's longer texts", () => {
  const qwen = async (width: number, set: Record<string, WrittenValue> = {}) => {
    const metadata = [...tinyQwen2().metadata].map(([key, value]) => [key.replace("qwen2.", "qwen."), value] as const);
    const sizes = {
      "general.architecture": text("qwen"),
      "qwen.embedding_length": number(width),
      "qwen.attention.key_length": number(16),
    };
    const all = new Map([...metadata, ...Object.entries({ ...sizes, ...set })]);
    const embedding: WrittenTensor = { name: "token_embd.weight", type: "Q8_0", shape: [width, 96] };
    await writeFile(path, writeGguf({ metadata: [...all], tensors: [embedding] }).bytes);
    await using gguf = await openGguf(path);
    return modelConfig(gguf).longContext;
  };
  const flags = { "qwen.rope.dynamic_ntk": yes(true), "qwen.attention.logn": yes(false) };
  const length = "qwen.rope.scaling.original_context_length";

  test("are read as config.json says", async () => {
    const expected = { seqLength: 128, useDynamicNtk: true, useLognAttn: false };
    expect(await qwen(64, { ...flags, [length]: number(128) })).toEqual(expected);
    expect(await qwen(64)).toBeUndefined();
  });

  test("are known of published models, whose GGUF files do not say", async () => {
    expect(await qwen(5120)).toEqual({ seqLength: 2048, useDynamicNtk: true, useLognAttn: true }); // 14B
    expect(await qwen(8192)).toBeUndefined(); // 72B was trained on all of its context
    expect(
      await qwen(4096, { "qwen.rope.dynamic_ntk": yes(false), "qwen.attention.logn": yes(false) }),
    ).toBeUndefined();
  });

  test.each([
    [{ ...flags, [length]: number(1) }, /original_context_length.*is 1/],
    [{ ...flags }, /original_context_length.*is missing/],
    [{ "qwen.rope.dynamic_ntk": number(1) }, /dynamic_ntk: 1 is neither true nor false/],
  ])("%o is refused by name", async (set, message) => {
    await expect(qwen(64, set)).rejects.toThrow(message);
  });
});

test("a file with an output matrix does not tie it to the embedding", async () => {
  const output: WrittenTensor = { name: "output.weight", type: "Q8_0", shape: [64, 96] };
  const config = await configOf({ tensors: [...tinyQwen2().tensors, output] });
  expect(config.tieWordEmbeddings).toBe(false);
});

test("key-value heads are as many as heads where the file does not say", async () => {
  expect(await configOf({ unset: "qwen2.attention.head_count_kv" })).toMatchObject({ numKeyValueHeads: 4 });
});

test("an embedding may have more rows than the vocabulary has tokens", async () => {
  const tokens: WrittenValue = { type: "string", values: Array.from({ length: 90 }, String) };
  const set = { "qwen2.vocab_size": number(90), "tokenizer.ggml.tokens": tokens };
  expect(await configOf({ set })).toMatchObject({ vocabSize: 96 });
});

describe("of a mixture of experts", () => {
  const keys = (sizes: Record<string, number>) => ({
    ...Object.fromEntries(tinyQwen2().metadata.map(([key, value]) => [key.replace("qwen2.", "qwen2moe."), value])),
    ...Object.fromEntries(Object.entries(sizes).map(([key, value]) => [`qwen2moe.${key}`, number(value)])),
    "general.architecture": { type: "string", value: "qwen2moe" } as const,
  });

  test("experts are read; widths that older files do not tell are the same share of the dense one's", async () => {
    const widths = { expert_feed_forward_length: 32, expert_shared_feed_forward_length: 96 };
    const counts = { expert_count: 8, expert_used_count: 2 };
    const read = { numExperts: 8, numExpertsPerTok: 2 };
    expect((await configOf({ set: keys({ ...counts, ...widths }) })).experts).toEqual({
      ...read,
      moeIntermediateSize: 32,
      sharedExpertIntermediateSize: 96,
    });
    expect((await configOf({ set: keys(counts) })).experts).toEqual({
      ...read,
      moeIntermediateSize: 64,
      sharedExpertIntermediateSize: 128,
    });
  });

  test.each<[string, Record<string, number>, RegExp]>([
    ["no count", { expert_used_count: 2 }, /qwen2moe\.expert_count: is missing/],
    ["no experts", { expert_count: 0, expert_used_count: 2 }, /expert_count: 0 is not an integer from 1/],
    ["a million", { expert_count: 1_000_000, expert_used_count: 2 }, /expert_count: 1000000/],
    ["more a token than there are", { expert_count: 8, expert_used_count: 9 }, /expert_used_count: 9 .* 1 to 8/],
    ["experts of half a column", { expert_count: 8, expert_used_count: 3 }, /expert_feed_forward_length: 42\.6/],
  ])("implausible: %s", async (_, sizes, message) => {
    const error = await configOf({ set: keys(sizes) }).catch((reason) => reason);
    expect(error).toMatchObject({ code: "bad-model-file", message: expect.stringMatching(message) });
  });
});

describe("unsupported, with what is supported:", () => {
  test.each([
    ["an unknown architecture", "general.architecture", "mamba", /"mamba" is not supported; supported: .*qwen2/],
    ["a scaling of positions", "qwen2.rope.scaling.type", "yarn", /rope\.scaling\.type: "yarn"/],
  ])("%s", async (_, key, value, message) => {
    const error = await configOf({ set: { [key]: { type: "string", value } } }).catch((reason) => reason);
    expect(error).toMatchObject({ code: "unsupported-model", message: expect.stringMatching(message) });
  });
});

test.each(["qwen2.rope.scaling.factor", "qwen2.rope.scale_linear"])(
  "%s, which needs no type, is refused",
  async (key) => {
    const set = (value: number) => configOf({ set: { [key]: { type: "f32", value } } });
    const message = expect.stringContaining(`${key}: 4 is not supported; supported: 1`);
    await expect(set(4)).rejects.toMatchObject({ code: "unsupported-model", message });
    expect((await set(1)).ropeTheta).toBe((await configOf({})).ropeTheta);
  },
);

describe("implausible, with file, field and value:", () => {
  test.each<[string, Changes, RegExp]>([
    ["no architecture", { unset: "general.architecture" }, /general\.architecture: is missing/],
    ["no width", { unset: "qwen2.embedding_length" }, /qwen2\.embedding_length: is missing/],
    [
      "a width in words",
      { set: { "qwen2.embedding_length": { type: "string", value: "wide" } } },
      /embedding_length: "wide" is not a number/,
    ],
    ["no layers", { set: { "qwen2.block_count": number(0) } }, /block_count: 0 is not an integer from 1/],
    ["a million layers", { set: { "qwen2.block_count": number(1_000_000) } }, /block_count: 1000000/],
    [
      "half a layer",
      { set: { "qwen2.block_count": { type: "f32", value: 1.5 } } },
      /block_count: 1\.5 is not an integer/,
    ],
    [
      "heads that do not divide",
      { set: { "qwen2.attention.head_count_kv": number(3) } },
      /head_count_kv: 3 does not divide the 4/,
    ],
    ["heads that do not share the width", { set: { "qwen2.attention.head_count": number(6) } }, /key_length: 10\.6/],
    ["an odd head dimension", { set: { "qwen2.attention.key_length": number(15) } }, /key_length: 15 is odd/],
    ["values of another dimension", { set: { "qwen2.attention.value_length": number(32) } }, /value_length: 32/],
    ["a part of the head rotated", { set: { "qwen2.rope.dimension_count": number(8) } }, /dimension_count: 8/],
    [
      "an epsilon that is not a number",
      { set: { "qwen2.attention.layer_norm_rms_epsilon": { type: "f32", value: Number.NaN } } },
      /epsilon: NaN/,
    ],
    ["a frequency base of zero", { set: { "qwen2.rope.freq_base": { type: "f32", value: 0 } } }, /freq_base: 0/],
    ["another width than the embedding's", { set: { "qwen2.embedding_length": number(128) } }, /\[64,96\].*128/],
    [
      "a larger vocabulary than the embedding's",
      { set: { "qwen2.vocab_size": number(97) } },
      /vocab_size: 97.*96 rows/,
    ],
    ["a vocabulary of nothing", { set: { "qwen2.vocab_size": number(0) } }, /vocab_size: 0/],
    [
      "more tokens than rows",
      { set: { "tokenizer.ggml.tokens": { type: "string", values: Array.from({ length: 97 }, String) } } },
      /97 tokens.*96 rows/,
    ],
    ["no embedding", { tensors: [] }, /tensor "token_embd\.weight": is missing/],
  ])("%s", async (_, changes, message) => {
    const error = await configOf(changes).catch((reason) => reason);
    expect(error).toMatchObject({ code: "bad-model-file", message: expect.stringMatching(message) });
    expect(error.message).toContain(path);
  });
});
