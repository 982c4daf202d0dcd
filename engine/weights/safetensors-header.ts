// Safetensors: https://github.com/huggingface/safetensors, README, Format. A u64 with the length of a JSON object, then it, then bytes.
// As with GGUF: every name, shape and offset is checked before it is used.
import { badModelFile, inWords, quote } from "./bad-model-file.ts";
import type { TensorType } from "./block-formats.ts";
import { HeaderReader } from "./header-reader.ts";
import { jsonObject, jsonOutline } from "./json-object.ts";

const MAX_HEADER_BYTES = 32 << 20; // a mixture of 128 experts in 94 layers has 5 MB in all of its shards
const MAX_DEPTH = 3; // the header, a tensor, its shape
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
  const entries = Object.entries(parseObject(path, text)).filter(([name]) => name !== "__metadata__");
  const tensors = new Map<string, SafetensorsTensor>();
  for (const [name, entry] of entries) {
    if (isWanted(name)) tensors.set(name, checkedTensor(path, name, entry, start));
  }
  checkLayout(path, entries, fileBytes - start);
  return tensors;
}

/** As the format asks: one tensor begins where the one before it ends, and the last one ends with the file. */
function checkLayout(path: string, entries: readonly (readonly [string, unknown])[], bytes: number): void {
  const extents = entries
    .map(([name, entry]) => ({ name, offsets: offsetsOf(path, name, entry) }))
    .sort((a, b) => a.offsets[0] - b.offsets[0] || a.offsets[1] - b.offsets[1]);
  let end = 0;
  let before = "the header";
  for (const { name, offsets } of extents) {
    const [from, to] = offsets;
    const field = `tensor ${quote(name)}`;
    if (to < from) throw badModelFile(path, field, `begins at byte ${from}, after its end at ${to}`);
    if (from < end) throw badModelFile(path, field, `begins at byte ${from}, within ${before}, which ends at ${end}`);
    if (from > end) throw badModelFile(path, field, `begins at byte ${from}, but ${before} ends at ${end}`);
    [end, before] = [to, field];
  }
  if (end > bytes) throw badModelFile(path, before, `ends at byte ${end}, but the file at ${bytes}; it is cut short`);
  if (end < bytes)
    throw badModelFile(path, before, `ends at byte ${end}, but the file at ${bytes}; no tensor is the rest`);
}

function checkedTensor(path: string, name: string, entry: unknown, start: number): SafetensorsTensor {
  const reject = (problem: string): never => {
    throw badModelFile(path, `tensor ${quote(name)}`, problem);
  };
  if (typeof entry !== "object" || entry === null) return reject("is not described");
  const { dtype, shape } = entry as Record<string, unknown>; // as: any object
  const format = typeof dtype === "string" && Object.hasOwn(TYPES, dtype) ? TYPES[dtype] : undefined;
  if (!format) return reject(`is ${inWords(dtype)}; supported are ${Object.keys(TYPES).join(", ")}`);
  if (!isSizes(shape) || shape.length < 1 || shape.length > MAX_DIMENSIONS) {
    return reject(`has the shape ${quote(JSON.stringify(shape) ?? "")}, which is none`);
  }
  const [from, to] = offsetsOf(path, name, entry);
  const bytes = shape.reduce((product, size) => product * size, format.bytes);
  if (bytes > MAX_SIZE * format.bytes || to - from !== bytes) {
    return reject(`takes ${bytes} bytes by its shape, and ${to - from} by its offsets`);
  }
  return { type: format.type, shape, byteOffset: start + from, byteLength: bytes };
}

/** First byte and end, counted from the header's end. */
function offsetsOf(path: string, name: string, entry: unknown): readonly [number, number] {
  const offsets =
    typeof entry === "object" && entry !== null && "data_offsets" in entry ? entry.data_offsets : undefined;
  if (isSizes(offsets) && offsets.length === 2) return offsets as [number, number]; // as: two of them
  throw badModelFile(path, `tensor ${quote(name)}`, "has no offsets");
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function parseObject(path: string, text: string): Record<string, unknown> {
  const { depth, keys } = jsonOutline(text);
  const header = depth <= MAX_DEPTH ? jsonObject(text) : undefined;
  if (!header) throw badModelFile(path, "header", "is no JSON object of tensors; it is no safetensors file, or broken");
  const seen = new Set<string>();
  for (const name of keys.map((key) => JSON.parse(key) as string)) {
    if (seen.has(name)) throw badModelFile(path, `tensor ${quote(name)}`, "is in the header twice");
    seen.add(name);
  }
  return header;
}
