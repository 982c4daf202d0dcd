// y = x W^T, 4 rows of W at a time, for tiles of rows of x. Of quantized x the products of 16 or 32 columns are added up as
// integers, then multiplied by the scales of both: in the same order however many rows there are, so that a token alone has the
// bits that it has among others.
#pragma once
#include "quantize.h"

template <int LANE> INLINE V lane(V x) { return wasm_i32x4_shuffle(x, x, LANE, LANE, LANE, LANE); }

// Products of i16 pairs and those of 4 rows of x, a pair a lane. Lanes are spread from a register: a load for each takes longer.
INLINE void add_four_rows(V w, V x, V* i) {
  i[0] = wasm_i32x4_add(i[0], wasm_i32x4_dot_i16x8(w, lane<0>(x)));
  i[1] = wasm_i32x4_add(i[1], wasm_i32x4_dot_i16x8(w, lane<1>(x)));
  i[2] = wasm_i32x4_add(i[2], wasm_i32x4_dot_i16x8(w, lane<2>(x)));
  i[3] = wasm_i32x4_add(i[3], wasm_i32x4_dot_i16x8(w, lane<3>(x)));
}

// Sums of products of tiles [from, from + count) and x, for N rows, added to i.
template <Tiles KIND, int N>
INLINE void dot_tiles(const uint8_t* quants, int from, int count, const int8_t* bytes, const int16_t* words, V* i) {
#ifdef RELAXED
  if (!is_signed(KIND)) {
    // Of i16 sums two neighbours' products of 7 bits each are in one; so many of them fit: 2 * 127 * 63 * 2 < 2^15, and so on.
    constexpr int EACH = LAYOUTS[KIND].bits == 6 ? 2 : LAYOUTS[KIND].bits == 5 ? 4 : 8;
#ifdef DOT
    // Where four products of bytes and their sum are one instruction, that is faster than i16 sums which so few products fit into.
    if (EACH <= 4) {
      for (int t = from; t < from + count; t++) {
        V q = tile<KIND>(quants, t);
        for (int c = 0; c < N; c++) i[c] = wasm_i32x4_relaxed_dot_i8x16_i7x16_add(splat(bytes + (t * N + c) * 4), q, i[c]);
      }
      return;
    }
#endif
    for (int t = from; t < from + count; t += EACH) {
      V s[N];
      for (int k = 0; k < EACH && t + k < from + count; k++) {
        V q = tile<KIND>(quants, t + k);
        for (int c = 0; c < N; c++) {
          V p = wasm_i16x8_relaxed_dot_i8x16_i7x16(splat(bytes + ((t + k) * N + c) * 4), q);
          s[c] = k == 0 ? p : wasm_i16x8_add(s[c], p);
        }
      }
      for (int c = 0; c < N; c++) i[c] = wasm_i32x4_add(i[c], wasm_i32x4_dot_i16x8(s[c], wasm_i16x8_const_splat(1)));
    }
    return;
  }
#endif
  for (int t = from; t < from + count; t++) {
    V w[2];
    wide_tile<KIND>(quants, t, w, w + 1);
    for (int u = 0; u < 2; u++) {
      const int16_t* x = words + (2 * t + u) * 2 * N;
      if (N == 1) i[0] = wasm_i32x4_add(i[0], wasm_i32x4_dot_i16x8(w[u], splat(x)));
      for (int c = 0; c + 4 <= N; c += 4) add_four_rows(w[u], load(x + 2 * c), i + c);
    }
  }
}

