import { EngineError } from "../errors.ts";
import type { PlaneKind } from "./plane.ts";
import { readShader } from "./shader-text.ts";

/** Values that share a scale on the device, whatever the file's blocks are. */
export const BLOCK = 32;

/** How the quants of a block of 32 values lie on the device: linear-quants-*.wgsl and repack-planes-*.wgsl. */
const PLANES = {
  "4": { quantVectors: 1, highWords: 0, writer: "4" },
  "5": { quantVectors: 1, highWords: 1, writer: "5" },
  "6": { quantVectors: 1, highWords: 2, writer: "6" },
  "8": { quantVectors: 2, highWords: 0, writer: "8" },
  f16: { quantVectors: 4, highWords: 0, writer: "float" },
  bf16: { quantVectors: 4, highWords: 0, writer: "float" },
  f32: { quantVectors: 8, highWords: 0, writer: "float" },
} as const;

/** f32 values a block: linear-scales-*.wgsl. */
const SCALES = { none: 0, one: 1, halves: 2, offset: 2 } as const;

const WORD_TYPES: Readonly<Record<number, string>> = { 1: "u32", 2: "vec2<u32>", 4: "vec4<u32>" };
const VECTOR_WORDS = 4;

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
  readonly quantVectors: number; // of 4 words a block of 32 values
  readonly dots: 1 | 2; // sums of a block's products that its scales tell apart
  readonly restWords: number; // high bits and scales, a power of two; 0 where there is no such plane
  /** WGSL in front of a product: part, rest_at, load_raw, quants_of, load_scales, floats, ZERO. */
  loaders(kind: PlaneKind): string;
}

/** Raw rows of a file's type to planes. */
export interface LinearRepacking {
  readonly layout: LinearLayout;
  readonly rawRowBytes: (columns: number) => number;
  readonly valuesPerRawBlock: number;
  /** WGSL in front of `writer`. */
  decoder(kind: PlaneKind): string;
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
  const { quantVectors, highWords, writer } = PLANES[source.planes];
  const isQuantized = source.scales !== "none";
  const restWords = isQuantized ? 2 ** Math.ceil(Math.log2(highWords + SCALES[source.scales])) : 0;
  const sizes = [
    `const QUANT_VECTORS = ${quantVectors}u;\n`,
    `const HIGH_WORDS = ${highWords}u;\n`,
    `const REST_WORDS = ${restWords}u;\nconst REST_BLOCKS = ${isQuantized ? VECTOR_WORDS / restWords : 1}u;\n`,
  ].join("");
  const layout: LinearLayout = {
    name: `${source.planes} bits, scales: ${source.scales}, zero ${source.zero}`,
    isQuantized,
    quantVectors,
    dots: source.scales === "halves" ? 2 : 1,
    restWords,
    loaders: (kind) =>
      readShader("linear-part.wgsl") +
      `const ZERO = ${source.zero.toFixed(1)};\n${sizes}` +
      readShader(`linear-planes-in-${kind}.wgsl`) +
      readShader("linear-raw.wgsl") +
      (isQuantized ? restLoader(kind, restWords) + readShader("linear-pairs.wgsl") : "") +
      readShader(`linear-quants-${source.planes}.wgsl`) +
      readShader(`linear-scales-${source.scales}.wgsl`),
  };
  return {
    layout,
    rawRowBytes: (columns) => (columns / rawValues) * rawBytes,
    valuesPerRawBlock: rawValues,
    decoder: (kind) =>
      `const BLOCK_BYTES = ${rawBytes}u;\nconst SCALES = ${SCALES[source.scales]}u;\n${sizes}${constants}` +
      readShader("repack-raw.wgsl") +
      readShader(`repack-to-${kind}.wgsl`) +
      (decoder === undefined ? "" : readShader(`repack-${decoder}.wgsl`)) +
      (isQuantized ? readShader("repack-rest.wgsl") : ""),
    writer: `repack-planes-${writer}.wgsl`,
  };
}

/** Device bytes of a matrix after repacking, but for what textures are padded by. */
export function linearByteLength(type: string, rows: number, columns: number): number {
  const { quantVectors, restWords } = linearRepacking(type, "").layout;
  return ((rows * columns) / BLOCK) * (quantVectors * VECTOR_WORDS + restWords) * 4;
}

function restLoader(kind: PlaneKind, words: number): string {
  if (kind === "texture") return readShader("linear-rest-in-texture.wgsl");
  const widened = `vec4<u32>(r${", 0".repeat(VECTOR_WORDS - words)})`;
  const helpers = `alias Rest = ${WORD_TYPES[words]};\nfn widened(r: Rest) -> vec4<u32> { return ${widened}; }\n`;
  return helpers + readShader("linear-rest-in-buffer.wgsl");
}
