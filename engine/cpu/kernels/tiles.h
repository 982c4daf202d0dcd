// Reads packed matrices: packed.ts says how they lie.
#pragma once
#include "simd.h"

enum Tiles { F32, F16, BF16, NIBBLES, NIBBLES_MIN, FIFTHS, FIFTHS_MIN, BYTES, IQ4, Q2K, Q3K, Q4K, Q5K, Q6K, IQ4K };

constexpr int GROUP_ROWS = 8; // two vectors of 4

// Of each kind: columns and bytes of what repeats along a group's rows; bytes of 32 columns' quants; the bits of a tile's; what is
// taken off them; whether the two halves of 32 columns have scales of their own; whether there are minima.
struct Layout {
  int columns, bytes, quants, bits, offset;
  bool halves, minima;
};

constexpr Layout LAYOUTS[] = {
    {1, 32, 0, 0, 0, false, false}, // F32
    {1, 16, 0, 0, 0, false, false}, // F16
    {1, 16, 0, 0, 0, false, false}, // BF16
    {32, 160, 128, 4, 8, false, false}, // NIBBLES
    {32, 192, 128, 4, 0, false, true}, // NIBBLES_MIN
    {32, 192, 160, 5, 16, false, false}, // FIFTHS
    {32, 224, 160, 5, 0, false, true}, // FIFTHS_MIN
    {32, 288, 256, 8, 0, false, false}, // BYTES
    {32, 160, 128, 8, 0, false, false}, // IQ4
    {256, 832, 64, 2, 0, true, true}, // Q2K
    {256, 928, 96, 3, 4, true, false}, // Q3K
    {256, 1216, 128, 4, 0, false, true}, // Q4K
    {256, 1472, 160, 5, 0, false, true}, // Q5K
    {256, 1696, 192, 6, 32, true, false}, // Q6K
    {256, 1120, 128, 8, 0, false, false}, // IQ4K
};

constexpr int blocks_of(Tiles kind) { return LAYOUTS[kind].columns / 32; }
constexpr int halves_of(Tiles kind) { return LAYOUTS[kind].halves ? 2 : 1; }
constexpr bool has_fifths(Tiles kind) { return kind == FIFTHS || kind == FIFTHS_MIN || kind == Q5K; }
constexpr bool is_signed(Tiles kind) { return LAYOUTS[kind].bits == 8; }

// Of 32 bytes of a group's quants, those of one vector of rows.
constexpr int vector_bytes(Tiles kind) { return kind == BYTES ? 8 : 16; }

INLINE int groups_of(int rows) { return (rows + GROUP_ROWS - 1) / GROUP_ROWS; }
INLINE int row_group_bytes(Tiles kind, int columns) { return columns / LAYOUTS[kind].columns * LAYOUTS[kind].bytes; }

// What the 16 codes of IQ4_NL and IQ4_XS stand for.
INLINE V iq4_values(V codes) {
  return wasm_i8x16_swizzle(wasm_i8x16_const(-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113), codes);
}

// The quants of tile t of 32 columns, as bytes [4 rows][4 columns]: signed or not, as `is_signed` says.
// @param quants of 32 columns, from the rows' vector on
template <Tiles KIND> INLINE V tile(const uint8_t* quants, unsigned t) {
  const V low = wasm_i8x16_const_splat(15), pair = wasm_i8x16_const_splat(3);
  if (KIND == Q2K || KIND == Q3K) {
    V pairs = wasm_v128_and(wasm_u16x8_shr(load(quants + 32u * (t >> 2)), 2 * (t & 3)), pair);
    if (KIND == Q2K) return pairs;
    V thirds = load(quants + 64u);
    V moved = t < 2 ? wasm_i16x8_shl(thirds, 2 - t) : wasm_u16x8_shr(thirds, t - 2);
    return wasm_v128_or(pairs, wasm_v128_and(moved, wasm_i8x16_const_splat(4)));
  }
  V q = load(quants + 32u * (t & 3));
  V nibbles = wasm_v128_and(t < 4 ? q : wasm_u16x8_shr(q, 4), low);
  if (KIND == IQ4 || KIND == IQ4K) return iq4_values(nibbles);
  if (has_fifths(KIND)) {
    V fifths = load(quants + 128u);
    V moved = t < 4 ? wasm_i16x8_shl(fifths, 4 - t) : wasm_u16x8_shr(fifths, t - 4);
    return wasm_v128_or(nibbles, wasm_v128_and(moved, wasm_i8x16_const_splat(0x10)));
  }
  if (KIND == Q6K) {
    V pairs = load(quants + 128u + 32u * (t >> 2));
    unsigned k = t & 3;
    V moved = k < 2 ? wasm_i16x8_shl(pairs, 4 - 2 * k) : wasm_u16x8_shr(pairs, 2 * k - 4);
    return wasm_v128_or(nibbles, wasm_v128_and(moved, wasm_i8x16_const_splat(0x30)));
  }
  return nibbles;
}

