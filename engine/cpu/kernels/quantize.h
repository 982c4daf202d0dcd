// Rows become int8 in blocks of 32: packed.ts says how they lie. A block's scale is a 127th of its largest number.
#pragma once
#include "records.h"

constexpr int MAX_TILE_ROWS = 8;

INLINE int quantized_row_bytes(int columns) { return columns * 3 + columns / 32 * 16; }

// Rows of the tile that begins at row `first`.
INLINE int tile_rows(int first, int rows) {
  int left = rows - first;
  return left == 1 ? 1 : left <= 4 ? 4 : MAX_TILE_ROWS;
}

// Where the parts of a tile of n rows begin.
struct QuantizedTile {
  int8_t* bytes; // [columns / 4][n][4]
  int16_t* words; // [columns / 4][2][n][2]
  float* stats; // [columns / 32][4][n]: scale; as int the sums of both halves; scale * sum
};

INLINE QuantizedTile quantized_tile(const uint8_t* x, int first, int n, int columns) {
  uint8_t* begin = (uint8_t*)x + first * quantized_row_bytes(columns);
  return {(int8_t*)begin, (int16_t*)(begin + n * columns), (float*)(begin + 3 * n * columns)};
}

// Columns 0 and 2, then 1 and 3.
INLINE V even_then_odd(V i16) { return wasm_i16x8_shuffle(i16, i16, 0, 2, 1, 3, 0, 2, 1, 3); }

INLINE void quantize_block(const float* x, QuantizedTile tile, int block, int n, int row) {
  V most = wasm_f32x4_abs(load(x));
  for (int i = 4; i < 32; i += 4) most = wasm_f32x4_pmax(most, wasm_f32x4_abs(load(x + i)));
  float scale = largest(most) / 127, inverse = scale > 1e-37f ? 1 / scale : 0;
  float* stats = tile.stats + block * 4 * n + row;
  int halves[2];
  for (int h = 0; h < 2; h++) {
    V total = zeros();
    for (int k = 0; k < 4; k++) {
      V scaled = wasm_f32x4_mul(load(x + 16 * h + 4 * k), wasm_f32x4_splat(inverse));
      V q = wasm_i32x4_trunc_sat_f32x4(wasm_f32x4_nearest(scaled));
      total = wasm_i32x4_add(total, q);
      V words = wasm_i16x8_narrow_i32x4(q, q), bytes = wasm_i8x16_narrow_i16x8(words, words);
      int quad = block * 8 + 4 * h + k;
      wasm_v128_store32_lane(tile.bytes + 4 * (quad * n + row), bytes, 0);
      V pairs = even_then_odd(words);
      wasm_v128_store32_lane(tile.words + 2 * (2 * quad * n + row), pairs, 0);
      wasm_v128_store32_lane(tile.words + 2 * ((2 * quad + 1) * n + row), pairs, 1);
    }
    total = wasm_i32x4_add(total, wasm_i32x4_shuffle(total, total, 2, 3, 0, 1));
    halves[h] = wasm_i32x4_extract_lane(total, 0) + wasm_i32x4_extract_lane(total, 1);
  }
  stats[0] = scale;
  ((int*)stats)[n] = halves[0];
  ((int*)stats)[2 * n] = halves[1];
  stats[3 * n] = scale * (halves[0] + halves[1]);
}

// @param unit of one row: 8 blocks
constexpr int QUANTIZED_BLOCKS = 8;
static int quantize_units(const Quantize* o, int tokens) {
  return tokens * o->rows_per_token * ((o->columns / 32 + QUANTIZED_BLOCKS - 1) / QUANTIZED_BLOCKS);
}

static void quantize(const Quantize* o, int tokens, int unit) {
  int rows = tokens * o->rows_per_token, blocks = o->columns / 32;
  int each = (blocks + QUANTIZED_BLOCKS - 1) / QUANTIZED_BLOCKS;
  int row = unit / each, first = o->is_in_tiles ? row & -MAX_TILE_ROWS : row;
  int n = o->is_in_tiles ? tile_rows(first, rows) : 1;
  QuantizedTile tile = quantized_tile(o->y, first, n, o->columns);
  int from = unit % each * QUANTIZED_BLOCKS, to = from + QUANTIZED_BLOCKS < blocks ? from + QUANTIZED_BLOCKS : blocks;
  for (int b = from; b < to; b++) quantize_block(o->x + row * o->columns + 32 * b, tile, b, n, row - first);
}
