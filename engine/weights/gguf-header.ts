// GGUF, versions 2 and 3: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
// A model file comes from a stranger. Every count, length, offset and type is checked before it is used; what is
// not checked here is the weights' values.
import { EngineError } from "../errors.ts";
import { badModelFile, quote } from "./bad-model-file.ts";
import { BLOCK_FORMATS, OTHER_TENSOR_TYPES, TENSOR_TYPES, type TensorType } from "./block-formats.ts";
import { HeaderReader } from "./header-reader.ts";
import { type FileMetadata, type GgufValue, readMetadata } from "./metadata.ts";

const MAGIC = "GGUF";
const MAX_TENSORS = 65_536; // a 94-layer mixture of 128 experts, unmerged, has 36,000
const MAX_NAME_BYTES = 64; // the specification's
const MAX_DIMENSIONS = 4; // ggml's
const DEFAULT_ALIGNMENT = 32; // the specification's
const MAX_ALIGNMENT = 65_536; // the largest page in use

export interface TensorInfo {
  readonly name: string;
  readonly type: TensorType;
  readonly shape: readonly number[]; // ne order: [columns, rows, ...]
  readonly byteOffset: number; // from its file's start
  readonly byteLength: number;
}

/** What stands in front of one file's weights. */
export interface GgufHeader extends FileMetadata {
  readonly tensors: ReadonlyMap<string, TensorInfo>; // in the file's order
}

/** @throws EngineError `bad-model-file`; `unsupported-model` for a tensor type that ggml knows and we do not */
export function readGgufHeader(path: string, fd: number, fileBytes: number): GgufHeader {
  const reader = new HeaderReader(path, fd, fileBytes);
  const tensorCount = readPreamble(reader);
  const metadata = readMetadata(reader);
  return { path, metadata, tensors: readTensors(reader, tensorCount, readAlignment(path, metadata)) };
}

/** Checks magic and version; gives the number of tensors. */
function readPreamble(reader: HeaderReader): number {
  const { path } = reader;
  const magic = Buffer.alloc(4);
  magic.writeUInt32LE(reader.u32("magic"));
  if (magic.toString("latin1") !== MAGIC) {
    const pointer = magic.toString("latin1") === "vers" ? "; it looks like a Git LFS pointer, not the file itself" : "";
    throw badModelFile(path, "magic", `${quote(magic.toString("latin1"))} is not "${MAGIC}"${pointer}`);
  }
  const version = reader.u32("version");
  if (version !== 2 && version !== 3) {
    const isBigEndian = version === 0x0200_0000 || version === 0x0300_0000;
    const bigEndian = "the file is big-endian; turn it with gguf-convert-endian (Python package gguf), or get another";
    throw badModelFile(path, "version", isBigEndian ? bigEndian : `${version} is neither 2 nor 3`);
  }
  return reader.size("tensor_count", MAX_TENSORS, "no model has more tensors");
}

function readAlignment(path: string, metadata: ReadonlyMap<string, GgufValue>): number {
  const alignment = metadata.get("general.alignment") ?? DEFAULT_ALIGNMENT;
  const isValid =
    typeof alignment === "number" &&
    Number.isInteger(alignment) &&
    alignment >= 8 &&
    alignment <= MAX_ALIGNMENT &&
    (alignment & (alignment - 1)) === 0;
  if (!isValid) {
    throw badModelFile(path, "general.alignment", `${alignment} is no power of two from 8 to ${MAX_ALIGNMENT}`);
  }
  return alignment;
}

function readTensors(reader: HeaderReader, count: number, alignment: number): Map<string, TensorInfo> {
  const { path, fileBytes } = reader;
  const tensors = new Map<string, TensorInfo>();
  for (let i = 0; i < count; i++) {
    const tensor = readTensor(reader, i, alignment);
    if (tensors.has(tensor.name)) throw badModelFile(path, `tensor ${quote(tensor.name)}`, "occurs twice");
    tensors.set(tensor.name, tensor);
  }
  // Offsets in the file count from the first aligned byte after the header.
  const dataStart = Math.ceil(reader.offset / alignment) * alignment;
  let end = dataStart;
  let previous = "";
  for (const tensor of [...tensors.values()].sort((a, b) => a.byteOffset - b.byteOffset)) {
    const byteOffset = dataStart + tensor.byteOffset;
    const field = `tensor ${quote(tensor.name)}`;
    if (byteOffset + tensor.byteLength > fileBytes) {
      const problem = `ends at ${byteOffset + tensor.byteLength}, past the file's ${fileBytes} bytes; the file is cut short or broken`;
      throw badModelFile(path, field, problem);
    }
    if (byteOffset < end) throw badModelFile(path, field, `overlaps ${quote(previous)}`);
    end = byteOffset + tensor.byteLength;
    previous = tensor.name;
    tensors.set(tensor.name, { ...tensor, byteOffset }); // keeps the file's order
  }
  return tensors;
}

/** One entry of the tensor table; `byteOffset` still counts from the start of the data. */
function readTensor(reader: HeaderReader, index: number, alignment: number): TensorInfo {
  const { path } = reader;
  const name = reader.string(`tensor ${index}'s name`, MAX_NAME_BYTES, "the specification's");
  const field = `tensor ${quote(name)}`;
  const dimensions = reader.u32(`${field} dimensions`);
  if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
    throw badModelFile(path, `${field} dimensions`, `${dimensions} is not from 1 to ${MAX_DIMENSIONS}`);
  }
  const shape: number[] = [];
  for (let d = 0; d < dimensions; d++) {
    shape.push(reader.size(`${field} shape`, Number.MAX_SAFE_INTEGER, "exact integers"));
  }
  const type = readTensorType(reader, field);
  const byteLength = tensorBytes(path, field, shape, type);
  const byteOffset = reader.size(`${field} offset`, reader.fileBytes, "the file's bytes");
  if (byteOffset % alignment !== 0) {
    throw badModelFile(path, `${field} offset`, `${byteOffset} is no multiple of the alignment, ${alignment}`);
  }
  return { name, type, shape, byteOffset, byteLength };
}

function readTensorType(reader: HeaderReader, field: string): TensorType {
  const id = reader.u32(`${field} type`);
  const type = TENSOR_TYPES.get(id);
  if (type) return type;
  const other = OTHER_TENSOR_TYPES.get(id);
  if (!other) throw badModelFile(reader.path, `${field} type`, `${id} is no tensor type`);
  const known = [...TENSOR_TYPES.values()].join(" ");
  throw new EngineError("unsupported-model", `${reader.path}: ${field} type: ${other} is not one of ${known}`);
}

function tensorBytes(path: string, field: string, shape: readonly number[], type: TensorType): number {
  const { blockSize, blockBytes } = BLOCK_FORMATS[type];
  const elements = shape.reduce((product, size) => product * size, 1);
  const byteLength = (elements / blockSize) * blockBytes;
  if (elements === 0 || !Number.isSafeInteger(elements) || byteLength > Number.MAX_SAFE_INTEGER) {
    throw badModelFile(path, `${field} shape`, `[${shape}] is not a possible size`);
  }
  if (shape[0]! % blockSize !== 0) {
    throw badModelFile(path, `${field} shape`, `rows of ${shape[0]} are no multiple of ${type}'s ${blockSize}`);
  }
  return byteLength;
}