// Even columns of tile t (0 and 2 of each row) as i16, and odd ones (1 and 3).
template <Tiles KIND> INLINE void wide_tile(const uint8_t* quants, unsigned t, V* even, V* odd) {
  if (KIND == BYTES) {
    *even = wasm_i16x8_load8x8(quants + 32u * t);
    *odd = wasm_i16x8_load8x8(quants + 32u * t + 16u);
    return;
  }
  V q = tile<KIND>(quants, t);
  if (is_signed(KIND)) {
    *even = wasm_i16x8_shr(wasm_i16x8_shl(q, 8), 8);
    *odd = wasm_i16x8_shr(q, 8);
    return;
  }
  *even = wasm_v128_and(q, wasm_i16x8_const_splat(255));
  *odd = wasm_u16x8_shr(q, 8);
}

// Of 32 columns of 4 rows; without `halves` only the first of each.
struct Scales {
  V scale[2], minimum[2];
};

// Bytes of as many rows as vectors hold, as f32.
template <int VECTORS, bool IS_SIGNED> INLINE void f32_of_bytes(const uint8_t* p, V* out) {
  V bytes = VECTORS == 2 ? wasm_v128_load64_zero(p) : wasm_v128_load32_zero(p);
  V words = IS_SIGNED ? wasm_i16x8_extend_low_i8x16(bytes) : wasm_u16x8_extend_low_u8x16(bytes);
  out[0] = f32(IS_SIGNED ? wasm_i32x4_extend_low_i16x8(words) : wasm_u32x4_extend_low_u16x8(words));
  if (VECTORS == 2) out[1] = f32(IS_SIGNED ? wasm_i32x4_extend_high_i16x8(words) : wasm_u32x4_extend_high_u16x8(words));
}

// Bytes of a block's scales of a group, and of its minima, where both are multiplied by f32 that 256 columns share.
constexpr int code_bytes(Tiles kind) { return LAYOUTS[kind].columns == 32 ? 0 : GROUP_ROWS * halves_of(kind) * (LAYOUTS[kind].minima ? 2 : 1); }
// Where these are in what repeats, and f32 scales and minima. Of 256 columns they come first: read before the quants that they
// belong to, they would break the order in which the processor reads ahead.
constexpr int codes_at(Tiles kind) { return LAYOUTS[kind].minima ? 64 : 32; }
constexpr int quants_at(Tiles kind) { return code_bytes(kind) == 0 ? 0 : codes_at(kind) + code_bytes(kind) * blocks_of(kind); }
constexpr int numbers_at(Tiles kind) { return code_bytes(kind) == 0 ? LAYOUTS[kind].quants : 0; }

