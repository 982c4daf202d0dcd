// A folder as Hugging Face's transformers writes it: config.json, one or several .safetensors, tokenizer.json or qwen.tiktoken. It is
// read as if it were a GGUF: config and vocabulary become its metadata, tensors get its names, and experts' matrices lie one
// behind the other.
import { type FileHandle, open, readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { EngineError } from "../errors.ts";
import { tokenizerMetadata } from "../tokenizer/tokenizer-json.ts";
import { badModelFile, badTensor, inWords, type NamedFile, type OwnNames, quote, unread } from "./bad-model-file.ts";
import type { TensorType } from "./block-formats.ts";
import {
  architectureOf,
  firstId,
  flagsOf,
  type Json,
  numbersOf,
  rejectOthers,
  samplingOf,
} from "./checkpoint-config.ts";
import { isOfLayer, ownField, ownTensorName, tensorName } from "./checkpoint-names.ts";
import type { TensorInfo } from "./gguf-header.ts";
import { jsonObject } from "./json-object.ts";
import type { GgufValue } from "./metadata.ts";
import type { Extent, ModelFile } from "./model-file.ts";
import { type PackedTensors, packedLayout, packedReader, quantizationOf } from "./packed-tensors.ts";
import type { Quantization } from "./packed-weights.ts";
import { readBytes } from "./read-bytes.ts";
import { readSafetensorsHeader, type SafetensorsTensor } from "./safetensors-header.ts";

const CONFIG = "config.json";
const MAX_JSON_BYTES = 4 << 20; // of a config; tokenizer.json has limits of its own
const MAX_SHARDS = 1_000;
const MAX_BIAS_BYTES = 4 << 20; // no matrix has a million rows
const PACKED_NAME = /^(.*)\.(qweight|qzeros|scales|g_idx)$/;

interface Shard {
  readonly path: string;
  readonly handle: FileHandle;
  readonly fileBytes: number;
  readonly modifiedMs: number;
  readonly tensors: ReadonlyMap<string, SafetensorsTensor>;
}

/** A matrix or vector of the model, or one expert's part of it. */
interface Piece {
  readonly path: string; // for errors
  readonly type: TensorType;
  readonly shape: readonly number[]; // [rows, columns]
  readonly byteOffset: number;
  readonly byteLength: number;
  readonly fd?: number; // where its bytes lie from byteOffset on as they are
  read(into: Uint8Array, offset: number): Promise<void>;
}

interface Found {
  readonly shard: Shard;
  readonly tensor: SafetensorsTensor;
}

/** A packed matrix's tensors, by their kind, and the name that they share. */
interface PackedParts {
  readonly module: string;
  readonly parts: Map<string, Found>;
}

/**
 * Opens the folder and reads all headers; weights stay on disk until they are read.
 *
 * @throws EngineError `model-not-found` for a folder without config.json or weights; `bad-model-file`, naming file and field;
 * `unsupported-model` for another architecture, for quantized weights, and for what config.json asks for and we do not do
 */
export async function openSafetensors(folder: string): Promise<ModelFile> {
  const path = join(folder, CONFIG);
  if ((await stat(path).catch(() => undefined)) === undefined) {
    const problem = `no ${CONFIG} in this folder; a model is a .gguf file, or a folder with ${CONFIG} and .safetensors`;
    throw new EngineError("model-not-found", `${folder}: ${problem}`);
  }
  const config = await readJson(path);
  const architecture = architectureOf(path, config);
  rejectOthers(path, config, architecture);
  const shards: Shard[] = [];
  const close = async () => {
    for (const { handle } of shards) await handle.close();
  };
  try {
    const ties = config.tie_word_embeddings === true;
    const quantization = quantizationOf(path, config);
    const isWanted = (name: string) => {
      if (nameOf(name, quantization) !== undefined) return !(ties && name.startsWith("lm_head."));
      if (isOfLayer(name)) throw unread({ path: folder }, name, architecture);
      return false;
    };
    for (const name of await shardNames(folder)) shards.push(await openShard(join(folder, name), isWanted));
    const file = { path: folder, own: ownNames(folder, config, architecture) };
    const pieces = piecesOf(folder, architecture, shards, quantization);
    if (quantization) await dropZeroBiases(pieces, architecture);
    if (!ties && !pieces.has("output.weight")) {
      const problem = `is missing, and ${CONFIG} does not say that it is the embedding (tie_word_embeddings)`;
      throw badTensor(file, "output.weight", problem);
    }
    const tensors = new Map([...pieces].map(([name, own]) => [name, joined(file, name, own)]));
    const generation = (await readJson(join(folder, "generation_config.json"), "optional")) ?? {};
    const metadata = new Map<string, GgufValue>([
      ["general.architecture", architecture],
      ["general.name", basename(folder)],
      ...numbersOf(config, architecture),
      ...flagsOf(config, architecture),
      ...samplingOf(generation),
      ...(await tokenizerMetadata(folder, { architecture, endToken: firstId(generation) ?? firstId(config) })),
    ]);
    return {
      ...file,
      metadata,
      tensors,
      fileBytes: shards.reduce((sum, { fileBytes }) => sum + fileBytes, 0),
      modifiedMs: Math.max(...shards.map(({ modifiedMs }) => modifiedMs)),
      read: (tensor, into, offset) => readPieces(pieces.get(tensor.name)!, into, offset),
      extentsOf: ({ name }) => extentsOf(pieces.get(name)!),
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The files of the index, else the only one. */
async function shardNames(folder: string): Promise<string[]> {
  const indexPath = join(folder, "model.safetensors.index.json");
  const index = await readJson(indexPath, "optional");
  if (index === undefined) {
    const names = (await readdir(folder)).filter((name) => name.endsWith(".safetensors"));
    if (names.length === 1) return names;
    const problem =
      names.length === 0 ? "no .safetensors file" : "several .safetensors files, and no index that joins them";
    throw new EngineError("model-not-found", `${folder}: ${problem}`);
  }
  const map = index.weight_map;
  if (typeof map !== "object" || map === null) throw badModelFile(indexPath, "weight_map", "is not an object");
  const names = [...new Set(Object.values(map))].sort();
  const wrong = names.find(
    (name) => typeof name !== "string" || name !== basename(name) || !name.endsWith(".safetensors"),
  );
  if (wrong !== undefined) throw badModelFile(indexPath, "weight_map", `${inWords(wrong)} is no file of this folder`);
  if (names.length === 0 || names.length > MAX_SHARDS)
    throw badModelFile(indexPath, "weight_map", `${names.length} files`);
  return names;
}

async function openShard(path: string, isWanted: (name: string) => boolean): Promise<Shard> {
  const handle = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw badModelFile(path, "file", `cannot be opened: ${error.code}`, error);
    throw new EngineError("model-not-found", `${path}: no such file, but the model's index names it`, { cause: error });
  });
  try {
    const about = await handle.stat();
    if (!about.isFile()) throw badModelFile(path, "file", "is not a regular file");
    const tensors = readSafetensorsHeader(path, handle.fd, about.size, isWanted);
    return { path, handle, fileBytes: about.size, modifiedMs: about.mtimeMs, tensors };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The model's name of a tensor, and which of a packed matrix's it is. */
function nameOf(own: string, quantization: Quantization | undefined) {
  const [, module, kind] = PACKED_NAME.exec(own) ?? [];
  if (!quantization || module === undefined) return tensorName(own);
  const name = tensorName(`${module}.weight`);
  return name && { ...name, module, packed: kind as keyof PackedTensors<unknown> };
}

function ownNames(folder: string, config: Json, architecture: string): OwnNames {
  return {
    field(key) {
      const [file, field] = ownField(key, config, architecture);
      return { path: join(folder, file), field };
    },
    tensor: (name) => ownTensorName(name, architecture),
    shape: (sizes) => sizes.toReversed(),
  };
}

/** By GGUF's names; experts' in their order. */
function piecesOf(
  folder: string,
  architecture: string,
  shards: readonly Shard[],
  quantization: Quantization | undefined,
): Map<string, readonly Piece[]> {
  const pieces = new Map<string, Piece[]>();
  const packed = new Map<string, PackedParts & { readonly expert: number }>(); // by name and expert
  const add = (name: string, expert: number, piece: Piece, own: string) => {
    const list = pieces.get(name) ?? [];
    if (list[expert]) throw badModelFile(piece.path, `tensor ${quote(own)}`, `is in ${list[expert].path}, too`);
    list[expert] = piece;
    pieces.set(name, list);
  };
  for (const shard of shards) {
    for (const [own, tensor] of shard.tensors) {
      const found = nameOf(own, quantization)!; // others were not read
      const { name, expert = 0 } = found;
      if (!("packed" in found)) {
        add(name, expert, plainPiece(own, { shard, tensor }), own);
        continue;
      }
      const key = `${name} ${expert}`;
      const matrix = packed.get(key) ?? { module: found.module, expert, parts: new Map<string, Found>() };
      const twin = matrix.parts.get(found.packed);
      if (twin) throw badModelFile(shard.path, `tensor ${quote(own)}`, `is in ${twin.shard.path}, too`);
      matrix.parts.set(found.packed, { shard, tensor });
      packed.set(key, matrix);
    }
  }
  for (const [key, { expert, ...matrix }] of packed) {
    add(key.split(" ")[0]!, expert, packedPiece(folder, matrix, quantization!), `${matrix.module}.qweight`);
  }
  for (const [name, list] of pieces) {
    const missing = Array.from<Piece | undefined>(list).indexOf(undefined);
    if (missing < 0) continue;
    const own = ownTensorName(name, architecture).replace("*", String(missing));
    throw badModelFile(folder, `tensor ${quote(own)}`, "is missing");
  }
  return pieces;
}

/** AutoGPTQ writes a bias of zeros for each matrix that has none; one that is not zero stays, and is refused as unread. */
async function dropZeroBiases(pieces: Map<string, readonly Piece[]>, architecture: string): Promise<void> {
  const isRead = (name: string) => !architecture.startsWith("qwen3") && /\.attn_(q|k|v|qkv)\.bias$/.test(name);
  for (const [name, list] of pieces) {
    if (!name.endsWith(".bias") || isRead(name)) continue;
    const bytes = new Uint8Array(list.reduce((sum, { byteLength }) => sum + byteLength, 0));
    if (bytes.byteLength > MAX_BIAS_BYTES) continue;
    await readPieces(list, bytes, 0);
    if (bytes.every((byte) => byte === 0)) pieces.delete(name);
  }
}

function plainPiece(own: string, { shard, tensor }: Found): Piece {
  const { type, byteOffset, ...rest } = tensor;
  if (type === "I32")
    throw badModelFile(shard.path, `tensor ${quote(own)}`, "is packed, but config.json names no way that we read");
  const read = (into: Uint8Array, offset: number) => readBytes(shard, "weights", into, byteOffset + offset);
  return { ...rest, type, byteOffset, path: shard.path, fd: shard.handle.fd, read };
}

function packedPiece(folder: string, { module, parts }: PackedParts, quantization: Quantization): Piece {
  const tensors = Object.fromEntries([...parts].map(([kind, { tensor }]) => [kind, tensor]));
  const layout = packedLayout(folder, module, tensors, quantization);
  const read = async (kind: string) => {
    const { shard, tensor } = parts.get(kind)!;
    const bytes = new Uint8Array(tensor.byteLength);
    await readBytes(shard, "weights", bytes, tensor.byteOffset);
    return bytes;
  };
  return { ...layout, path: folder, byteOffset: 0, read: packedReader(folder, module, layout, quantization, read) };
}

function joined(file: NamedFile, name: string, pieces: readonly Piece[]): TensorInfo {
  const [{ type, shape, byteOffset }] = pieces as [Piece];
  const isAlike = (other: Piece) => other.type === type && String(other.shape) === String(shape);
  if (!pieces.every(isAlike)) throw badTensor(file, name, "experts differ in type or shape");
  const own = shape.toReversed();
  const isRow = name.endsWith("ffn_gate_inp_shexp.weight") && own.length === 2 && own[1] === 1; // in a GGUF it is a vector
  return {
    name,
    type,
    shape: name.includes("_exps.") ? [...own, pieces.length] : isRow ? [own[0]!] : own,
    byteOffset,
    byteLength: pieces.reduce((sum, piece) => sum + piece.byteLength, 0),
  };
}

function extentsOf(pieces: readonly Piece[]): readonly Extent[] | undefined {
  const extents = pieces.flatMap(({ fd, byteOffset: position, byteLength }) => {
    return fd === undefined ? [] : [{ fd, position, byteLength }];
  });
  return extents.length === pieces.length ? extents : undefined;
}

async function readPieces(pieces: readonly Piece[], into: Uint8Array, offset: number): Promise<void> {
  let at = 0; // of the piece in the tensor
  let filled = 0;
  for (const { byteLength, read } of pieces) {
    const from = Math.max(offset + filled - at, 0);
    const bytes = Math.min(byteLength - from, into.byteLength - filled);
    if (bytes > 0) await read(into.subarray(filled, filled + bytes), from);
    filled += Math.max(bytes, 0);
    at += byteLength;
  }
  if (filled < into.byteLength) throw new RangeError(`bytes ${offset} to ${offset + into.byteLength} of ${at}`);
}

async function readJson(path: string): Promise<Json>;
async function readJson(path: string, optional: "optional"): Promise<Json | undefined>;
async function readJson(path: string, optional?: "optional"): Promise<Json | undefined> {
  const about = await stat(path).catch(() => undefined);
  if (about === undefined && optional) return undefined;
  if (!about?.isFile() || about.size > MAX_JSON_BYTES) throw badModelFile(path, "file", "is no configuration");
  const object = jsonObject(await readFile(path, "utf8"));
  if (object) return object;
  throw badModelFile(path, "file", "is not a JSON object");
}
