import { EngineError } from "../errors.ts";
import { type LinearScales, linearRest } from "./linear-rest.ts";
import type { PlaneKind } from "./plane.ts";
import { declare, readShader } from "./shader-text.ts";

/** Values that share a scale on the device, whatever the file's blocks are. */
export const BLOCK = 32;

/** How the quants of a block of 32 values lie on the device. */
interface Planes {
  readonly quantVectors: number; // of 4 words a block in the plane of quants; 0: all their bits are high bits
  readonly highWords: number; // a block in the plane of high bits and scales
  readonly readers: readonly string[]; // linear-*.wgsl with quants_of, floats and, but for floats, dot16
  readonly writer: string; // repack-planes-*.wgsl
}

const PLANES = {
  "2": { quantVectors: 0, highWords: 2, readers: ["quants-2", "nibbles"], writer: "2" },
  "3": { quantVectors: 0, highWords: 3, readers: ["quants-3", "nibbles"], writer: "3" },
  "4": { quantVectors: 1, highWords: 0, readers: ["quants-4", "nibbles"], writer: "4" },
  "4 nonlinear": { quantVectors: 1, highWords: 0, readers: ["quants-4-nl", "signed-bytes"], writer: "4" },
  "5": { quantVectors: 1, highWords: 1, readers: ["quants-5"], writer: "5" },
  "6": { quantVectors: 1, highWords: 2, readers: ["quants-6"], writer: "6" },
  "8": { quantVectors: 2, highWords: 0, readers: ["quants-8", "signed-bytes"], writer: "8" },
  f16: { quantVectors: 4, highWords: 0, readers: ["quants-f16"], writer: "float" },
  bf16: { quantVectors: 4, highWords: 0, readers: ["quants-bf16"], writer: "float" },
  f32: { quantVectors: 8, highWords: 0, readers: ["quants-f32"], writer: "float" },
} as const satisfies Record<string, Planes>;

const VECTOR_WORDS = 4;

/** A type of the file: how its raw blocks are decoded (repack-*.wgsl) and what they become. */
interface Source {
  readonly planes: keyof typeof PLANES;
  readonly scales: LinearScales;
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
    scales: "f16",
    zero: 8,
    rawValues: 32,
    rawBytes: 18,
    decoder: "legacy",
    constants: legacy(false, false),
  },
  Q4_1: {
    planes: "4",
    scales: "f16-offset",
    zero: 0,
    rawValues: 32,
    rawBytes: 20,
    decoder: "legacy",
    constants: legacy(true, false),
  },
  Q5_0: {
    planes: "5",
    scales: "f16",
    zero: 16,
    rawValues: 32,
    rawBytes: 22,
    decoder: "legacy",
    constants: legacy(false, true),
  },
  Q5_1: {
    planes: "5",
    scales: "f16-offset",
    zero: 0,
    rawValues: 32,
    rawBytes: 24,
    decoder: "legacy",
    constants: legacy(true, true),
  },
  Q8_0: { planes: "8", scales: "f16", zero: 0, rawValues: 32, rawBytes: 34, decoder: "q8-0" },
  Q2_K: { planes: "2", scales: "q2-k", zero: 0, rawValues: 256, rawBytes: 84, decoder: "q2-k" },
  Q3_K: { planes: "3", scales: "q3-k", zero: 4, rawValues: 256, rawBytes: 110, decoder: "q3-k" },
  Q4_K: {
    planes: "4",
    scales: "k",
    zero: 0,
    rawValues: 256,
    rawBytes: 144,
    decoder: "k",
    constants: "const HAS_FIFTH_BIT = false;\n",
  },
  Q5_K: {
    planes: "5",
    scales: "k",
    zero: 0,
    rawValues: 256,
    rawBytes: 176,
    decoder: "k",
    constants: "const HAS_FIFTH_BIT = true;\n",
  },
  Q6_K: { planes: "6", scales: "q6-k", zero: 32, rawValues: 256, rawBytes: 210, decoder: "q6-k" },
  IQ4_NL: {
    planes: "4 nonlinear",
    scales: "f16",
    zero: 0,
    rawValues: 32,
    rawBytes: 18,
    decoder: "legacy",
    constants: legacy(false, false),
  },
  IQ4_XS: { planes: "4 nonlinear", scales: "iq4-xs", zero: 0, rawValues: 256, rawBytes: 136, decoder: "iq4-xs" },
} as const satisfies Record<string, Source>;

