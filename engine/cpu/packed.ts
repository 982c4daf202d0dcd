// How matrices lie in a `CpuMemory`: groups of 8 rows, as two vectors of 4, so that one vector holds neighbouring columns of 4 rows and
// a product needs no sums across a vector. What one vector of rows has lies beside what the other has. Of 32 columns of 4 rows, 8 tiles
// of 4 x 4 quants follow each other, a byte each where they are whole; of both vectors:
//
//   nibbles  4 x 2 x 16 bytes: the low halves of vector v are tile v, the high ones tile v + 4
//   fifths   2 x 16 bytes: bit t of a byte is tile t's fifth bit
//   thirds   likewise, of third bits
//   pairs    2 x 2 x 16 bytes: vector v has two bits of each of the tiles 4 v to 4 v + 3
//   bytes    8 x 2 x 16 bytes, signed; of each tile first the columns 0 and 2 of all 8 rows, then 1 and 3
//
// Each becomes numbers with scales, and some with minima, of 8 rows. kernels/tiles.h reads all this, kernels/repack.h makes it.
import { BLOCK_FORMATS, type TensorType } from "../weights/block-formats.ts";
import type { Address } from "./memory.ts";

export const GROUP_ROWS = 8; // that lie together; a matrix's last group is filled up with zeros
export const QUANT_BLOCK = 32; // columns that share a scale, in weights and in quantized rows

/** What a matrix's groups of rows are made of. The numbers are those of kernels/tiles.h. */
export const TILES = {
  f32: { id: 0, columns: 1, bytes: 32 },
  f16: { id: 1, columns: 1, bytes: 16 },
  bf16: { id: 2, columns: 1, bytes: 16 },
  nibbles: { id: 3, columns: 32, bytes: 160 }, // nibbles, f32 scales: scale (q - 8)
  nibblesMin: { id: 4, columns: 32, bytes: 192 }, // nibbles, f32 scales, f32 minima: scale q - minimum
  fifths: { id: 5, columns: 32, bytes: 192 }, // nibbles, fifths, f32 scales: scale (q - 16)
  fifthsMin: { id: 6, columns: 32, bytes: 224 }, // nibbles, fifths, f32 scales, f32 minima: scale q - minimum
  bytes: { id: 7, columns: 32, bytes: 288 }, // bytes, f32 scales: scale q
  iq4: { id: 8, columns: 32, bytes: 160 }, // nibbles, f32 scales: scale value[q], of a table of 16 values
  // Of 256 columns f32 come first, then scales of the 8 blocks as bytes, which are multiplied by those, then the quants of all blocks.
  q2k: { id: 9, columns: 256, bytes: 832 }, // pairs; u8 scales, then minima, of 16 columns and of the others; d, dmin
  q3k: { id: 10, columns: 256, bytes: 928 }, // pairs, thirds; i8 scales of 16 columns and of the others; d: d scale (q - 4)
  q4k: { id: 11, columns: 256, bytes: 1216 }, // nibbles; u8 scales, u8 minima; d, dmin: d scale q - dmin minimum
  q5k: { id: 12, columns: 256, bytes: 1472 }, // nibbles, fifths; likewise
  q6k: { id: 13, columns: 256, bytes: 1696 }, // nibbles, pairs; i8 scales of 16 columns and of the others; d: d scale (q - 32)
  iq4k: { id: 14, columns: 256, bytes: 1120 }, // nibbles; i8 scales; d: d scale value[q]
} as const;

/** Each type's numbers are kept exactly. */
const TILES_OF: Readonly<Record<TensorType, keyof typeof TILES>> = {
  F32: "f32",
  F16: "f16",
  BF16: "bf16",
  Q4_0: "nibbles",
  Q4_1: "nibblesMin",
  Q5_0: "fifths",
  Q5_1: "fifthsMin",
  Q8_0: "bytes",
  Q2_K: "q2k",
  Q3_K: "q3k",
  Q4_K: "q4k",
  Q5_K: "q5k",
  Q6_K: "q6k",
  IQ4_NL: "iq4",
  IQ4_XS: "iq4k",
};

/** A matrix, or one for each expert one behind the other. */
export interface PackedMatrix {
  readonly type: TensorType; // in the file
  readonly rows: number;
  readonly columns: number;
  readonly experts: number; // 1 for a matrix
  readonly at: Address;
}

export function tilesOf(type: TensorType) {
  return TILES[TILES_OF[type]];
}

/** Bytes of one matrix. */
export function packedBytes(type: TensorType, rows: number, columns: number): number {
  const tiles = tilesOf(type);
  return Math.ceil(rows / GROUP_ROWS) * (columns / tiles.columns) * tiles.bytes;
}

/** Bytes of all of its experts' matrices. */
export function matrixBytes({ type, rows, columns, experts }: Omit<PackedMatrix, "at">): number {
  return packedBytes(type, rows, columns) * experts;
}

/** Whether products can read quantized rows with it; those of floats read f32 alone. */
export function takesQuantized(type: TensorType): boolean {
  return BLOCK_FORMATS[type].blockSize > 1;
}

/** Bytes of quantized rows, as `quantize` leaves them. */
export function quantizedBytes(columns: number, rows: number): number {
  return Math.ceil(rows / MAX_TILE_ROWS) * MAX_TILE_ROWS * quantizedRowBytes(columns);
}

/**
 * Quantized rows lie in tiles of 8, 4 or 1 that products read at once. Of a tile of n rows of b blocks:
 *   i8  [8 b][n][4]     four neighbouring columns
 *   i16 [8 b][2][n][2]  the same numbers: columns 0 and 2, then 1 and 3
 *   [b][4][n]           f32 scale, i32 sum of the first 16 columns, i32 of the others, f32 scale * sum of all
 */
export const MAX_TILE_ROWS = 8;

export function quantizedRowBytes(columns: number): number {
  return columns * 3 + (columns / QUANT_BLOCK) * 16;
}

/** How many of the rows from `first` on, a tile's beginning, are in one tile; some of the last may be missing. */
export function tileRows(first: number, rows: number): 1 | 4 | 8 {
  const left = rows - first;
  if (left === 1) return 1;
  return left <= 4 ? 4 : MAX_TILE_ROWS;
}
