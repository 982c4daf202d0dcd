import { BLOCK_FORMATS, type TensorType } from "../../../engine/weights/block-formats.ts";
import type { GgufValue } from "../../../engine/weights/metadata.ts";
import { TextList } from "../../../engine/weights/text-list.ts";

/** A value with its type in the file. Lists: `{ type: "string", values: [...] }`. */
export type WrittenValue =
  | { type: ScalarType; value: number | bigint | boolean | string }
  | { type: ScalarType; values: readonly (number | bigint | boolean | string)[] };

export interface WrittenTensor {
  name: string;
  type: TensorType;
  shape: readonly number[]; // ne order
  data?: Uint8Array; // default: zeros
}

export interface GgufParts {
  version?: number;
  alignment?: number;
  metadata?: readonly (readonly [key: string, value: WrittenValue])[];
  tensors?: readonly WrittenTensor[];
}

const SCALAR_TYPES = {
  u8: 0,
  i8: 1,
  u16: 2,
  i16: 3,
  u32: 4,
  i32: 5,
  f32: 6,
  bool: 7,
  string: 8,
  u64: 10,
  i64: 11,
  f64: 12,
};
type ScalarType = keyof typeof SCALAR_TYPES;
const ARRAY_TYPE = 9;

/** The value as a file with it is read. */
export function asRead(written: WrittenValue): GgufValue {
  if ("value" in written) return written.value;
  // as: a list's values are of its type
  return written.type === "string"
    ? TextList.from(written.values as readonly string[])
    : (written.values as readonly number[]);
}

export interface WrittenGguf {
  bytes: Buffer;
  headerBytes: number; // without the padding before the weights
  /** Byte offsets in the header at which a field begins. */
  boundaries: number[];
}

/** A small GGUF file, well formed; tests then break it. */
export function writeGguf({ version = 3, alignment = 32, metadata = [], tensors = [] }: GgufParts): WrittenGguf {
  const fields: Buffer[] = [Buffer.from("GGUF"), u32(version), u64(tensors.length), u64(metadata.length)];
  for (const [key, value] of metadata) {
    fields.push(u64(Buffer.byteLength(key)), Buffer.from(key));
    const type = u32(SCALAR_TYPES[value.type]);
    if ("value" in value) fields.push(type, ...scalar(value.type, value.value));
    else {
      fields.push(u32(ARRAY_TYPE), type, u64(value.values.length));
      for (const item of value.values) fields.push(...scalar(value.type, item));
    }
  }
  const weights: Buffer[] = [];
  let offset = 0;
  for (const { name, type, shape, data } of tensors) {
    const { id, blockSize, blockBytes } = BLOCK_FORMATS[type];
    fields.push(u64(Buffer.byteLength(name)), Buffer.from(name), u32(shape.length), ...shape.map(u64), u32(id));
    fields.push(u64(offset));
    const bytes = (shape.reduce((a, b) => a * b, 1) / blockSize) * blockBytes;
    const padded = Buffer.alloc(Math.ceil(bytes / alignment) * alignment);
    padded.set(data ?? []);
    weights.push(padded);
    offset += padded.length;
  }
  const header = Buffer.concat(fields);
  const padding = Buffer.alloc((alignment - (header.length % alignment)) % alignment);
  let end = 0;
  const boundaries = fields.map((field) => {
    end += field.length;
    return end - field.length;
  });
  return { bytes: Buffer.concat([header, padding, ...weights]), headerBytes: header.length, boundaries };
}

/** A qwen2 model of 2 layers, hidden size 64, 4 heads over 2, vocabulary 96; weights are zeros. */
export function tinyQwen2(): Required<Pick<GgufParts, "metadata" | "tensors">> {
  const number = (value: number): WrittenValue => ({ type: "u32", value });
  const layer = (i: number): WrittenTensor[] => [
    { name: `blk.${i}.attn_norm.weight`, type: "F32", shape: [64] },
    { name: `blk.${i}.attn_q.weight`, type: "Q8_0", shape: [64, 64] },
    { name: `blk.${i}.attn_q.bias`, type: "F32", shape: [64] },
    { name: `blk.${i}.attn_k.weight`, type: "Q8_0", shape: [64, 32] },
    { name: `blk.${i}.attn_k.bias`, type: "F32", shape: [32] },
    { name: `blk.${i}.attn_v.weight`, type: "Q8_0", shape: [64, 32] },
    { name: `blk.${i}.attn_v.bias`, type: "F32", shape: [32] },
    { name: `blk.${i}.attn_output.weight`, type: "Q5_0", shape: [64, 64] },
    { name: `blk.${i}.ffn_norm.weight`, type: "F32", shape: [64] },
    { name: `blk.${i}.ffn_gate.weight`, type: "Q4_0", shape: [64, 128] },
    { name: `blk.${i}.ffn_up.weight`, type: "Q4_0", shape: [64, 128] },
    { name: `blk.${i}.ffn_down.weight`, type: "F16", shape: [128, 64] },
  ];
  return {
    metadata: [
      ["general.architecture", { type: "string", value: "qwen2" }],
      ["general.name", { type: "string", value: "tiny" }],
      ["qwen2.block_count", number(2)],
      ["qwen2.context_length", number(256)],
      ["qwen2.embedding_length", number(64)],
      ["qwen2.feed_forward_length", number(128)],
      ["qwen2.attention.head_count", number(4)],
      ["qwen2.attention.head_count_kv", number(2)],
      ["qwen2.rope.freq_base", { type: "f32", value: 1_000_000 }],
      ["qwen2.attention.layer_norm_rms_epsilon", { type: "f32", value: 1e-6 }],
      ["tokenizer.ggml.tokens", { type: "string", values: Array.from({ length: 96 }, (_, i) => `token ${i}`) }],
      ["tokenizer.ggml.token_type", { type: "i32", values: Array.from({ length: 96 }, () => 1) }],
    ],
    tensors: [
      { name: "token_embd.weight", type: "Q8_0", shape: [64, 96] },
      { name: "output_norm.weight", type: "F32", shape: [64] },
      ...layer(0),
      ...layer(1),
    ],
  };
}

function scalar(type: ScalarType, value: number | bigint | boolean | string): Buffer[] {
  const bytes = Buffer.alloc(8);
  switch (type) {
    case "string":
      return [u64(Buffer.byteLength(String(value))), Buffer.from(String(value))];
    case "u64":
      bytes.writeBigUInt64LE(BigInt(value));
      return [bytes];
    case "i64":
      bytes.writeBigInt64LE(BigInt(value));
      return [bytes];
    case "f64":
      bytes.writeDoubleLE(Number(value));
      return [bytes];
    case "f32":
      bytes.writeFloatLE(Number(value));
      return [bytes.subarray(0, 4)];
    default: {
      const size = { u8: 1, i8: 1, bool: 1, u16: 2, i16: 2, u32: 4, i32: 4 }[type];
      if (type.startsWith("i")) bytes.writeIntLE(Number(value), 0, size);
      else bytes.writeUIntLE(Number(value), 0, size);
      return [bytes.subarray(0, size)];
    }
  }
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

export function u64(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
