// y = x W^T, 8 rows of W at a time, for tiles of rows of x. Of quantized x the products of 16 or 32 columns are added up as
// integers, then multiplied by the scales of both: in the same order however many rows there are, so that a token alone has the
// bits that it has among others.
//
// A group's 8 rows are two vectors. V8 makes one of 256 bits of them where it is told to (kernels.ts says when): what is done with both
// has to be the same, their operands neighbours in memory, and their results are stored as neighbours. A tile of 8 rows of x then
// takes both at once; otherwise, having no registers for 16 sums, one after the other.
#pragma once
#include "quantize.h"

// Whether two neighbours are one. A global of WebAssembly, which each thread's instance has for itself.
__attribute__((address_space(1))) int wide_vectors;

template <int LANE> INLINE V lane(V x) { return wasm_i32x4_shuffle(x, x, LANE, LANE, LANE, LANE); }

// Four bytes of each of N rows of x, each spread over the lanes.
template <int N> INLINE void spread(const void* from, V* x) {
  const uint8_t* bytes = (const uint8_t*)from;
  if (N == 1) x[0] = splat(bytes);
  for (unsigned c = 0; c + 4 <= N; c += 4) {
    V four = load(bytes + 4 * c); // a load for each would take longer
    x[c] = lane<0>(four), x[c + 1] = lane<1>(four), x[c + 2] = lane<2>(four), x[c + 3] = lane<3>(four);
  }
}

// The compiler has to be through with these before it begins with what comes behind. Left to itself it takes one sum after the other
// and reads all operands anew for each.
#define FOUR(v) "+r"((v)[0]), "+r"((v)[1]), "+r"((v)[2]), "+r"((v)[3])
template <int COUNT> INLINE void finish_all(V* v) {
  if (COUNT == 1) __asm__("" : "+r"(v[0]));
  if (COUNT == 2) __asm__("" : "+r"(v[0]), "+r"(v[1]));
  if (COUNT == 4) __asm__("" : FOUR(v));
  if (COUNT == 8) __asm__("" : FOUR(v), FOUR(v + 4));
  if (COUNT == 16) __asm__("" : FOUR(v), FOUR(v + 4), FOUR(v + 8), FOUR(v + 12));
}
#undef FOUR

#define UNROLLED _Pragma("clang loop unroll(full)")

// Sums of products of tiles [from, from + count) and x, added to sums[N rows of x][VECTORS of rows].
// @param quants of 32 columns, from the first vector on
template <Tiles KIND, int N, int VECTORS>
INLINE void dot_tiles(const uint8_t* quants, unsigned from, unsigned count, const int8_t* bytes, const int16_t* words, V* sums) {
#ifdef RELAXED
  if (!is_signed(KIND)) {
#ifdef DOT
    UNROLLED for (unsigned t = from; t < from + count; t++) {
      V x[N];
      spread<N>(bytes + 4 * t * N, x);
      UNROLLED for (unsigned v = 0; v < VECTORS; v++) {
        V q = tile<KIND>(quants + 16u * v, t);
        UNROLLED for (unsigned c = 0; c < N; c++) {
          V* sum = sums + c * VECTORS + v;
          *sum = wasm_i32x4_relaxed_dot_i8x16_i7x16_add(x[c], q, *sum);
        }
      }
      finish_all<N * VECTORS>(sums);
    }
#else
    // Of i16 sums two neighbours' products of 7 bits each are in one; so many of them fit: 2 * 127 * 63 * 2 < 2^15, and so on.
    constexpr unsigned EACH = LAYOUTS[KIND].bits == 6 ? 2 : LAYOUTS[KIND].bits == 5 ? 4 : 8;
    UNROLLED for (unsigned t = from; t < from + count; t += EACH) {
      V some[N * VECTORS];
      UNROLLED for (unsigned k = 0; k < EACH && t + k < from + count; k++) {
        V x[N];
        spread<N>(bytes + 4 * (t + k) * N, x);
        UNROLLED for (unsigned v = 0; v < VECTORS; v++) {
          V q = tile<KIND>(quants + 16u * v, t + k);
          UNROLLED for (unsigned c = 0; c < N; c++) {
            V* sum = some + c * VECTORS + v;
            V two = wasm_i16x8_relaxed_dot_i8x16_i7x16(x[c], q);
            *sum = k == 0 ? two : wasm_i16x8_add(*sum, two);
          }
        }
        finish_all<N * VECTORS>(some);
      }
      UNROLLED for (int i = 0; i < N * VECTORS; i++) {
        sums[i] = wasm_i32x4_add(sums[i], wasm_i32x4_dot_i16x8(some[i], wasm_i16x8_const_splat(1)));
      }
    }
#endif
    return;
  }
#endif
  UNROLLED for (unsigned t = from; t < from + count; t++) {
    V w[2][VECTORS];
    UNROLLED for (unsigned v = 0; v < VECTORS; v++) wide_tile<KIND>(quants + vector_bytes(KIND) * v, t, &w[0][v], &w[1][v]);
    UNROLLED for (unsigned u = 0; u < 2; u++) {
      V x[N];
      spread<N>(words + (2 * t + u) * 2 * N, x);
      UNROLLED for (unsigned i = 0; i < N * VECTORS; i++) {
        sums[i] = wasm_i32x4_add(sums[i], wasm_i32x4_dot_i16x8(w[u][i % VECTORS], x[i / VECTORS]));
      }
      finish_all<N * VECTORS>(sums);
    }
  }
}