// 32 columns of 4 rows, added to acc.
template <Tiles KIND, int N> INLINE void add_block(const uint8_t* w, int b, QuantizedTile x, V* acc) {
  constexpr Layout layout = LAYOUTS[KIND];
  constexpr int HALVES = halves_of(KIND);
  const uint8_t* quants = w + quants_at(KIND) + b * layout.quants;
  const float* stats = x.stats;
  const int* sums = (const int*)stats + N;
  Scales s = scales<KIND>(w, b);
  for (int h = 0; h < HALVES; h++) {
    V i[N];
    for (int c = 0; c < N; c++) {
      int of = layout.halves ? sums[h * N + c] : sums[c] + sums[N + c];
      i[c] = layout.offset == 0 ? zeros() : wasm_i32x4_splat(-layout.offset * of);
    }
    dot_tiles<KIND, N>(quants, 4 * h, 8 / HALVES, x.bytes, x.words, i);
    for (int c = 0; c < N; c++) {
      V scale = splat(stats + c);
      acc[c] = madd(f32(i[c]), wasm_f32x4_mul(s.scale[h], scale), acc[c]);
      if (!layout.minima) continue;
      V of = layout.halves ? wasm_f32x4_splat(stats[c] * sums[h * N + c]) : splat(stats + 3 * N + c);
      acc[c] = nmadd(s.minimum[h], of, acc[c]);
    }
  }
}

// Where the results of 4 rows go.
struct Results {
  float* y; // of the first row of x
  int stride; // to that of the next
  int rows; // of the 4 that there are
  const float* bias; // or 0
  int is_added;
};

INLINE void finish(V value, Results to, int c) {
  float* y = to.y + c * to.stride;
  if (to.rows == 4) {
    if (to.bias) value = wasm_f32x4_add(value, load(to.bias));
    if (to.is_added) value = wasm_f32x4_add(load(y), value);
    wasm_v128_store(y, value);
    return;
  }
  float values[4];
  wasm_v128_store(values, value);
  for (int r = 0; r < to.rows; r++) {
    float own = to.bias ? values[r] + to.bias[r] : values[r];
    y[r] = to.is_added ? y[r] + own : own;
  }
}

// @param n of the tile's N rows that there are
template <Tiles KIND, int N> INLINE void group_of_quantized(const uint8_t* w, int columns, QuantizedTile x, int n, Results to) {
  V acc[N];
  for (int c = 0; c < N; c++) acc[c] = zeros();
  for (int k = 0; k < columns; k += LAYOUTS[KIND].columns) {
    for (int b = 0; b < blocks_of(KIND); b++) {
      add_block<KIND, N>(w, b, x, acc);
      x.bytes += 32 * N, x.words += 32 * N, x.stats += 4 * N;
    }
    w += LAYOUTS[KIND].bytes;
  }
  for (int c = 0; c < N; c++) if (c < n) finish(acc[c], to, c);
}

// Of f32 x. Even and odd columns are added up apart, since one sum would wait for each product.
template <Tiles KIND, int N> INLINE void group_of_floats(const uint8_t* w, int columns, const float* x, Results to) {
  constexpr bool IS_FLOAT = KIND <= BF16;
  V even[N], odd[N];
  for (int c = 0; c < N; c++) even[c] = odd[c] = zeros();
  for (int k = 0; k < columns; k += 32) {
    int count = columns - k < 32 ? columns - k : 32;
    V numbers[32];
    if (IS_FLOAT) decode<KIND>(w + k * LAYOUTS[KIND].bytes, 0, count, numbers);
    else decode<KIND>(w + k / LAYOUTS[KIND].columns * LAYOUTS[KIND].bytes, k / 32 % (IS_FLOAT ? 1 : blocks_of(KIND)), 32, numbers);
    for (int i = 0; i + 1 < count; i += 2)
      for (int c = 0; c < N; c++) {
        even[c] = madd(numbers[i], splat(x + c * columns + k + i), even[c]);
        odd[c] = madd(numbers[i + 1], splat(x + c * columns + k + i + 1), odd[c]);
      }
    if (count & 1) for (int c = 0; c < N; c++) even[c] = madd(numbers[count - 1], splat(x + c * columns + k + count - 1), even[c]);
  }
  for (int c = 0; c < N; c++) finish(wasm_f32x4_add(even[c], odd[c]), to, c);
}

// What groups of rows of one matrix are multiplied by.
struct Rows {
  const uint8_t* x;
  int is_quantized, count;
};

INLINE Results results_of(const Matrix* m, int group, Results all, int first) {
  int left = m->rows - 4 * group;
  return {all.y + first * all.stride + 4 * group, all.stride, left < 4 ? left : 4, all.bias ? all.bias + 4 * group : 0, all.is_added};
}

