// A LoRA adapter beside a model: a GGUF as llama.cpp's convert_lora_to_gguf.py writes it, or a folder as PEFT saves it
// (adapter_config.json, adapter_model.safetensors). Its small matrices are read whole.
import { createHash } from "node:crypto";
import { open, readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { EngineError } from "../errors.ts";
import { badModelFile, inWords, quote } from "./bad-model-file.ts";
import { tensorName } from "./checkpoint-names.ts";
import { dequantize } from "./dequantize.ts";
import { openGguf } from "./gguf.ts";
import type { TensorInfo } from "./gguf-header.ts";
import { jsonObject } from "./json-object.ts";
import { metadataNumber, metadataString } from "./metadata.ts";
import { readBytes } from "./read-bytes.ts";
import { readSafetensorsHeader } from "./safetensors-header.ts";

const CONFIG = "adapter_config.json";
const WEIGHTS = "adapter_model.safetensors";
const MAX_CONFIG_BYTES = 1 << 20;
const MAX_BYTES = 4 * 2 ** 30; // of f32 values; an adapter of rank 64 for all matrices of a 7B has 0.6 GB
const MAX_RANK = 1024;
const INVOCATION = "adapter.alora.invocation_tokens";
const BY_INVOCATION = "adapters that begin in the middle of a text are not supported";
/** Ways to begin training that changed the base as well: its own weights are not those that the adapter adds to. */
const CHANGES_BASE = /^(pissa|olora|corda|loftq|lora_ga)/;
const PEFT_NAME = /^(?:base_model\.model\.)?(.*)\.lora_([AB])\.weight$/;

type Json = Readonly<Record<string, unknown>>;

/** Which file, and how much it counts. */
export interface LoraSpec {
  readonly path: string;
  readonly scale?: number; // of what its own config says; default: 1
}

/** What is added to one matrix: scale * b a. */
export interface LoraMatrix {
  readonly own: string; // the matrix's name, as the adapter's file has it
  readonly rank: number;
  readonly rows: number;
  readonly columns: number;
  readonly scale: number;
  readonly a: Float32Array<ArrayBuffer>; // [rank, columns]
  readonly b: Float32Array<ArrayBuffer>; // [rows, rank]
}

export interface Lora {
  readonly name: string; // by which requests choose it: of its file, or folder
  readonly path: string;
  readonly identity: string; // of its numbers
  readonly architecture: string | undefined; // general.architecture of its base, where it says
  readonly isRowsFirst: boolean; // its file has shapes as [rows, columns]
  readonly matrices: ReadonlyMap<string, LoraMatrix>; // by the base's tensor
}

/** A half of a matrix's adapter, as it is found in a file. */
interface Half {
  readonly own: string; // its name there
  readonly ownOf: string; // the base's tensor there
  readonly of: string; // the base's tensor
  readonly side: "a" | "b";
  readonly shape: readonly number[]; // [columns, rows]
  read(): Promise<Float32Array<ArrayBuffer>>;
}

/** @throws EngineError `model-not-found`; `bad-model-file`, naming file and tensor; `unsupported-model` for what is no plain LoRA */
export async function openLora({ path, scale = 1 }: LoraSpec): Promise<Lora> {
  const about = await stat(path).catch((cause: unknown) => {
    throw new EngineError("model-not-found", `${path}: no such adapter`, { cause });
  });
  const folder = about.isDirectory() ? path : basename(path) === WEIGHTS ? dirname(path) : undefined;
  const matrices = folder === undefined ? await readGguf(path, scale) : await readPeft(folder, scale);
  const hash = createHash("sha256");
  for (const [name, { rank, scale: own, a, b }] of matrices.found) {
    hash
      .update(JSON.stringify([name, rank, own]))
      .update(a)
      .update(b);
  }
  return {
    name: loraName(path),
    path,
    identity: hash.digest("hex"),
    architecture: matrices.architecture,
    isRowsFirst: folder !== undefined,
    matrices: matrices.found,
  };
}

/** By which requests choose it. */
export function loraName(path: string): string {
  return basename(basename(path) === WEIGHTS ? dirname(path) : path).replace(/\.gguf$/i, "");
}

async function readGguf(path: string, scale: number) {
  await using gguf = await openGguf(path);
  const type = gguf.metadata.has("general.type") ? metadataString(gguf, "general.type") : "model";
  if (type !== "adapter") {
    throw badModelFile(path, "general.type", `${quote(type)} is no adapter; give it as the model`);
  }
  const kind = metadataString(gguf, "adapter.type");
  if (kind !== "lora") throw unsupported(path, `adapter.type: ${quote(kind)} is not supported; supported: lora`);
  if (gguf.metadata.has(INVOCATION)) throw unsupported(path, `${INVOCATION}: ${BY_INVOCATION}`);
  const alpha = gguf.metadata.has("adapter.lora.alpha") ? metadataNumber(gguf, "adapter.lora.alpha") : 0;
  if (!Number.isFinite(alpha)) throw badModelFile(path, "adapter.lora.alpha", `${alpha} is not a number that counts`);
  const halves = [...gguf.tensors.values()].map((tensor): Half => {
    const [, of, side] = /^(.*)\.lora_([ab])$/.exec(tensor.name) ?? [];
    if (of === undefined) throw unsupported(path, `tensor ${quote(tensor.name)}: is no half of a LoRA's matrix`);
    const read = () => readValues(tensor, (into) => gguf.read(tensor, into, 0));
    return { own: tensor.name, ownOf: of, of, side: side as Half["side"], shape: tensor.shape, read };
  });
  const scaleOf = (rank: number) => scale * (alpha === 0 ? 1 : alpha / rank); // as llama.cpp does
  const architecture = gguf.metadata.has("general.architecture")
    ? metadataString(gguf, "general.architecture")
    : undefined;
  return { architecture, found: await joinHalves(path, halves, scaleOf) };
}

/** How much a matrix of a rank counts, by PEFT's config. @throws EngineError for what asks for more than b a */
function peftScale(path: string, config: Json, scale: number): (rank: number) => number {
  const reject = (field: string, problem: string): never => {
    throw unsupported(path, `${field}: ${problem}`);
  };
  if (config.peft_type !== "LORA") reject("peft_type", `${inWords(config.peft_type)}; supported: LORA`);
  if (config.use_dora === true) reject("use_dora", "is not supported");
  if (config.fan_in_fan_out === true) reject("fan_in_fan_out", "is not supported");
  if ((config.bias ?? "none") !== "none") reject("bias", `${inWords(config.bias)}; supported: none`);
  if (Array.isArray(config.modules_to_save) && config.modules_to_save.length > 0) {
    reject("modules_to_save", "whole modules beside the adapter are not supported");
  }
  const { init_lora_weights: start, lora_alpha: alpha, r } = config;
  if (typeof start === "string" && CHANGES_BASE.test(start)) {
    reject("init_lora_weights", `${quote(start)} changes the base's weights, too; save the adapter as one of the base`);
  }
  if ((config.alora_invocation_tokens ?? null) !== null) reject("alora_invocation_tokens", BY_INVOCATION);
  const [ofAlpha, ofRanks] = [config.alpha_pattern, config.rank_pattern].map((pattern) =>
    Object.values((pattern as object | null | undefined) ?? {}),
  );
  if (ofAlpha!.length > 0) reject("alpha_pattern", "is not supported");
  if (typeof alpha !== "number" || !Number.isFinite(alpha)) throw badModelFile(path, "lora_alpha", "is not a number");
  return (rank) => {
    if (r !== undefined && r !== rank && !ofRanks!.includes(rank)) {
      throw badModelFile(path, "r", `${inWords(r)}, but a matrix has rank ${rank}: ${WEIGHTS} is of another adapter`);
    }
    return (scale * alpha) / (config.use_rslora === true ? Math.sqrt(rank) : rank);
  };
}

async function readPeft(folder: string, scale: number) {
  const path = join(folder, CONFIG);
  const scaleOf = peftScale(path, await readConfig(path), scale);
  const file = join(folder, WEIGHTS);
  const about = await stat(file).catch((cause: unknown) => {
    throw new EngineError("model-not-found", `${file}: no such file, but ${CONFIG} is there`, { cause });
  });
  if (!about.isFile()) throw badModelFile(file, "file", "is not a regular file"); // a pipe would be waited for
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const tensors = readSafetensorsHeader(file, handle.fd, size, () => true);
    const halves = [...tensors].map(([own, tensor]): Half => {
      const [, module, side] = PEFT_NAME.exec(own) ?? [];
      const ownOf = `${module}.weight`;
      const base = module === undefined ? undefined : tensorName(ownOf);
      if (base === undefined)
        throw unsupported(file, `tensor ${quote(own)}: belongs to no matrix of a model that we know`);
      if (base.expert !== undefined)
        throw unsupported(file, `tensor ${quote(own)}: adapters of experts are not supported`);
      const { type } = tensor;
      if (type === "I32") throw unsupported(file, `tensor ${quote(own)}: is packed`);
      const info = { ...tensor, type };
      const source = { path: file, handle };
      const read = () => readValues(info, (into) => readBytes(source, "weights", into, tensor.byteOffset));
      const shape = tensor.shape.toReversed();
      return { own, ownOf, of: base.name, side: side!.toLowerCase() as Half["side"], shape, read };
    });
    return { architecture: undefined, found: await joinHalves(file, halves, scaleOf, true) };
  } finally {
    await handle.close();
  }
}