// 32 columns, added to all[N rows of x][VECTORS of rows].
// @param vector the first one
template <Tiles KIND, int N, int VECTORS> INLINE void add_block(const uint8_t* w, unsigned vector, unsigned b, QuantizedTile x, V* all) {
  constexpr Layout layout = LAYOUTS[KIND];
  constexpr int HALVES = halves_of(KIND);
  const uint8_t* quants = w + quants_at(KIND) + b * layout.quants + vector_bytes(KIND) * vector;
  const float* stats = x.stats;
  const int* of_x = (const int*)stats + N;
  Scales s[VECTORS];
  scales<KIND, VECTORS>(w, vector, b, s);
  UNROLLED for (int h = 0; h < HALVES; h++) {
    V sums[N * VECTORS];
    UNROLLED for (int c = 0; c < N; c++) {
      int of = layout.halves ? of_x[h * N + c] : of_x[c] + of_x[N + c];
      V first = layout.offset == 0 ? zeros() : wasm_i32x4_splat(-layout.offset * of);
      for (int v = 0; v < VECTORS; v++) sums[c * VECTORS + v] = first;
    }
    dot_tiles<KIND, N, VECTORS>(quants, 4 * h, 8 / HALVES, x.bytes, x.words, sums);
    UNROLLED for (int c = 0; c < N; c++) {
      V scale = splat(stats + c);
      V of = !layout.minima ? zeros() : layout.halves ? wasm_f32x4_splat(stats[c] * of_x[h * N + c]) : splat(stats + 3 * N + c);
      UNROLLED for (int v = 0; v < VECTORS; v++) {
        V* sum = all + c * VECTORS + v;
        *sum = madd(f32(sums[c * VECTORS + v]), wasm_f32x4_mul(s[v].scale[h], scale), *sum);
        if (layout.minima) *sum = nmadd(s[v].minimum[h], of, *sum);
      }
    }
  }
}

// Where the results of a group go.
struct Results {
  float* y; // of the first row of x
  int stride; // to that of the next
  int rows; // of the 8 that there are
  const float* bias; // or 0
  int is_added;
};

// @param values [n][8]
INLINE void finish(const float* values, int n, Results to) {
  for (int c = 0; c < n; c++, values += GROUP_ROWS) {
    float* y = to.y + c * to.stride;
    int r = 0;
    for (; r + 4 <= to.rows; r += 4) {
      V value = load(values + r);
      if (to.bias) value = wasm_f32x4_add(value, load(to.bias + r));
      if (to.is_added) value = wasm_f32x4_add(load(y + r), value);
      wasm_v128_store(y + r, value);
    }
    for (; r < to.rows; r++) {
      float value = to.bias ? values[r] + to.bias[r] : values[r];
      y[r] = to.is_added ? y[r] + value : value;
    }
  }
}

// Vectors of a group, the first of which is `vector`.
template <Tiles KIND, int N, int VECTORS>
INLINE void vectors_of_quantized(const uint8_t* w, unsigned vector, int columns, QuantizedTile x, float* values) {
  V all[N * VECTORS];
  UNROLLED for (int i = 0; i < N * VECTORS; i++) all[i] = zeros();
  for (int k = 0; k < columns; k += LAYOUTS[KIND].columns) {
    for (int b = 0; b < blocks_of(KIND); b++) {
      add_block<KIND, N, VECTORS>(w, vector, b, x, all);
      x.bytes += 32 * N, x.words += 32 * N, x.stats += 4 * N;
    }
    w += LAYOUTS[KIND].bytes;
  }
  UNROLLED for (unsigned c = 0; c < N; c++) {
    UNROLLED for (unsigned v = 0; v < VECTORS; v++) wasm_v128_store(values + GROUP_ROWS * c + 4 * vector + 4u * v, all[c * VECTORS + v]);
  }
}

