// Quantized rows, as packed.ts describes them, written and read by plain loops.
import type { Address, CpuMemory } from "./memory.ts";
import { MAX_TILE_ROWS, QUANT_BLOCK, quantizedRowBytes, tileRows } from "./packed.ts";

const SMALLEST = 1e-37; // scale: the inverse of a smaller one is no f32

/** One row's place in its tile. */
interface PlaceInTile {
  readonly rows: number; // of the tile
  readonly row: number; // in it
  readonly bytes: Address;
  readonly words: Address;
  readonly stats: Address;
}

function placesInTiles(x: Address, count: number, columns: number, isInTiles: boolean): PlaceInTile[] {
  return Array.from({ length: count }, (_, i) => {
    const first = isInTiles ? i - (i % MAX_TILE_ROWS) : i;
    const rows = isInTiles ? tileRows(first, count) : 1;
    const bytes = x + first * quantizedRowBytes(columns);
    return { rows, row: i - first, bytes, words: bytes + rows * columns, stats: bytes + 3 * rows * columns };
  });
}

/** @param isInTiles as of `quantize` in operations.ts */
export function quantizeReference(
  memory: CpuMemory,
  x: Float32Array,
  y: Address,
  columns: number,
  isInTiles: boolean,
): void {
  for (const [i, place] of placesInTiles(y, x.length / columns, columns, isInTiles).entries()) {
    for (let block = 0; block < columns / QUANT_BLOCK; block++) {
      const at = i * columns + block * QUANT_BLOCK;
      quantizeBlock(memory, x.subarray(at, at + QUANT_BLOCK), place, block);
    }
  }
}

function quantizeBlock(
  memory: CpuMemory,
  x: Float32Array,
  { rows, row, bytes, words, stats }: PlaceInTile,
  block: number,
) {
  const largest = x.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const scale = Math.fround(largest / 127);
  const inverse = scale > SMALLEST ? Math.fround(1 / scale) : 0;
  const sums = [0, 0];
  for (const [column, value] of x.entries()) {
    const q = roundHalfToEven(Math.fround(value * inverse));
    const quad = block * 8 + (column >> 2);
    sums[column >> 4]! += q;
    memory.u8(bytes + 4 * (quad * rows + row) + (column & 3), 1)[0] = q;
    memory.u16(words + 4 * ((2 * quad + (column & 1)) * rows + row) + 2 * ((column >> 1) & 1), 1)[0] = q;
  }
  const own = (which: number) => stats + 4 * ((4 * block + which) * rows + row);
  memory.f32(own(0), 1)[0] = scale;
  memory.i32(own(1), 1)[0] = sums[0]!;
  memory.i32(own(2), 1)[0] = sums[1]!;
  memory.f32(own(3), 1)[0] = scale * (sums[0]! + sums[1]!);
}

/** The numbers that quantized rows stand for. */
export function readQuantized(
  memory: CpuMemory,
  x: Address,
  count: number,
  columns: number,
  isInTiles: boolean,
): Float64Array[] {
  return placesInTiles(x, count, columns, isInTiles).map(({ rows, row, bytes, stats }) =>
    Float64Array.from({ length: columns }, (_, column) => {
      const q = memory.u8(bytes + 4 * ((column >> 2) * rows + row) + (column & 3), 1)[0]!;
      const scale = memory.f32(stats + 4 * (4 * Math.floor(column / QUANT_BLOCK) * rows + row), 1)[0]!;
      return ((q << 24) >> 24) * scale;
    }),
  );
}

function roundHalfToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
