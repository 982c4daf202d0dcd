import { writeFile } from "node:fs/promises";
import { dequantize } from "../../engine/weights/dequantize.ts";
import { randomF32 } from "./random.ts";
import { type GgufParts, type WrittenTensor, type WrittenValue, writeGguf } from "./weights/gguf-writer.ts";

export const TINY = {
  hiddenSize: 96,
  intermediateSize: 160,
  numHiddenLayers: 2,
  numAttentionHeads: 6,
  numKeyValueHeads: 2,
  headDim: 32,
  ropeTheta: 10_000,
  rmsNormEps: 1e-6,
  contextLength: 256,
  vocabSize: 288, // 256 bytes, three special tokens, and padding
};

export const END_OF_TURN = 258;

/** Every tensor's values, as the file's types hold them: row-major, [rows, columns]. */
export type Weights = ReadonlyMap<string, Float32Array>;

export interface TinyModel {
  readonly parts: Required<Pick<GgufParts, "metadata" | "tensors">>;
  readonly weights: Weights;
}

/** A qwen2 model with random weights of several types and a tokenizer whose tokens are bytes. */
export function tinyModel(): TinyModel {
  const { hiddenSize, intermediateSize, numHiddenLayers, headDim, numAttentionHeads, numKeyValueHeads } = TINY;
  const keyValueSize = numKeyValueHeads * headDim;
  const querySize = numAttentionHeads * headDim;
  const weights = new Map<string, Float32Array>();
  const tensors: WrittenTensor[] = [];
  let seed = 1;
  function add(name: string, type: "F32" | "Q8_0", shape: readonly number[], scale: number, mean = 0): void {
    const values = randomF32(
      shape.reduce((a, b) => a * b, 1),
      seed++,
      scale,
    ).map((value) => value + mean);
    const data = type === "F32" ? new Uint8Array(values.buffer) : quantize(values);
    tensors.push({ name, type, shape, data });
    weights.set(name, dequantize(type, data));
  }
  add("token_embd.weight", "Q8_0", [hiddenSize, TINY.vocabSize], 1);
  for (let i = 0; i < numHiddenLayers; i++) {
    add(`blk.${i}.attn_norm.weight`, "F32", [hiddenSize], 0.5, 1);
    add(`blk.${i}.attn_q.weight`, "Q8_0", [hiddenSize, querySize], 0.2);
    add(`blk.${i}.attn_q.bias`, "F32", [querySize], 0.5);
    add(`blk.${i}.attn_k.weight`, "Q8_0", [hiddenSize, keyValueSize], 0.2);
    add(`blk.${i}.attn_k.bias`, "F32", [keyValueSize], 0.5);
    add(`blk.${i}.attn_v.weight`, "F32", [hiddenSize, keyValueSize], 0.2);
    add(`blk.${i}.attn_v.bias`, "F32", [keyValueSize], 0.5);
    add(`blk.${i}.attn_output.weight`, "Q8_0", [querySize, hiddenSize], 0.2);
    add(`blk.${i}.ffn_norm.weight`, "F32", [hiddenSize], 0.5, 1);
    add(`blk.${i}.ffn_gate.weight`, "Q8_0", [hiddenSize, intermediateSize], 0.2);
    const upType = i % 2 === 0 ? "Q8_0" : "F32"; // as the gate, and not
    add(`blk.${i}.ffn_up.weight`, upType, [hiddenSize, intermediateSize], 0.2);
    add(`blk.${i}.ffn_down.weight`, "Q8_0", [intermediateSize, hiddenSize], 0.2);
  }
  add("output_norm.weight", "F32", [hiddenSize], 0.5, 1);
  return { parts: { metadata, tensors }, weights };
}

export async function writeTinyModel(path: string, parts: GgufParts = tinyModel().parts): Promise<string> {
  await writeFile(path, writeGguf(parts).bytes);
  return path;
}

const number = (value: number): WrittenValue => ({ type: "u32", value });
const real = (value: number): WrittenValue => ({ type: "f32", value });
const text = (value: string): WrittenValue => ({ type: "string", value });

// Bytes as GPT-2 writes them: printable ones as themselves, the others from U+0100 on.
const isPrintable = (byte: number) =>
  (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);
let others = 0;
const bytes = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : 256 + others++));
const special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"];
const padding = Array.from({ length: TINY.vocabSize - 259 }, (_, i) => `[PAD${i}]`);

/** Tokens are bytes. */
export const tinyTokenizer: readonly (readonly [string, WrittenValue])[] = [
  ["tokenizer.ggml.model", text("gpt2")],
  ["tokenizer.ggml.pre", text("qwen2")],
  ["tokenizer.ggml.tokens", { type: "string", values: [...bytes, ...special, ...padding] }],
  [
    "tokenizer.ggml.token_type",
    { type: "i32", values: [...bytes.map(() => 1), ...special.map(() => 3), ...padding.map(() => 5)] },
  ],
  ["tokenizer.ggml.merges", { type: "string", values: [] }],
  ["tokenizer.ggml.eos_token_id", number(END_OF_TURN)],
];

const metadata: readonly (readonly [string, WrittenValue])[] = [
  ["general.architecture", text("qwen2")],
  ["general.name", text("tiny")],
  ["qwen2.block_count", number(TINY.numHiddenLayers)],
  ["qwen2.context_length", number(TINY.contextLength)],
  ["qwen2.embedding_length", number(TINY.hiddenSize)],
  ["qwen2.feed_forward_length", number(TINY.intermediateSize)],
  ["qwen2.attention.head_count", number(TINY.numAttentionHeads)],
  ["qwen2.attention.head_count_kv", number(TINY.numKeyValueHeads)],
  ["qwen2.attention.key_length", number(TINY.headDim)],
  ["qwen2.rope.freq_base", real(TINY.ropeTheta)],
  ["qwen2.attention.layer_norm_rms_epsilon", real(TINY.rmsNormEps)],
  ...tinyTokenizer,
];

/** Q8_0: blocks of an f16 scale and 32 int8. The scale is a power of two, which f16 holds exactly. */
export function quantize(values: Float32Array): Uint8Array {
  const blocks = new Uint8Array((values.length / 32) * 34);
  for (let block = 0; block < values.length / 32; block++) {
    const part = values.subarray(block * 32, block * 32 + 32);
    const exponent = Math.ceil(Math.log2(Math.max(...part.map(Math.abs)) / 127));
    const view = new DataView(blocks.buffer, block * 34, 34);
    view.setUint16(0, (exponent + 15) << 10, true);
    for (const [i, value] of part.entries()) view.setInt8(2 + i, Math.round(value / 2 ** exponent));
  }
  return blocks;
}
