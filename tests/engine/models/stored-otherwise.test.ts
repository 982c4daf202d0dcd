// The tiny model, stored as other programs store models: what it says must not depend on it.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openLanguageModel } from "../../../engine/index.ts";
import { dequantize } from "../../../engine/weights/dequantize.ts";
import { TINY, tinyModel, writeTinyModel } from "../tiny-model.ts";
import { type WrittenTensor, type WrittenValue, writeGguf } from "../weights/gguf-writer.ts";

const { parts } = tinyModel();
const TOKENS = [11, 48, 85, 122, 159, 196, 233];
const PADDING = 32; // rows

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "qwenlab-stored-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function logprobs(path: string): Promise<unknown[]> {
  await using model = await openLanguageModel({ path, precision: "exact" });
  const all: unknown[] = [];
  for await (const { top } of model.score(TOKENS, { top: 20 })) all.push(top);
  return all;
}

/** The tiny model's tensors with its norms and biases in that type, and again with the same values in F32. */
function withVectors(type: "F16" | "BF16" | "Q8_0"): readonly [WrittenTensor[], WrittenTensor[]] {
  const stored = parts.tensors.map((tensor) => {
    if (tensor.shape.length > 1) return tensor;
    return { ...tensor, type, data: ENCODERS[type](new Float32Array(tensor.data!.slice().buffer)) };
  });
  const asF32 = stored.map((tensor) => {
    if (tensor.shape.length > 1) return tensor;
    return { ...tensor, type: "F32" as const, data: new Uint8Array(dequantize(tensor.type, tensor.data!).buffer) };
  });
  return [stored, asF32];
}

const bitsOf = (values: Float32Array) => new Uint32Array(values.buffer);

const ENCODERS = {
  BF16: (values: Float32Array) => new Uint8Array(Uint16Array.from(bitsOf(values), (bits) => bits >>> 16).buffer),
  F16: (values: Float32Array) => new Uint8Array(Uint16Array.from(bitsOf(values), halfOf).buffer),
  Q8_0(values: Float32Array) {
    const blocks = new Uint8Array((values.length / 32) * 34);
    const view = new DataView(blocks.buffer);
    for (const [i, value] of values.entries()) {
      const block = (i >> 5) * 34;
      view.setUint16(block, 0x2400, true); // 2^-6: the tiny model's vectors are below 1.5
      view.setInt8(block + 2 + (i & 31), Math.round(value * 64));
    }
    return blocks;
  },
};

/** Of an f32's bits; what is smaller than f16's normal numbers becomes zero. */
function halfOf(bits: number): number {
  const exponent = ((bits >>> 23) & 0xff) - 112;
  return ((bits >>> 16) & 0x8000) | (exponent > 0 ? (exponent << 10) | ((bits >>> 13) & 0x3ff) : 0);
}

describe.each(["F16", "BF16", "Q8_0"] as const)("norms and biases in %s", (type) => {
  test("give the same bits as their values in F32", async () => {
    const [stored, asF32] = withVectors(type);
    const storedPath = await writeTinyModel(join(folder, "stored.gguf"), { ...parts, tensors: stored });
    const f32Path = await writeTinyModel(join(folder, "f32.gguf"), { ...parts, tensors: asF32 });
    const expected = await logprobs(f32Path);
    expect(await logprobs(storedPath)).toEqual(expected);
    expect(expected).not.toEqual(await logprobs(await writeTinyModel(join(folder, "tiny.gguf")))); // they matter
  });
});

test("in version 2, and in several files, it is the same model", async () => {
  const whole = await logprobs(await writeTinyModel(join(folder, "tiny.gguf")));
  expect(await logprobs(await writeTinyModel(join(folder, "v2.gguf"), { ...parts, version: 2 }))).toEqual(whole);

  const name = (part: number) => join(folder, `tiny-0000${part + 1}-of-00002.gguf`);
  for (const part of [0, 1]) {
    const metadata: (readonly [string, WrittenValue])[] = [
      ...(part === 0 ? parts.metadata : []),
      ["split.no", { type: "u16", value: part }],
      ["split.count", { type: "u16", value: 2 }],
      ["split.tensors.count", { type: "i32", value: parts.tensors.length }],
    ];
    const tensors = parts.tensors.filter((_, i) => i % 2 === part);
    await writeFile(name(part), writeGguf({ metadata, tensors }).bytes);
  }
  expect(await logprobs(name(0))).toEqual(whole);
});

test("rows of the embedding past the vocabulary are never said, however likely they look", async () => {
  const tensors = parts.tensors.map((tensor) => {
    if (tensor.name !== "token_embd.weight") return tensor;
    const rowBytes = tensor.data!.length / TINY.vocabSize;
    const loud = new Uint8Array(PADDING * rowBytes);
    for (let block = 0; block < loud.length; block += 34) {
      loud.set([0x00, 0x4c], block); // 2^4
      for (let i = 0; i < 32; i++) loud[block + 2 + i] = (block * 7 + i * 31) % 256;
    }
    const data = Buffer.concat([tensor.data!, loud]);
    return { ...tensor, shape: [TINY.hiddenSize, TINY.vocabSize + PADDING], data };
  });
  await using model = await openLanguageModel({
    path: await writeTinyModel(join(folder, "padded.gguf"), { ...parts, tensors }),
    precision: "exact",
  });
  expect(model.config.vocabSize).toBe(TINY.vocabSize + PADDING);
  const { vocabSize } = model.tokenizer;
  for (const sampling of [{ temperature: 0 }, { temperature: 2, seed: 1 }]) {
    const said: number[] = [];
    for await (const { token } of model.generate(TOKENS, { maxTokens: 24, stopTokens: [], sampling })) said.push(token);
    expect(said).toHaveLength(24);
    expect(Math.max(...said)).toBeLessThan(vocabSize);
  }
  let loudest = 0;
  for await (const { top } of model.score(TOKENS, { top: 1 })) loudest = Math.max(loudest, top[0]![0]);
  expect(loudest).toBeGreaterThanOrEqual(TINY.vocabSize); // they do look likely
});
