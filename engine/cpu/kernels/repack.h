// Blocks of a GGUF file become tiles, with the same numbers: 32 columns of 4 rows, one vector of a group's two, at a time. Layouts of blocks: llama.cpp,
// ggml/src/ggml-common.h.
#pragma once
#include "tiles.h"

// ids of the file
enum Type { T_F32 = 0, T_F16 = 1, T_Q4_0 = 2, T_Q4_1 = 3, T_Q5_0 = 6, T_Q5_1 = 7, T_Q8_0 = 8, T_Q2_K = 10, T_Q3_K = 11, T_Q4_K = 12,
            T_Q5_K = 13, T_Q6_K = 14, T_IQ4_NL = 20, T_IQ4_XS = 23, T_BF16 = 30 };

// 32 columns of one row: number i is d scale[i / 16] q[i] - dmin minimum[i / 16].
struct Block {
  V q[2]; // bytes
  int d, dmin; // halves
  int scale[2], minimum[2];
};

INLINE int u16(const uint8_t* p) { return p[0] | p[1] << 8; }

// So many low bits of each byte, after a shift by fewer than stay.
INLINE V bits(V bytes, int shift, int mask) { return wasm_v128_and(wasm_u16x8_shr(bytes, shift), wasm_i8x16_splat(mask)); }

