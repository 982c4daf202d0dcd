import { readFileSync } from "node:fs";
import { EngineError } from "../errors.ts";

/** Values that share a scale on the device, whatever the file's blocks are. */
export const BLOCK = 32;

/** Texels of a row of the textures that planes lie in for software adapters. */
export const TEXTURE_WIDTH = 1024;

/** Where planes lie: buffers for GPUs, textures for software adapters (linear-quants-in-texture.wgsl says why). */
export type PlaneKind = "buffer" | "texture";

/** How the quants of a block of 32 values lie on the device: linear-quants-*.wgsl and repack-planes-*.wgsl. */
const PLANES = {
  "4": { quantBytes: 16, highWords: 0, writer: "4" },
  "5": { quantBytes: 16, highWords: 1, writer: "5" },
  "6": { quantBytes: 16, highWords: 2, writer: "6" },
  "8": { quantBytes: 32, highWords: 0, writer: "8" },
  f16: { quantBytes: 64, highWords: 0, writer: "float" },
  bf16: { quantBytes: 64, highWords: 0, writer: "float" },
  f32: { quantBytes: 128, highWords: 0, writer: "float" },
} as const;

/** f32 values a block: linear-scales-*.wgsl. */
const SCALES = { none: 0, one: 1, halves: 2, offset: 2 } as const;

/** The words of a block beside its quants: high bits, then scales; so many that they are an element of a plane. */
const REST: Readonly<Record<number, { type: string; format: GPUTextureFormat }>> = {
  1: { type: "u32", format: "r32uint" },
  2: { type: "vec2<u32>", format: "rg32uint" },
  4: { type: "vec4<u32>", format: "rgba32uint" },
};

/** A type of the file: how its raw blocks are decoded (repack-*.wgsl) and what they become. */
interface Source {
  readonly planes: keyof typeof PLANES;
  readonly scales: keyof typeof SCALES;
  readonly zero: number; // weight = (quant - zero) * scale
  readonly decoder?: string;
  readonly rawValues: number; // a block of the file
  readonly rawBytes: number;
  readonly constants?: string; // of the decoder
}

const legacy = (minimum: boolean, fifthBit: boolean) =>
  `const HAS_MINIMUM = ${minimum};\nconst HAS_FIFTH_BIT = ${fifthBit};\n`;

const SOURCES = {
  F32: { planes: "f32", scales: "none", zero: 0, rawValues: 32, rawBytes: 128 },
  F16: { planes: "f16", scales: "none", zero: 0, rawValues: 32, rawBytes: 64 },
  BF16: { planes: "bf16", scales: "none", zero: 0, rawValues: 32, rawBytes: 64 },
  Q4_0: {
    planes: "4",
    scales: "one",
    zero: 8,
    rawValues: 32,
    rawBytes: 18,
    decoder: "legacy",
    constants: legacy(false, false),
  },
  Q4_1: {
    planes: "4",
    scales: "offset",
    zero: 0,
    rawValues: 32,
    rawBytes: 20,
    decoder: "legacy",
    constants: legacy(true, false),
  },
  Q5_0: {
    planes: "5",
    scales: "one",
    zero: 16,
    rawValues: 32,
    rawBytes: 22,
    decoder: "legacy",
    constants: legacy(false, true),
  },
  Q5_1: {
    planes: "5",
    scales: "offset",
    zero: 0,
    rawValues: 32,
    rawBytes: 24,
    decoder: "legacy",
    constants: legacy(true, true),
  },
  Q8_0: { planes: "8", scales: "one", zero: 0, rawValues: 32, rawBytes: 34, decoder: "q8-0" },
  Q4_K: {
    planes: "4",
    scales: "offset",
    zero: 0,
    rawValues: 256,
    rawBytes: 144,
    decoder: "k",
    constants: "const HAS_FIFTH_BIT = false;\n",
  },
  Q5_K: {
    planes: "5",
    scales: "offset",
    zero: 0,
    rawValues: 256,
    rawBytes: 176,
    decoder: "k",
    constants: "const HAS_FIFTH_BIT = true;\n",
  },
  Q6_K: { planes: "6", scales: "halves", zero: 32, rawValues: 256, rawBytes: 210, decoder: "q6-k" },
} as const satisfies Record<string, Source>;

/** Block formats of GGUF that the products run. */
export type LinearTensorType = keyof typeof SOURCES;