/** Block formats of GGUF that the products run. */
export type LinearTensorType = keyof typeof SOURCES;

export const LINEAR_TENSOR_TYPES: readonly LinearTensorType[] = Object.keys(SOURCES) as LinearTensorType[]; // keys are widened

/** What a product needs to know of a weight on the device; weights of the same layout can be one dispatch. */
export interface LinearLayout {
  readonly name: string;
  readonly isQuantized: boolean; // else floats, for which there are no integer products
  readonly quantVectors: number; // of 4 words a block of 32 values; 0: there is no plane of quants
  readonly dots: 1 | 2; // sums of a block's products that its scales tell apart
  readonly restRowWords: (blocks: number) => number; // of high bits and scales that a row of so many blocks takes; 0: none
  /** WGSL in front of a product: part, rest_at, load_raw, quants_of, load_scales, floats, ZERO. */
  loaders(): string;
}

/** Raw rows of a file's type to planes. */
export interface LinearRepacking {
  readonly layout: LinearLayout;
  readonly rawRowBytes: (columns: number) => number;
  readonly valuesPerRawBlock: number;
  /** WGSL in front of `writer`. */
  decoder(): string;
  readonly writer: string;
}

/**
 * @param tensor its name, for the error
 * @throws EngineError `unsupported-model` for a type that has no kernels
 */
export function linearRepacking(type: string, tensor: string, kind: PlaneKind): LinearRepacking {
  if (!Object.hasOwn(SOURCES, type)) {
    const known = LINEAR_TENSOR_TYPES.join(", ");
    throw new EngineError("unsupported-model", `Tensor ${tensor} has the type ${type}; matrix products run ${known}.`);
  }
  const source: Source = SOURCES[type as LinearTensorType]; // it is a key
  const { decoder, constants = "", rawBytes, rawValues } = source;
  const { quantVectors, highWords, readers, writer }: Planes = PLANES[source.planes];
  const rest = linearRest(source.scales, highWords, kind);
  const isQuantized = source.scales !== "none";
  const sizes = declare({ QUANT_VECTORS: quantVectors, ...rest.constants });
  const layout: LinearLayout = {
    name: `${source.planes} bits, scales: ${rest.name}, zero ${source.zero}`,
    isQuantized,
    quantVectors,
    dots: rest.dots,
    restRowWords: rest.rowWords,
    loaders: () =>
      readShader("linear-part.wgsl") +
      `const ZERO = ${source.zero.toFixed(1)};\n${sizes}` +
      (quantVectors === 0 ? ["linear-raw-none.wgsl"] : [`linear-planes-in-${kind}.wgsl`, "linear-raw.wgsl"])
        .map(readShader)
        .join("") +
      rest.readers.map(readShader).join("") +
      (isQuantized ? readShader("linear-pairs.wgsl") : "") +
      readers.map((name) => readShader(`linear-${name}.wgsl`)).join(""),
  };
  return {
    layout,
    rawRowBytes: (columns) => (columns / rawValues) * rawBytes,
    valuesPerRawBlock: rawValues,
    decoder: () =>
      `const BLOCK_BYTES = ${rawBytes}u;\n${sizes}${constants}` +
      readShader("repack-raw.wgsl") +
      readShader(`repack-to-${kind}.wgsl`) +
      (decoder === undefined ? "" : readShader(`repack-${decoder}.wgsl`)) +
      rest.writers.map(readShader).join(""),
    writer: `repack-planes-${writer}.wgsl`,
  };
}

/** Device bytes of a matrix after repacking, but for what textures are padded by. */
export function linearByteLength(type: string, rows: number, columns: number, kind: PlaneKind): number {
  const { quantVectors, restRowWords } = linearRepacking(type, "", kind).layout;
  const blocks = columns / BLOCK; // a row
  return rows * (blocks * quantVectors * VECTOR_WORDS + restRowWords(blocks)) * 4;
}