// @param vector the first of a group's that are asked for
// @param b block of 32 columns within what repeats, which begins at w
template <Tiles KIND, int VECTORS> INLINE void scales(const uint8_t* w, unsigned vector, unsigned b, Scales* s) {
  constexpr bool MINIMA = LAYOUTS[KIND].minima;
  const uint8_t *numbers = w + numbers_at(KIND) + 16u * vector, *codes = w + codes_at(KIND) + code_bytes(KIND) * b + 4u * vector;
  V scale[VECTORS], minimum[VECTORS];
  for (unsigned v = 0; v < VECTORS; v++) {
    scale[v] = load(numbers + 16u * v);
    if (MINIMA) minimum[v] = load(numbers + 32u + 16u * v);
    if (code_bytes(KIND) == 0) s[v].scale[0] = scale[v], s[v].minimum[0] = MINIMA ? minimum[v] : zeros();
  }
  for (unsigned h = 0; h < halves_of(KIND) && code_bytes(KIND) > 0; h++) {
    V of_scale[VECTORS], of_minimum[VECTORS];
    f32_of_bytes<VECTORS, !MINIMA>(codes + GROUP_ROWS * h, of_scale);
    if (MINIMA) f32_of_bytes<VECTORS, false>(codes + GROUP_ROWS * (h + halves_of(KIND)), of_minimum);
    for (int v = 0; v < VECTORS; v++) {
      s[v].scale[h] = wasm_f32x4_mul(of_scale[v], scale[v]);
      if (MINIMA) s[v].minimum[h] = wasm_f32x4_mul(of_minimum[v], minimum[v]);
    }
  }
}

// The numbers of 32 columns, of a group's vector of 4 rows each. Floats: of as many columns as there are.
template <Tiles KIND> INLINE void decode(const uint8_t* w, unsigned vector, int b, int columns, V* out) {
  if (KIND == F32) for (int c = 0; c < columns; c++) out[c] = load(w + 32 * c + 16 * vector);
  if (KIND == F16) for (int c = 0; c < columns; c++) out[c] = load_halves(w + 16 * c + 8 * vector);
  if (KIND == BF16) for (int c = 0; c < columns; c++) out[c] = wasm_i32x4_shl(wasm_u32x4_load16x4(w + 16 * c + 8 * vector), 16);
  if (KIND <= BF16) return;
  constexpr Layout layout = LAYOUTS[KIND];
  const uint8_t* quants = w + quants_at(KIND) + b * layout.quants + vector_bytes(KIND) * vector;
  Scales s;
  scales<KIND, 1>(w, vector, b, &s);
  for (int t = 0; t < 8; t++) {
    V q[4];
    if (is_signed(KIND)) {
      V even, odd;
      wide_tile<KIND>(quants, t, &even, &odd);
      q[0] = wasm_i32x4_shr(wasm_i32x4_shl(even, 16), 16), q[2] = wasm_i32x4_shr(even, 16);
      q[1] = wasm_i32x4_shr(wasm_i32x4_shl(odd, 16), 16), q[3] = wasm_i32x4_shr(odd, 16);
    } else {
      V bytes = tile<KIND>(quants, t);
      for (int c = 0; c < 4; c++) q[c] = wasm_v128_and(wasm_u32x4_shr(bytes, 8 * c), wasm_i32x4_const_splat(255));
    }
    int h = layout.halves ? t >> 2 : 0;
    for (int c = 0; c < 4; c++) {
      V value = wasm_f32x4_mul(f32(wasm_i32x4_sub(q[c], wasm_i32x4_splat(layout.offset))), s.scale[h]);
      out[4 * t + c] = layout.minima ? wasm_f32x4_sub(value, s.minimum[h]) : value;
    }
  }
}

// Calls f with the kind as a constant.
#define FOR_QUANTS(kind, f)                  \
  switch (kind) {                            \
    case NIBBLES: return f(NIBBLES);         \
    case NIBBLES_MIN: return f(NIBBLES_MIN); \
    case FIFTHS: return f(FIFTHS);           \
    case FIFTHS_MIN: return f(FIFTHS_MIN);   \
    case BYTES: return f(BYTES);             \
    case IQ4: return f(IQ4);                 \
    case Q2K: return f(Q2K);                 \
    case Q3K: return f(Q3K);                 \
    case Q4K: return f(Q4K);                 \
    case Q5K: return f(Q5K);                 \
    case Q6K: return f(Q6K);                 \
    case IQ4K: return f(IQ4K);               \
    default: break;                          \
  }
#define FOR_ALL(kind, f)             \
  switch (kind) {                    \
    case F32: return f(F32);         \
    case F16: return f(F16);         \
    case BF16: return f(BF16);       \
    default: FOR_QUANTS(kind, f)     \
  }