// V8 knows no neighbours of what is looked up in a table.
constexpr bool can_be_wide(Tiles kind) { return kind != IQ4 && kind != IQ4K; }

// @param n of the tile's N rows that there are
template <Tiles KIND, int N> INLINE void group_of_quantized(const uint8_t* w, int columns, QuantizedTile x, int n, Results to) {
  float values[N * GROUP_ROWS];
  if (N < 8 || (can_be_wide(KIND) && wide_vectors)) vectors_of_quantized<KIND, N, 2>(w, 0, columns, x, values);
  else for (int vector = 0; vector < 2; vector++) vectors_of_quantized<KIND, N, 1>(w, vector, columns, x, values);
  finish(values, n, to);
}

// Of f32 x. Even and odd columns are added up apart, since one sum would wait for each product.
template <Tiles KIND, int N> INLINE void group_of_floats(const uint8_t* group, int columns, const float* x, Results to) {
  constexpr bool IS_FLOAT = KIND <= BF16;
  float values[N * GROUP_ROWS];
  for (int vector = 0; vector < 2; vector++) {
    V even[N], odd[N];
    for (int c = 0; c < N; c++) even[c] = odd[c] = zeros();
    for (int k = 0; k < columns; k += 32) {
      int count = columns - k < 32 ? columns - k : 32;
      V numbers[32];
      const uint8_t* w = group + k / LAYOUTS[KIND].columns * LAYOUTS[KIND].bytes;
      decode<KIND>(w, vector, k / 32 % (IS_FLOAT ? 1 : blocks_of(KIND)), count, numbers);
      for (int i = 0; i + 1 < count; i += 2)
        for (int c = 0; c < N; c++) {
          even[c] = madd(numbers[i], splat(x + c * columns + k + i), even[c]);
          odd[c] = madd(numbers[i + 1], splat(x + c * columns + k + i + 1), odd[c]);
        }
      if (count & 1) for (int c = 0; c < N; c++) even[c] = madd(numbers[count - 1], splat(x + c * columns + k + count - 1), even[c]);
    }
    for (int c = 0; c < N; c++) wasm_v128_store(values + GROUP_ROWS * c + 4 * vector, wasm_f32x4_add(even[c], odd[c]));
  }
  finish(values, N, to);
}

// What groups of rows of one matrix are multiplied by.
struct Rows {
  const uint8_t* x;
  int is_quantized, count;
};

INLINE Results results_of(const Matrix* m, int group, Results all, int first) {
  int row = GROUP_ROWS * group, left = m->rows - row;
  return {all.y + first * all.stride + row, all.stride, left < GROUP_ROWS ? left : GROUP_ROWS, all.bias ? all.bias + row : 0, all.is_added};
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

// @param from group of rows, to the one before `to`
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
  int all = groups_of(m->rows), each = (all + 31) / 32;
  int most = rows > MAX_TILE_ROWS ? 4 : 512;
  return each < most ? each : most;
}

static int product_units(const Product* o, int tokens) {
  int each = unit_groups(&o->weight, tokens * o->rows_per_token);
  return (groups_of(o->weight.rows) + each - 1) / each;
}

static void product(const Product* o, int tokens, int unit) {
  int rows = tokens * o->rows_per_token, all = groups_of(o->weight.rows), each = unit_groups(&o->weight, rows);
  int from = unit * each, to = from + each < all ? from + each : all;
  multiply(&o->weight, o->weight.at, {o->x, o->is_quantized, rows}, from, to, {o->y, o->y_stride, 0, o->bias, o->is_added});
}

static int product_of_experts_units(const ProductOfExperts* o, int tokens) {
  int each = unit_groups(&o->weight, 1);
  return tokens * o->chosen * ((groups_of(o->weight.rows) + each - 1) / each);
}

static void product_of_experts(const ProductOfExperts* o, int tokens, int unit) {
  const Matrix* m = &o->weight;
  int all = groups_of(m->rows), each = unit_groups(m, 1), units = (all + each - 1) / each;
  int result = unit / units, from = unit % units * each, to = from + each < all ? from + each : all;
  int row = o->x_is_of_tokens ? result / o->chosen : result;
  int row_bytes = o->is_quantized ? quantized_row_bytes(m->columns) : m->columns * 4;
  Rows x = {o->x + row * row_bytes, o->is_quantized, 1};
  multiply(m, m->at + o->ids[result] * m->bytes, x, from, to, {o->y + result * o->y_stride, o->y_stride, 0, 0, 0});
}