async function readConfig(path: string): Promise<Json> {
  const about = await stat(path).catch((cause: unknown) => {
    throw new EngineError("model-not-found", `${path}: no such file; an adapter is a .gguf, or a folder with it`, {
      cause,
    });
  });
  if (!about.isFile() || about.size > MAX_CONFIG_BYTES) throw badModelFile(path, "file", "is no configuration");
  const config = jsonObject(await readFile(path, "utf8"));
  if (config) return config;
  throw badModelFile(path, "file", "is not a JSON object");
}

/** Each a and b of one matrix. */
async function joinHalves(
  path: string,
  halves: readonly Half[],
  scaleOf: (rank: number) => number,
  isRowsFirst = false,
): Promise<Map<string, LoraMatrix>> {
  if (halves.length === 0) throw badModelFile(path, "tensors", "there are none");
  const bytes = halves.reduce((sum, { shape }) => sum + 4 * shape.reduce((a, b) => a * b, 1), 0);
  if (bytes > MAX_BYTES) throw badModelFile(path, "tensors", `have ${bytes} bytes as f32; ${MAX_BYTES} at most`);
  const found = new Map<string, LoraMatrix>();
  for (const of of new Set(halves.map((half) => half.of))) {
    const sides = halves.filter((half) => half.of === of);
    const [a, b] = (["a", "b"] as const).map((side) => sides.filter((half) => half.side === side));
    if (a!.length !== 1 || b!.length !== 1) {
      throw badModelFile(
        path,
        `tensor ${quote(sides[0]!.own)}`,
        `of its two halves there are ${a!.length} and ${b!.length}`,
      );
    }
    const [first, second] = [a![0]!, b![0]!];
    const [columns, rank] = first.shape;
    const [inner, rows] = second.shape;
    const areMatrices = first.shape.length === 2 && second.shape.length === 2;
    if (!areMatrices || rank !== inner || rank! < 1 || rank! > MAX_RANK) {
      const shapes = [first, second].map(({ shape }) => `[${isRowsFirst ? shape.toReversed() : shape}]`).join(" and ");
      throw badModelFile(
        path,
        `tensor ${quote(first.own)}`,
        `the halves' shapes ${shapes} share no rank from 1 to ${MAX_RANK}`,
      );
    }
    const sizes = { own: first.ownOf, rank: rank!, rows: rows!, columns: columns!, scale: scaleOf(rank!) };
    found.set(of, { ...sizes, a: await numbersOf(path, first), b: await numbersOf(path, second) });
  }
  return found;
}

async function numbersOf(path: string, { own, read }: Half): Promise<Float32Array<ArrayBuffer>> {
  const values = await read();
  const wrong = values.find((value) => !Number.isFinite(value));
  if (wrong !== undefined) throw badModelFile(path, `tensor ${quote(own)}`, `holds ${wrong}`);
  return values;
}

async function readValues(
  { type, byteLength }: Pick<TensorInfo, "type" | "byteLength">,
  read: (into: Uint8Array) => Promise<void>,
): Promise<Float32Array<ArrayBuffer>> {
  const bytes = new Uint8Array(byteLength);
  await read(bytes);
  return new Float32Array(dequantize(type, bytes));
}

function unsupported(path: string, problem: string): EngineError {
  return new EngineError("unsupported-model", `${path}: ${problem}`);
}
