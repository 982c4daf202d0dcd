import type { LinearSource, LinearTensorType } from "../../../engine/kernels/linear.ts";
import { BLOCK_FORMATS } from "../../../engine/weights/block-formats.ts";
import { dequantize } from "../../../engine/weights/dequantize.ts";

/** Mean squared error, normalised by the expected values' energy, as llama.cpp's test-backend-ops does. */
export function nmse(actual: Float32Array, expected: Float64Array): number {
  let error = 0;
  let energy = 0;
  for (let i = 0; i < expected.length; i++) {
    error += (actual[i]! - expected[i]!) ** 2;
    energy += expected[i]! ** 2;
  }
  return error === 0 ? 0 : error / energy;
}

export type TestSource = LinearSource & { readonly bytes: Uint8Array; readonly values: Float32Array };

export function zeroSource(type: LinearTensorType, rows: number, columns: number): TestSource {
  const { blockBytes, blockSize } = BLOCK_FORMATS[type];
  return sourceOf(type, rows, columns, new Uint8Array(((rows * columns) / blockSize) * blockBytes));
}

/** Random bits, but for floats and scales, which get an exponent of a sane size. */
export function randomSource(type: LinearTensorType, rows: number, columns: number): TestSource {
  const source = zeroSource(type, rows, columns);
  fillAtRandom(type, source.bytes, type.length * 1000 + rows + columns);
  return { ...source, values: dequantize(type, source.bytes) };
}

/** Random blocks with f16 scales. The root mean square of their values is `size`, up to a factor of the square root of 2. */
export function randomBlocks(
  type: Exclude<LinearTensorType, "F32" | "BF16">,
  length: number,
  seed: number,
  size: number,
): Uint8Array<ArrayBuffer> {
  const { blockBytes, blockSize } = BLOCK_FORMATS[type];
  const bytes = new Uint8Array((length / blockSize) * blockBytes);
  fillAtRandom(type, bytes, seed);
  const values = dequantize(type, bytes);
  const sizeNow = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
  const doublings = Math.round(Math.log2(size / sizeNow));
  for (const high of exponentBytes(type, bytes)) bytes[high]! += doublings << 2; // two bits of the fraction are below the exponent
  return bytes;
}

function fillAtRandom(type: LinearTensorType, bytes: Uint8Array, seed: number): void {
  const random = randomNumbers(seed);
  for (let i = 0; i < bytes.length; i++) bytes[i] = random() * 256;
  for (const high of exponentBytes(type, bytes)) {
    const exponent = type === "F32" || type === "BF16" ? 0x3c : 0x28; // of about 0.01, or 0.03 in f16
    bytes[high] = (bytes[high]! & 0x83) | exponent;
  }
}

/** The same quants, with f16 scales below 2^-14. */
export function withSmallScales({ type, rows, columns, bytes }: TestSource): TestSource {
  const small = bytes.slice();
  for (const high of exponentBytes(type, small)) small[high]! &= 0x83;
  return sourceOf(type as LinearTensorType, rows, columns, small); // it was made from one
}

/** Bytes of a block where its f16 scales begin, or the upper half of a float; types that are not here have two scales first. */
const HALVES: Readonly<Record<string, readonly number[]>> = {
  F32: [2],
  F16: [0],
  BF16: [0],
  Q4_0: [0],
  Q5_0: [0],
  Q8_0: [0],
  Q2_K: [80, 82],
  Q3_K: [108],
  Q6_K: [208],
  IQ4_NL: [0],
  IQ4_XS: [0],
};

/** Where the upper bytes of floats and scales are: with the sign, and the exponent or most of it. */
function exponentBytes(type: string, bytes: Uint8Array): number[] {
  const halves = HALVES[type] ?? [0, 2];
  const { blockBytes } = BLOCK_FORMATS[type as LinearTensorType];
  const blocks = Array.from({ length: bytes.length / blockBytes }, (_, i) => i * blockBytes);
  return blocks.flatMap((block) => halves.map((at) => block + at + 1));
}

function sourceOf(type: LinearTensorType, rows: number, columns: number, bytes: Uint8Array) {
  const read = async (into: Uint8Array, byteOffset: number) => {
    into.set(bytes.subarray(byteOffset, byteOffset + into.length));
  };
  return { name: `${type} test`, type, rows, columns, bytes, values: dequantize(type, bytes), read };
}

/** mulberry32: uniform in [0, 1). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
