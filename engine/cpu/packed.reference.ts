// What kernels/tiles.h must read out of packed matrices, by plain loops.
import { IQ4_VALUES, readF16 } from "../weights/dequantize.ts";
import type { CpuMemory } from "./memory.ts";
import { GROUP_ROWS, type PackedMatrix, packedBytes, QUANT_BLOCK, TILES, tilesOf } from "./packed.ts";

/** Quant `column` of 32 of row `row` of 8, at byte `b`. */
type Quant = (view: DataView, b: number, row: number, column: number) => number;

/** A row of a matrix as f32: of the expert's, where there are several. */
export function unpackRow(memory: CpuMemory, matrix: PackedMatrix, row: number, expert = 0): Float32Array<ArrayBuffer> {
  const { type, rows, columns, at } = matrix;
  const tiles = tilesOf(type);
  const bytes = packedBytes(type, rows, columns);
  const all = memory.u8(at + expert * bytes, bytes);
  const view = new DataView(all.buffer, all.byteOffset, all.byteLength);
  const group = Math.floor(row / GROUP_ROWS) * (columns / tiles.columns) * tiles.bytes;
  return Float32Array.from({ length: columns }, (_, column) => {
    const b = group + Math.floor(column / tiles.columns) * tiles.bytes;
    return VALUES[tiles.id]!(view, b, row % GROUP_ROWS, column % tiles.columns);
  });
}

const nibble: Quant = (view, b, row, column) => {
  const tile = column >> 2;
  return (view.getUint8(b + 32 * (tile & 3) + 4 * row + (column & 3)) >> (tile < 4 ? 0 : 4)) & 15;
};

/** Two bits of it. */
const pair: Quant = (view, b, row, column) => {
  const tile = column >> 2;
  return (view.getUint8(b + 32 * (tile >> 2) + 4 * row + (column & 3)) >> (2 * (tile & 3))) & 3;
};

const fiveBits: Quant = (view, b, row, column) => {
  const fifth = (view.getUint8(b + 128 + 4 * row + (column & 3)) >> (column >> 2)) & 1;
  return nibble(view, b, row, column) | (fifth << 4);
};

const byte: Quant = (view, b, row, column) =>
  view.getInt8(b + 32 * (column >> 2) + 16 * (column & 1) + 2 * row + ((column >> 1) & 1));

/** A number of 8 rows. */
const f32 = (view: DataView, b: number, row: number) => view.getFloat32(b + 4 * row, true);

interface Of256 {
  readonly quants: number; // bytes of 32 columns'
  readonly halves: 1 | 2; // parts of 32 columns that have a scale of their own
  readonly minima: boolean;
}

/** What scales and minima are multiplied by, then those as bytes of 8 rows, then the quants of 8 blocks. */
function of256({ quants, halves, minima }: Of256, quant: Quant): Quant {
  const codeBytes = GROUP_ROWS * halves * (minima ? 2 : 1);
  const codes = minima ? 64 : 32;
  return (view, b, row, column) => {
    const block = Math.floor(column / QUANT_BLOCK);
    const within = column % QUANT_BLOCK;
    const half = Math.floor((within * halves) / QUANT_BLOCK);
    const code = b + codes + codeBytes * block + GROUP_ROWS * half + row;
    const scale = f32(view, b, row) * (minima ? view.getUint8(code) : view.getInt8(code));
    const value = scale * quant(view, b + codes + 8 * codeBytes + quants * block, row, within);
    return minima ? value - f32(view, b + 32, row) * view.getUint8(code + GROUP_ROWS * halves) : value;
  };
}

/** Each kind's number of a row of 8 and a column, at byte `b` of its first columns. */
const VALUES: Readonly<Record<number, Quant>> = {
  [TILES.f32.id]: f32,
  [TILES.f16.id]: (view, b, row) => readF16(view, b + 2 * row),
  [TILES.bf16.id]: (view, b, row) =>
    new Float32Array(Uint32Array.of(view.getUint16(b + 2 * row, true) << 16).buffer)[0]!,
  [TILES.nibbles.id]: (view, b, row, column) => f32(view, b + 128, row) * (nibble(view, b, row, column) - 8),
  [TILES.fifths.id]: (view, b, row, column) => f32(view, b + 160, row) * (fiveBits(view, b, row, column) - 16),
  [TILES.fifthsMin.id]: (view, b, row, column) =>
    f32(view, b + 160, row) * fiveBits(view, b, row, column) - f32(view, b + 192, row),
  [TILES.bytes.id]: (view, b, row, column) => f32(view, b + 256, row) * byte(view, b, row, column),
  [TILES.nibblesMin.id]: (view, b, row, column) =>
    f32(view, b + 128, row) * nibble(view, b, row, column) - f32(view, b + 160, row),
  [TILES.iq4.id]: (view, b, row, column) => f32(view, b + 128, row) * IQ4_VALUES[nibble(view, b, row, column)]!,
  [TILES.q2k.id]: of256({ quants: 64, halves: 2, minima: true }, pair),
  [TILES.q3k.id]: of256({ quants: 96, halves: 2, minima: false }, (view, b, row, column) => {
    const third = (view.getUint8(b + 64 + 4 * row + (column & 3)) >> (column >> 2)) & 1;
    return (pair(view, b, row, column) | (third << 2)) - 4;
  }),
  [TILES.q4k.id]: of256({ quants: 128, halves: 1, minima: true }, nibble),
  [TILES.q5k.id]: of256({ quants: 160, halves: 1, minima: true }, fiveBits),
  [TILES.q6k.id]: of256({ quants: 192, halves: 2, minima: false }, (view, b, row, column) => {
    return (nibble(view, b, row, column) | (pair(view, b + 128, row, column) << 4)) - 32;
  }),
  [TILES.iq4k.id]: of256({ quants: 128, halves: 1, minima: false }, (view, b, row, column) => {
    return IQ4_VALUES[nibble(view, b, row, column)]!;
  }),
};
