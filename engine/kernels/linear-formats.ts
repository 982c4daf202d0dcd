import { readFileSync } from "node:fs";
import { EngineError } from "../errors.ts";

/** Values that share a scale on the device, whatever the file's blocks are. */
export const BLOCK = 32;

/** How the quants of a block of 32 values lie on the device: linear-quants-*.wgsl and repack-planes-*.wgsl. */
const PLANES = {
  "4": { quantBytes: 16, highBitBytes: 0, writer: "4" },
  "5": { quantBytes: 16, highBitBytes: 4, writer: "5" },
  "6": { quantBytes: 16, highBitBytes: 8, writer: "6" },
  "8": { quantBytes: 32, highBitBytes: 0, writer: "8" },
  f16: { quantBytes: 64, highBitBytes: 0, writer: "float" },
  bf16: { quantBytes: 64, highBitBytes: 0, writer: "float" },
  f32: { quantBytes: 128, highBitBytes: 0, writer: "float" },
} as const;

/** f32 values a block: linear-scales-*.wgsl. */
const SCALES = { none: 0, one: 1, halves: 2, offset: 2 } as const;

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
  /** Bytes a block of 32 values, plane by plane; 0: there is no such plane. */
  readonly planeBytes: { readonly quants: number; readonly highBits: number; readonly scales: number };
  /** WGSL in front of a product: part, load_quants, load_scales, floats, ZERO. */
  readonly loaders: string;
}

/** Raw rows of a file's type to planes. */
export interface LinearRepacking {
  readonly layout: LinearLayout;
  readonly rawRowBytes: (columns: number) => number;
  readonly valuesPerRawBlock: number;
  /** WGSL in front of `writer`. */
  readonly decoder: string;
  readonly writer: string;
  readonly constants: Readonly<Record<string, number>>;
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
  const layout: LinearLayout = {
    name: `${source.planes} bits, scales: ${source.scales}, zero ${source.zero}`,
    isQuantized: source.scales !== "none",
    planeBytes: { quants: planes.quantBytes, highBits: planes.highBitBytes, scales: SCALES[source.scales] * 4 },
    loaders:
      readShader("linear-part.wgsl") +
      `const ZERO = ${source.zero.toFixed(1)};\n` +
      (source.scales === "none" ? "" : readShader("linear-pairs.wgsl")) +
      readShader(`linear-quants-${source.planes}.wgsl`) +
      readShader(`linear-scales-${source.scales}.wgsl`),
  };
  return {
    layout,
    rawRowBytes: (columns) => (columns / rawValues) * rawBytes,
    valuesPerRawBlock: rawValues,
    decoder:
      `const BLOCK_BYTES = ${rawBytes}u;\n${constants}` +
      readShader("repack-raw.wgsl") +
      (decoder === undefined ? "" : readShader(`repack-${decoder}.wgsl`)),
    writer: `repack-planes-${planes.writer}.wgsl`,
    constants: layout.isQuantized ? { SCALES: SCALES[source.scales] } : {},
  };
}

/** Device bytes of a matrix after repacking. */
export function linearByteLength(type: string, rows: number, columns: number): number {
  const { quants, highBits, scales } = linearRepacking(type, "").layout.planeBytes;
  return ((rows * columns) / BLOCK) * (quants + highBits + scales);
}

/** The text of a file beside this one, to stand in front of another. */
export function readShader(file: string): string {
  return `${readFileSync(new URL(file, import.meta.url), "utf8")}\n`;
}