template <Tiles KIND> NOINLINE void quantized_rows(const Matrix* m, const uint8_t* matrix, Rows x, int from, int to, Results out) {
  const int bytes = row_group_bytes(KIND, m->columns);
  for (int first = 0; first < x.count; first += MAX_TILE_ROWS) {
    int n = tile_rows(first, x.count), there = x.count - first < n ? x.count - first : n;
    QuantizedTile tile = quantized_tile(x.x, first, n, m->columns);
    for (int g = from; g < to; g++) {
      Results own = results_of(m, g, out, first);
      const uint8_t* w = matrix + g * bytes;
      if (n == 1) group_of_quantized<KIND, 1>(w, m->columns, tile, 1, own);
      else if (n == 4) group_of_quantized<KIND, 4>(w, m->columns, tile, there, own);
      else group_of_quantized<KIND, 8>(w, m->columns, tile, there, own);
    }
  }
}

template <Tiles KIND> NOINLINE void float_rows(const Matrix* m, const uint8_t* matrix, Rows x, int from, int to, Results out) {
  const int bytes = row_group_bytes(KIND, m->columns);
  for (int first = 0, n; first < x.count; first += n) {
    n = x.count - first >= 4 ? 4 : 1;
    const float* rows = (const float*)x.x + first * m->columns;
    for (int g = from; g < to; g++) {
      Results own = results_of(m, g, out, first);
      const uint8_t* w = matrix + g * bytes;
      if (n == 4) group_of_floats<KIND, 4>(w, m->columns, rows, own);
      else group_of_floats<KIND, 1>(w, m->columns, rows, own);
    }
  }
}

// @param from group of 4 rows, to the one before `to`
static void multiply(const Matrix* m, const uint8_t* matrix, Rows x, int from, int to, Results out) {
#define QUANTIZED(kind) quantized_rows<kind>(m, matrix, x, from, to, out)
#define FLOATS(kind) float_rows<kind>(m, matrix, x, from, to, out)
  if (x.is_quantized) FOR_QUANTS(m->kind, QUANTIZED)
  else FOR_ALL(m->kind, FLOATS)
#undef QUANTIZED
#undef FLOATS
}

// Groups of rows that a thread takes at once: so few that all have about the same to do, so many that they are read in one stream,
// and for many rows of x no more than stay in the cache while the tiles pass.
INLINE int unit_groups(const Matrix* m, int rows) {
  int all = (m->rows + 3) / 4, each = (all + 31) / 32;
  int most = rows > MAX_TILE_ROWS ? 8 : 1024;
  return each < most ? each : most;
}

static int product_units(const Product* o, int tokens) {
  int each = unit_groups(&o->weight, tokens * o->rows_per_token);
  return ((o->weight.rows + 3) / 4 + each - 1) / each;
}

static void product(const Product* o, int tokens, int unit) {
  int rows = tokens * o->rows_per_token, all = (o->weight.rows + 3) / 4, each = unit_groups(&o->weight, rows);
  int from = unit * each, to = from + each < all ? from + each : all;
  multiply(&o->weight, o->weight.at, {o->x, o->is_quantized, rows}, from, to, {o->y, o->y_stride, 0, o->bias, o->is_added});
}

static int product_of_experts_units(const ProductOfExperts* o, int tokens) {
  int each = unit_groups(&o->weight, 1);
  return tokens * o->chosen * (((o->weight.rows + 3) / 4 + each - 1) / each);
}

static void product_of_experts(const ProductOfExperts* o, int tokens, int unit) {
  const Matrix* m = &o->weight;
  int all = (m->rows + 3) / 4, each = unit_groups(m, 1), units = (all + each - 1) / each;
  int result = unit / units, from = unit % units * each, to = from + each < all ? from + each : all;
  int row = o->x_is_of_tokens ? result / o->chosen : result;
  int row_bytes = o->is_quantized ? quantized_row_bytes(m->columns) : m->columns * 4;
  Rows x = {o->x + row * row_bytes, o->is_quantized, 1};
  multiply(m, m->at + o->ids[result] * m->bytes, x, from, to, {o->y + result * o->y_stride, o->y_stride, 0, 0, 0});
}