export const LINEAR_TENSOR_TYPES: readonly LinearTensorType[] = Object.keys(SOURCES) as LinearTensorType[]; // keys are widened

/** What a product needs to know of a weight on the device; weights of the same layout can be one dispatch. */
export interface LinearLayout {
  readonly name: string;
  readonly isQuantized: boolean; // else floats, for which there are no integer products
  /** Bytes a block of 32 values, plane by plane; rest is 0 where there is no such plane. */
  readonly planeBytes: { readonly quants: number; readonly rest: number };
  readonly restFormat: GPUTextureFormat | undefined;
  /** WGSL in front of a product: part, rest_at, load_quants, load_scales, floats, ZERO. */
  loaders(kind: PlaneKind): string;
}

/** Raw rows of a file's type to planes. */
export interface LinearRepacking {
  readonly layout: LinearLayout;
  readonly rawRowBytes: (columns: number) => number;
  readonly valuesPerRawBlock: number;
  /** WGSL in front of `writer`. */
  readonly decoder: string;
  readonly writer: string;
}

/** @throws EngineError `unsupported-model` for a type that has no kernels */
export function linearRepacking(type: string, tensor: string): LinearRepacking {
  if (!Object.hasOwn(SOURCES, type)) {
    const known = LINEAR_TENSOR_TYPES.join(", ");
    throw new EngineError("unsupported-model", `Tensor ${tensor} has the type ${type}; matrix products run ${known}.`);
  }
  const source: Source = SOURCES[type as LinearTensorType]; // it is a key
  const { decoder, constants = "", rawBytes, rawValues } = source;
  const planes = PLANES[source.planes];
  const isQuantized = source.scales !== "none";
  const words = isQuantized ? 2 ** Math.ceil(Math.log2(planes.highWords + SCALES[source.scales])) : 0;
  const rest = REST[words];
  const sizes = `const HIGH_WORDS = ${planes.highWords}u;\nconst REST_WORDS = ${words}u;\n`;
  const layout: LinearLayout = {
    name: `${source.planes} bits, scales: ${source.scales}, zero ${source.zero}`,
    isQuantized,
    planeBytes: { quants: planes.quantBytes, rest: words * 4 },
    restFormat: rest?.format,
    loaders: (kind) =>
      readShader("linear-part.wgsl") +
      `const ZERO = ${source.zero.toFixed(1)};\nconst TEXTURE_WIDTH = ${TEXTURE_WIDTH}u;\n${sizes}` +
      readShader(`linear-quants-in-${kind}.wgsl`) +
      (rest === undefined ? "" : restLoader(kind, words, rest) + readShader("linear-pairs.wgsl")) +
      readShader(`linear-quants-${source.planes}.wgsl`) +
      readShader(`linear-scales-${source.scales}.wgsl`),
  };
  return {
    layout,
    rawRowBytes: (columns) => (columns / rawValues) * rawBytes,
    valuesPerRawBlock: rawValues,
    decoder:
      `const BLOCK_BYTES = ${rawBytes}u;\nconst SCALES = ${SCALES[source.scales]}u;\n${sizes}${constants}` +
      readShader("repack-raw.wgsl") +
      (decoder === undefined ? "" : readShader(`repack-${decoder}.wgsl`)) +
      (isQuantized ? readShader("repack-rest.wgsl") : ""),
    writer: `repack-planes-${planes.writer}.wgsl`,
  };
}

/** Device bytes of a matrix after repacking. */
export function linearByteLength(type: string, rows: number, columns: number): number {
  const { quants, rest } = linearRepacking(type, "").layout.planeBytes;
  return ((rows * columns) / BLOCK) * (quants + rest);
}

function restLoader(kind: PlaneKind, words: number, { type, format }: { type: string; format: string }): string {
  if (kind === "texture") return readShader("linear-rest-in-texture.wgsl").replace("REST_FORMAT", format);
  const widened = `vec4<u32>(r${", 0".repeat(4 - words)})`;
  const helpers = `alias Rest = ${type};\nfn widened(r: Rest) -> vec4<u32> { return ${widened}; }\n`;
  return helpers + readShader("linear-rest-in-buffer.wgsl");
}

/** The text of a file beside this one, to stand in front of another. */
export function readShader(file: string): string {
  return `${readFileSync(new URL(file, import.meta.url), "utf8")}\n`;
}