// Bit i of 16 as bit 4 of byte i.
INLINE V fifths_of(const uint8_t* p) {
  V words = wasm_v128_load16_splat(p), own = wasm_i64x2_const_splat(0x8040201008040201);
  V spread = wasm_i8x16_shuffle(words, words, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
  return wasm_v128_and(wasm_i8x16_eq(wasm_v128_and(spread, own), own), wasm_i8x16_const_splat(16));
}

// Q4_0, Q4_1, Q5_0, Q5_1, IQ4_NL. Minima are added there, so that they change their sign.
template <bool FIFTH, bool MINIMUM> INLINE Block read_legacy(const uint8_t* b) {
  Block x = {{}, u16(b), MINIMUM ? u16(b + 2) ^ 0x8000 : 0, {1, 1}, {1, 1}};
  b += MINIMUM ? 4 : 2;
  V nibbles = load(b + (FIFTH ? 4 : 0));
  for (int h = 0; h < 2; h++) {
    x.q[h] = bits(nibbles, 4 * h, 15);
    if (FIFTH) x.q[h] = wasm_v128_or(x.q[h], fifths_of(b + 2 * h));
  }
  return x;
}

// Q4_K, Q5_K. Blocks 0-3 have 6 bits of scale and minimum each in bytes 0-3 and 4-7, the others 4 bits in 8-11 and 2 atop those.
template <bool FIFTH> INLINE Block read_k(const uint8_t* b, int block) {
  const uint8_t *codes = b + 4, *quants = b + (FIFTH ? 48 : 16) + 32 * (block >> 1);
  int low = codes[block & 3], middle = codes[4 + (block & 3)], high = codes[4 + block];
  int scale = block < 4 ? low & 63 : (high & 15) | low >> 6 << 4;
  int minimum = block < 4 ? middle & 63 : high >> 4 | middle >> 6 << 4;
  Block x = {{}, u16(b), u16(b + 2), {scale, scale}, {minimum, minimum}};
  for (int h = 0; h < 2; h++) {
    x.q[h] = bits(load(quants + 16 * h), 4 * (block & 1), 15);
    if (FIFTH) x.q[h] = wasm_v128_or(x.q[h], wasm_i16x8_shl(bits(load(b + 16 + 16 * h), block, 1), 4));
  }
  return x;
}

// Two bits of each of 16 values of Q2_K and Q3_K.
INLINE V two_bits(const uint8_t* b, int block, int h) { return bits(load(b + 32 * (block >> 2) + 16 * h), 2 * (block & 3), 3); }

INLINE Block read_q2k(const uint8_t* b, int block) {
  Block x = {{}, u16(b + 80), u16(b + 82)};
  for (int h = 0; h < 2; h++) {
    x.scale[h] = b[2 * block + h] & 15, x.minimum[h] = b[2 * block + h] >> 4;
    x.q[h] = two_bits(b + 16, block, h);
  }
  return x;
}

INLINE Block read_q3k(const uint8_t* b, int block) {
  Block x = {{}, u16(b + 108)};
  for (int h = 0; h < 2; h++) {
    int run = 2 * block + h;
    int low = b[96 + (run & 7)] >> (run < 8 ? 0 : 4) & 15, high = b[104 + (run & 3)] >> 2 * (run >> 2) & 3;
    x.scale[h] = (low | high << 4) - 32;
    V thirds = wasm_i16x8_shl(bits(load(b + 16 * h), block, 1), 2);
    x.q[h] = wasm_v128_or(two_bits(b + 32, block, h), thirds);
  }
  return x;
}

INLINE Block read_q6k(const uint8_t* b, int block) {
  int part = block >> 2, quarter = block & 3;
  Block x = {{}, u16(b + 208)};
  for (int h = 0; h < 2; h++) {
    x.scale[h] = (int8_t)b[192 + 2 * block + h];
    V low = bits(load(b + 64 * part + 32 * (quarter & 1) + 16 * h), 4 * (quarter >> 1), 15);
    V high = bits(load(b + 128 + 32 * part + 16 * h), 2 * quarter, 3);
    x.q[h] = wasm_v128_or(low, wasm_i16x8_shl(high, 4));
  }
  return x;
}

INLINE Block read_iq4xs(const uint8_t* b, int block) {
  int scale = ((b[4 + (block >> 1)] >> 4 * (block & 1) & 15) | (u16(b + 2) >> 2 * block & 3) << 4) - 32;
  Block x = {{}, u16(b), 0, {scale, scale}};
  for (int h = 0; h < 2; h++) x.q[h] = bits(load(b + 8 + 16 * block), 4 * h, 15);
  return x;
}

// @param block of 32 columns of the row
template <Type TYPE> INLINE Block read_block(const uint8_t* row, int block) {
  if (TYPE == T_Q4_0 || TYPE == T_IQ4_NL) return read_legacy<false, false>(row + 18 * block);
  if (TYPE == T_Q4_1) return read_legacy<false, true>(row + 20 * block);
  if (TYPE == T_Q5_0) return read_legacy<true, false>(row + 22 * block);
  if (TYPE == T_Q5_1) return read_legacy<true, true>(row + 24 * block);
  if (TYPE == T_Q2_K) return read_q2k(row + 84 * (block >> 3), block & 7);
  if (TYPE == T_Q3_K) return read_q3k(row + 110 * (block >> 3), block & 7);
  if (TYPE == T_Q4_K) return read_k<false>(row + 144 * (block >> 3), block & 7);
  if (TYPE == T_Q5_K) return read_k<true>(row + 176 * (block >> 3), block & 7);
  if (TYPE == T_Q6_K) return read_q6k(row + 210 * (block >> 3), block & 7);
  if (TYPE == T_IQ4_XS) return read_iq4xs(row + 136 * (block >> 3), block & 7);
  const uint8_t* b = row + 34 * block; // Q8_0
  return {{load(b + 2), load(b + 18)}, u16(b), 0, {1, 1}};
}

// Of 4 rows of 4 columns of 4 bytes: the columns.
INLINE void transpose(V a, V b, V c, V d, V* columns) {
  V ab = wasm_i32x4_shuffle(a, b, 0, 4, 1, 5), cd = wasm_i32x4_shuffle(c, d, 0, 4, 1, 5);
  V ab2 = wasm_i32x4_shuffle(a, b, 2, 6, 3, 7), cd2 = wasm_i32x4_shuffle(c, d, 2, 6, 3, 7);
  columns[0] = wasm_i64x2_shuffle(ab, cd, 0, 2), columns[1] = wasm_i64x2_shuffle(ab, cd, 1, 3);
  columns[2] = wasm_i64x2_shuffle(ab2, cd2, 0, 2), columns[3] = wasm_i64x2_shuffle(ab2, cd2, 1, 3);
}

INLINE V moved(V bytes, int mask, int left) {
  V own = wasm_v128_and(bytes, wasm_i8x16_splat(mask));
  return left >= 0 ? wasm_i16x8_shl(own, left) : wasm_u16x8_shr(own, -left);
}

// @param quants from the rows' vector on
// @param t 8 tiles of 4 x 4 bytes
template <Tiles KIND> INLINE void write_quants(uint8_t* quants, const V* t) {
  if (KIND == BYTES) {
    for (int i = 0; i < 8; i++) {
      V even_then_odd = wasm_i8x16_shuffle(t[i], t[i], 0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15);
      wasm_v128_store64_lane(quants + 32 * i, even_then_odd, 0);
      wasm_v128_store64_lane(quants + 32 * i + 16, even_then_odd, 1);
    }
    return;
  }
  const bool has_pairs_alone = KIND == Q2K || KIND == Q3K;
  if (!has_pairs_alone) for (int i = 0; i < 4; i++) wasm_v128_store(quants + 32 * i, wasm_v128_or(moved(t[i], 15, 0), moved(t[i + 4], 15, 4)));
  if (has_fifths(KIND)) {
    V fifths = moved(t[0], 16, -4);
    for (int i = 1; i < 8; i++) fifths = wasm_v128_or(fifths, moved(t[i], 16, i - 4));
    wasm_v128_store(quants + 128, fifths);
  }
  if (KIND == Q3K) {
    V thirds = moved(t[0], 4, -2);
    for (int i = 1; i < 8; i++) thirds = wasm_v128_or(thirds, moved(t[i], 4, i - 2));
    wasm_v128_store(quants + 64, thirds);
  }
  for (int v = 0; v < 2 && (KIND == Q6K || has_pairs_alone); v++) {
    constexpr int low = KIND == Q6K ? 4 : 0;
    V pairs = moved(t[4 * v], 3 << low, -low);
    for (int k = 1; k < 4; k++) pairs = wasm_v128_or(pairs, moved(t[4 * v + k], 3 << low, 2 * k - low));
    wasm_v128_store(quants + (KIND == Q6K ? 128 : 0) + 32 * v, pairs);
  }
}

#define OF_ROWS(field) wasm_i32x4_make(x[0].field, x[1].field, x[2].field, x[3].field)

INLINE void put_bytes(uint8_t* w, V i) { wasm_v128_store32_lane(w, wasm_i8x16_shuffle(i, i, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12), 0); }

// @param w what repeats along a group's rows; x: the 4 rows of one of its vectors
template <Tiles KIND> INLINE void write_block(uint8_t* w, int vector, int block, const Block* x) {
  V t[8];
  for (int h = 0; h < 2; h++) transpose(x[0].q[h], x[1].q[h], x[2].q[h], x[3].q[h], t + 4 * h);
  write_quants<KIND>(w + quants_at(KIND) + block * LAYOUTS[KIND].quants + vector_bytes(KIND) * vector, t);
  const bool has_codes = code_bytes(KIND) > 0;
  uint8_t* codes = w + codes_at(KIND) + code_bytes(KIND) * block + 4 * vector;
  for (int h = 0; h < halves_of(KIND) && has_codes; h++, codes += GROUP_ROWS) {
    put_bytes(codes, OF_ROWS(scale[h]));
    if (LAYOUTS[KIND].minima) put_bytes(codes + GROUP_ROWS * halves_of(KIND), OF_ROWS(minimum[h]));
  }
  if (has_codes && block > 0) return;
  V scale = f32_of_halves(OF_ROWS(d)), minimum = f32_of_halves(OF_ROWS(dmin));
  if (!has_codes) scale = wasm_f32x4_mul(scale, f32(OF_ROWS(scale[0]))), minimum = wasm_f32x4_mul(minimum, f32(OF_ROWS(minimum[0])));
  uint8_t* numbers = w + numbers_at(KIND) + 16 * vector;
  wasm_v128_store(numbers, scale);
  if (LAYOUTS[KIND].minima) wasm_v128_store(numbers + 32, minimum);
}

struct FileRows {
  const uint8_t* at; // one behind the other
  int row_bytes, count, columns;
};

template <Type TYPE, Tiles KIND> NOINLINE void repack_blocks(FileRows rows, uint8_t* to) {
  const int blocks = blocks_of(KIND), group = row_group_bytes(KIND, rows.columns);
  for (int first = 0; first < groups_of(rows.count) * GROUP_ROWS; first += 4) {
    int vector = first / 4 % 2;
    uint8_t* w = to + first / GROUP_ROWS * group;
    for (int b = 0; b < rows.columns / 32; b++) {
      Block x[4] = {};
      for (int r = 0; r < 4; r++) if (first + r < rows.count) x[r] = read_block<TYPE>(rows.at + (first + r) * rows.row_bytes, b);
      write_block<KIND>(w + b / blocks * LAYOUTS[KIND].bytes, vector, b % blocks, x);
    }
  }
}

// 4 columns of 4 rows, each where the row begins.
INLINE void put_columns(const uint32_t* const* rows, int column, uint32_t* to) {
  V t[4];
  transpose(load(rows[0] + column), load(rows[1] + column), load(rows[2] + column), load(rows[3] + column), t);
  for (int c = 0; c < 4; c++) wasm_v128_store(to + GROUP_ROWS * c, t[c]);
}

INLINE void put_columns(const uint16_t* const* rows, int column, uint16_t* to) {
  V r[4];
  for (int i = 0; i < 4; i++) r[i] = wasm_v128_load64_zero(rows[i] + column);
  V ab = wasm_i16x8_shuffle(r[0], r[1], 0, 8, 1, 9, 2, 10, 3, 11), cd = wasm_i16x8_shuffle(r[2], r[3], 0, 8, 1, 9, 2, 10, 3, 11);
  V first = wasm_i32x4_shuffle(ab, cd, 0, 4, 1, 5), last = wasm_i32x4_shuffle(ab, cd, 2, 6, 3, 7);
  wasm_v128_store64_lane(to, first, 0), wasm_v128_store64_lane(to + GROUP_ROWS, first, 1);
  wasm_v128_store64_lane(to + 2 * GROUP_ROWS, last, 0), wasm_v128_store64_lane(to + 3 * GROUP_ROWS, last, 1);
}

template <typename Bits> NOINLINE void repack_floats(FileRows rows, uint8_t* to) {
  for (int first = 0; first < groups_of(rows.count) * GROUP_ROWS; first += 4) {
    Bits* out = (Bits*)to + first / GROUP_ROWS * GROUP_ROWS * rows.columns + first % GROUP_ROWS;
    const Bits* row[4];
    for (int r = 0; r < 4; r++) row[r] = (const Bits*)(rows.at + (first + r) * rows.row_bytes);
    int c = 0;
    if (first + 4 <= rows.count) for (; c + 4 <= rows.columns; c += 4) put_columns(row, c, out + GROUP_ROWS * c);
    for (; c < rows.columns; c++) for (int r = 0; r < 4; r++) out[GROUP_ROWS * c + r] = first + r < rows.count ? row[r][c] : 0;
  }
}

// @param to groups of rows; the last is filled up with zeros. Which tiles a type has is said by packed.ts, too.
static void repack_rows(Type type, FileRows rows, uint8_t* to) {
  switch (type) {
    case T_F32: return repack_floats<uint32_t>(rows, to);
    case T_F16: case T_BF16: return repack_floats<uint16_t>(rows, to);
#define REPACK(TYPE, KIND) case TYPE: return repack_blocks<TYPE, KIND>(rows, to);
    REPACK(T_Q4_0, NIBBLES) REPACK(T_Q4_1, NIBBLES_MIN) REPACK(T_Q5_0, FIFTHS) REPACK(T_Q5_1, FIFTHS_MIN) REPACK(T_Q8_0, BYTES)
    REPACK(T_Q2_K, Q2K) REPACK(T_Q3_K, Q3K) REPACK(T_Q4_K, Q4K) REPACK(T_Q5_K, Q5K) REPACK(T_Q6_K, Q6K)
    REPACK(T_IQ4_NL, IQ4) REPACK(T_IQ4_XS, IQ4K)
#undef REPACK
  }
}
