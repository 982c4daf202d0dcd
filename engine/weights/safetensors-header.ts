// Safetensors: https://github.com/huggingface/safetensors, README, Format. A u64 with the length of a JSON object, then it, then bytes.
// As with GGUF: every name, shape and offset is checked before it is used.
import { badModelFile, quote } from "./bad-model-file.ts";
import type { TensorType } from "./block-formats.ts";
import { HeaderReader } from "./header-reader.ts";
import { jsonObject } from "./json-object.ts";

const MAX_HEADER_BYTES = 32 << 20; // a mixture of 128 experts in 94 layers has 5 MB in all of its shards
const MAX_DIMENSIONS = 3; // of what any architecture reads
const MAX_SIZE = 2 ** 40; // values

export interface SafetensorsTensor {
  readonly type: TensorType | "I32"; // I32: packed
  readonly shape: readonly number[]; // as in the file: [rows, columns]
  readonly byteOffset: number; // from the file's start
  readonly byteLength: number;
}

const TYPES: Readonly<Record<string, { readonly type: SafetensorsTensor["type"]; readonly bytes: number }>> = {
  F32: { type: "F32", bytes: 4 },
  F16: { type: "F16", bytes: 2 },
  BF16: { type: "BF16", bytes: 2 },
  I32: { type: "I32", bytes: 4 },
};

/**
 * The tensors that `isWanted` tells; others may be of any type.
 *
 * @throws EngineError `bad-model-file`
 */
export function readSafetensorsHeader(
  path: string,
  fd: number,
  fileBytes: number,
  isWanted: (name: string) => boolean,
): ReadonlyMap<string, SafetensorsTensor> {
  const reader = new HeaderReader(path, fd, fileBytes);
  const text = reader.string("header", MAX_HEADER_BYTES, "no model has a longer one");
  const start = reader.offset;
  const tensors = new Map<string, SafetensorsTensor>();
  for (const [name, entry] of Object.entries(parseObject(path, text))) {
    if (name === "__metadata__" || !isWanted(name)) continue;
    tensors.set(name, checkedTensor(path, name, entry, { start, end: fileBytes }));
  }
  return tensors;
}

function checkedTensor(
  path: string,
  name: string,
  entry: unknown,
  { start, end }: { readonly start: number; readonly end: number },
): SafetensorsTensor {
  const reject = (problem: string): never => {
    throw badModelFile(path, `tensor ${quote(name)}`, problem);
  };
  if (typeof entry !== "object" || entry === null) return reject("is not described");
  const { dtype, shape, data_offsets: offsets } = entry as Record<string, unknown>; // as: any object
  const format = typeof dtype === "string" ? TYPES[dtype] : undefined;
  if (!format) return reject(`is ${quote(String(dtype))}; supported are ${Object.keys(TYPES).join(", ")}`);
  if (!isSizes(shape) || shape.length < 1 || shape.length > MAX_DIMENSIONS) {
    return reject(`has the shape ${quote(JSON.stringify(shape) ?? "")}, which is none`);
  }
  if (!isSizes(offsets) || offsets.length !== 2) return reject("has no offsets");
  const [from, to] = offsets as [number, number];
  const bytes = shape.reduce((product, size) => product * size, format.bytes);
  if (bytes > MAX_SIZE * format.bytes || to - from !== bytes) {
    return reject(`takes ${bytes} bytes by its shape, and ${to - from} by its offsets`);
  }
  if (start + to > end) reject(`ends at byte ${start + to}, but the file at ${end}; it is cut short or broken`);
  return { type: format.type, shape, byteOffset: start + from, byteLength: bytes };
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function parseObject(path: string, text: string): Record<string, unknown> {
  const header = jsonObject(text);
  if (header) return header;
  throw badModelFile(path, "header", "is not a JSON object; it is no safetensors file, or broken");
}
