// Writes a GGUF of the shape of a Qwen2.5 with random weights, in the types that Q4_K_M has: to try what models take that are too large
// to fetch. Tokenizer and settings are those of another qwen2 file, whose vocabulary it has.
//
//   node bench/random-model.mjs SOURCE.gguf TARGET.gguf [--shape 7B|1.5B] [--layers N]
import { once } from "node:events";
import { createWriteStream, readFileSync } from "node:fs";
import { parseArgs } from "node:util";

const SHAPES = {
  "7B": { block_count: 28, embedding_length: 3584, feed_forward_length: 18_944, heads: [28, 4], isTied: false },
  "1.5B": { block_count: 28, embedding_length: 1536, feed_forward_length: 8960, heads: [12, 2], isTied: true },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { shape: { type: "string", default: "7B" }, layers: { type: "string" } },
});
const [source, target] = positionals;
const { heads, isTied, ...shape } = SHAPES[values.shape];
const SHAPE = {
  ...shape,
  ...(values.layers && { block_count: Number(values.layers) }),
  "attention.head_count": heads[0],
  "attention.head_count_kv": heads[1],
};
const ALIGNMENT = 32;
const HEADER_BYTES = 2 ** 25; // more than the tokenizer of any Qwen takes
const VALUE_BYTES = [1, 1, 2, 2, 4, 4, 4, 1, undefined, undefined, 8, 8, 8]; // by the number of a value's type
const [STRING, ARRAY, U32] = [8, 9, 4];

/** Types of tensors: what a block of so many columns is made of, with weights of some 0.02 on average. */
const F32 = { id: 0, columns: 1, make: (block) => block.writeFloatLE(1) };
const Q4_K = { id: 12, columns: 256, bytes: 144, make: (block) => block.writeUInt32LE(0x10ea_054a) }; // d 8e-5, dmin 6e-4
const Q6_K = { id: 14, columns: 256, bytes: 210, make: (block) => block.writeUInt16LE(0x0110, 208) }; // d 1.6e-5
const BLOCKS = 4096; // that are made once and written again and again

function tensors(vocabSize) {
  const { embedding_length: hidden, feed_forward_length: inner, block_count: layers } = SHAPE;
  const keyValues = (hidden / SHAPE["attention.head_count"]) * SHAPE["attention.head_count_kv"];
  const layer = (i) =>
    [
      ...[
        ["attn_norm.weight", F32, hidden],
        ["attn_q.weight", Q4_K, hidden, hidden],
        ["attn_q.bias", F32, hidden],
      ],
      ...[
        ["attn_k.weight", Q4_K, hidden, keyValues],
        ["attn_k.bias", F32, keyValues],
      ],
      ...[
        ["attn_v.weight", Q6_K, hidden, keyValues],
        ["attn_v.bias", F32, keyValues],
      ],
      ...[
        ["attn_output.weight", Q4_K, hidden, hidden],
        ["ffn_norm.weight", F32, hidden],
      ],
      ...[
        ["ffn_gate.weight", Q4_K, hidden, inner],
        ["ffn_up.weight", Q4_K, hidden, inner],
      ],
      ["ffn_down.weight", Q6_K, inner, hidden],
    ].map(([name, ...rest]) => [`blk.${i}.${name}`, ...rest]);
  return [
    ["token_embd.weight", isTied ? Q6_K : Q4_K, hidden, vocabSize],
    ...Array.from({ length: layers }, (_, i) => layer(i)).flat(),
    ["output_norm.weight", F32, hidden],
    ...(isTied ? [] : [["output.weight", Q6_K, hidden, vocabSize]]),
  ];
}

/** The source's settings as they are, but for the shape. */
function settings(file) {
  const bytes = Buffer.from(file.subarray(0, HEADER_BYTES));
  let at = 24; // behind magic, version, and the numbers of tensors and of settings
  let vocabSize = 0;
  const step = (count) => {
    at += count;
    return at - count;
  };
  const u64 = () => Number(bytes.readBigUInt64LE(step(8)));
  const u32 = () => bytes.readUInt32LE(step(4));
  const string = () => {
    const length = u64();
    return bytes.toString("utf8", step(length), at);
  };
  function skip(type) {
    if (type === STRING) step(u64());
    else if (type !== ARRAY) step(VALUE_BYTES[type]);
    else {
      const of = u32();
      for (let left = u64(); left > 0; left--) skip(of);
    }
  }
  for (let left = Number(bytes.readBigUInt64LE(16)); left > 0; left--) {
    const key = string().replace(/^qwen2\./, "");
    const type = u32();
    if (type === U32 && key in SHAPE) bytes.writeUInt32LE(SHAPE[key], at);
    if (key === "tokenizer.ggml.tokens") vocabSize = Number(bytes.readBigUInt64LE(at + 4));
    skip(type);
  }
  return { bytes: bytes.subarray(0, at), vocabSize };
}

const number = (value) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};
const sizeOf = ({ columns, bytes = 4 }, width, rows = 1) => (width / columns) * bytes * rows;
const aligned = (size) => Math.ceil(size / ALIGNMENT) * ALIGNMENT;

function randomBlocks({ bytes = 4, make }, seed) {
  let state = seed;
  const blocks = Buffer.alloc(BLOCKS * bytes);
  for (let i = 0; i < blocks.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    blocks[i] = state >>> 24;
  }
  for (let i = 0; i < BLOCKS; i++) make(blocks.subarray(i * bytes, (i + 1) * bytes));
  return blocks;
}

const { bytes: head, vocabSize } = settings(readFileSync(source));
const list = tensors(vocabSize);
head.writeBigUInt64LE(BigInt(list.length), 8);
let offset = 0;
const infos = list.map(([name, type, ...shape]) => {
  const kind = Buffer.alloc(4);
  kind.writeUInt32LE(type.id);
  const dimensions = Buffer.alloc(4);
  dimensions.writeUInt32LE(shape.length);
  const info = [number(name.length), Buffer.from(name), dimensions, ...shape.map(number), kind, number(offset)];
  offset += aligned(sizeOf(type, ...shape));
  return Buffer.concat(info);
});

const out = createWriteStream(target);
const write = async (bytes) => out.write(bytes) || (await once(out, "drain"));
const header = Buffer.concat([head, ...infos]);
await write(Buffer.concat([header, Buffer.alloc(aligned(header.length) - header.length)]));
for (const [i, [, type, ...shape]] of list.entries()) {
  const size = sizeOf(type, ...shape);
  const blocks = randomBlocks(type, i + 1);
  for (let left = size; left > 0; left -= blocks.length) await write(blocks.subarray(0, Math.min(left, blocks.length)));
  await write(Buffer.alloc(aligned(size) - size));
}
out.end();
await once(out, "finish");
process.stdout.write(`${target}: ${header.length + offset} bytes\n`);
