// Vectors of 4 f32 or i32, 8 i16 or 16 i8, and what the kernels do with them.
#pragma once
#include <stdint.h>
#include <wasm_simd128.h>

#define INLINE static inline __attribute__((always_inline))
#define NOINLINE static __attribute__((noinline))

typedef v128_t V;

INLINE V load(const void* p) { return wasm_v128_load(p); }
INLINE V splat(const void* p) { return wasm_v128_load32_splat(p); }
INLINE V zeros() { return wasm_i32x4_const_splat(0); }

// The compiler is kept from knowing that i is not negative: it would convert an unsigned i, of which V8 makes ten instructions.
INLINE V f32(V i) {
  __asm__("" : "+r"(i));
  return wasm_f32x4_convert_i32x4(i);
}

// a * b + c: rounded once on machines that can, where the build may say so. All kernels add up by this, so that a result's bits
// depend neither on the kernel nor on how many rows are computed together.
INLINE V madd(V a, V b, V c) {
#ifdef RELAXED
  return wasm_f32x4_relaxed_madd(a, b, c);
#else
  return wasm_f32x4_add(wasm_f32x4_mul(a, b), c);
#endif
}

// c - a * b, likewise
INLINE V nmadd(V a, V b, V c) {
#ifdef RELAXED
  return wasm_f32x4_relaxed_nmadd(a, b, c);
#else
  return wasm_f32x4_sub(c, wasm_f32x4_mul(a, b));
#endif
}

INLINE float sum(V a) {
  V pairs = wasm_f32x4_add(a, wasm_i32x4_shuffle(a, a, 2, 3, 0, 1));
  return wasm_f32x4_extract_lane(pairs, 0) + wasm_f32x4_extract_lane(pairs, 1);
}

// The sums of 4 vectors.
INLINE V sums(V a, V b, V c, V d) {
  V ab = wasm_f32x4_add(wasm_i32x4_shuffle(a, b, 0, 1, 4, 5), wasm_i32x4_shuffle(a, b, 2, 3, 6, 7));
  V cd = wasm_f32x4_add(wasm_i32x4_shuffle(c, d, 0, 1, 4, 5), wasm_i32x4_shuffle(c, d, 2, 3, 6, 7));
  return wasm_f32x4_add(wasm_i32x4_shuffle(ab, cd, 0, 2, 4, 6), wasm_i32x4_shuffle(ab, cd, 1, 3, 5, 7));
}

INLINE float largest(V a) {
  V pairs = wasm_f32x4_pmax(a, wasm_i32x4_shuffle(a, a, 2, 3, 0, 1));
  float x = wasm_f32x4_extract_lane(pairs, 0), y = wasm_f32x4_extract_lane(pairs, 1);
  return x > y ? x : y;
}

// exp(x) = 2^n 2^r, with |r| <= 1/2: Taylor's polynomial of degree 6 is right to 1.2e-7 there. Beyond 2^126 and 2^-126 it stays.
INLINE V exp4(V x) {
  x = wasm_f32x4_mul(x, wasm_f32x4_const_splat(1.44269504f));
  x = wasm_f32x4_min(wasm_f32x4_max(x, wasm_f32x4_const_splat(-126)), wasm_f32x4_const_splat(126));
  V n = wasm_f32x4_nearest(x);
  V r = wasm_f32x4_sub(x, n);
  V p = wasm_f32x4_const_splat(1.5403530e-4f);
  p = madd(p, r, wasm_f32x4_const_splat(1.3333558e-3f));
  p = madd(p, r, wasm_f32x4_const_splat(9.6181291e-3f));
  p = madd(p, r, wasm_f32x4_const_splat(5.5504109e-2f));
  p = madd(p, r, wasm_f32x4_const_splat(2.4022651e-1f));
  p = madd(p, r, wasm_f32x4_const_splat(6.9314718e-1f));
  p = madd(p, r, wasm_f32x4_const_splat(1));
  V power = wasm_i32x4_add(wasm_i32x4_trunc_sat_f32x4(n), wasm_i32x4_const_splat(127));
  return wasm_f32x4_mul(p, wasm_i32x4_shl(power, 23));
}

INLINE V sigmoid4(V x) {
  V one = wasm_f32x4_const_splat(1);
  return wasm_f32x4_div(one, wasm_f32x4_add(one, exp4(wasm_f32x4_neg(x))));
}

INLINE V silu4(V x) {
  return wasm_f32x4_div(x, wasm_f32x4_add(wasm_f32x4_const_splat(1), exp4(wasm_f32x4_neg(x))));
}

// 4 halves (f16) in the low bits of i32 lanes. The exponent moves by a product, which is exact for the smallest numbers, too.
INLINE V f32_of_halves(V h) {
  V size = wasm_v128_and(h, wasm_i32x4_const_splat(0x7fff));
  V value = wasm_f32x4_mul(wasm_i32x4_shl(size, 13), wasm_f32x4_const_splat(0x1p112f));
  V isNoNumber = wasm_i32x4_gt(size, wasm_i32x4_const_splat(0x7bff));
  V sign = wasm_i32x4_shl(wasm_v128_and(h, wasm_i32x4_const_splat(0x8000)), 16);
  return wasm_v128_or(wasm_v128_or(value, wasm_v128_and(isNoNumber, wasm_i32x4_const_splat(0x7f800000))), sign);
}

INLINE V load_halves(const void* p) { return f32_of_halves(wasm_u32x4_load16x4(p)); }

// Of halves as `store_halves` leaves them, in fewer steps: sign and exponent move together. What is infinite has to stay so, or else
// a broken number would become a wrong one: it alone is past the largest f32 on its way.
INLINE V load_stored_halves(const void* p) {
  V moved = wasm_v128_and(wasm_i32x4_shl(wasm_i32x4_load16x4(p), 13), wasm_i32x4_const_splat(0x8fffe000));
  V most = wasm_f32x4_mul(wasm_f32x4_mul(moved, wasm_f32x4_const_splat(0x1p112f)), wasm_f32x4_const_splat(0x1p112f));
  return wasm_f32x4_mul(most, wasm_f32x4_const_splat(0x1p-112f));
}

// The nearest halves, ties to even, in the low bits of i32 lanes; infinite for numbers past the largest half, and for no numbers.
INLINE V halves_of_f32(V x) {
  V sign = wasm_v128_and(wasm_u32x4_shr(x, 16), wasm_i32x4_const_splat(0x8000));
  V size = wasm_f32x4_abs(x);
  V fits = wasm_f32x4_lt(size, wasm_f32x4_const_splat(65520)); // below which the nearest half is a number
  // Normal halves: half of the last place that stays is added, less one where that place is even.
  V odd = wasm_v128_and(wasm_u32x4_shr(size, 13), wasm_i32x4_const_splat(1));
  V normal = wasm_i32x4_add(wasm_i32x4_add(size, wasm_i32x4_const_splat(0xfff)), odd);
  normal = wasm_i32x4_sub(wasm_u32x4_shr(normal, 13), wasm_i32x4_const_splat(112 << 10));
  // Below 2^-14 a half counts steps of 2^-24, which adding 1/2 rounds to.
  V small = wasm_i32x4_sub(wasm_f32x4_add(size, wasm_f32x4_const_splat(0.5f)), wasm_f32x4_const_splat(0.5f));
  V isSmall = wasm_f32x4_lt(size, wasm_f32x4_const_splat(0x1p-14f));
  V halves = wasm_v128_bitselect(small, normal, isSmall);
  return wasm_v128_or(wasm_v128_bitselect(halves, wasm_i32x4_const_splat(0x7c00), fits), sign);
}

INLINE void store_halves(void* p, V x) {
  V halves = halves_of_f32(x);
  wasm_v128_store64_lane(p, wasm_u16x8_narrow_i32x4(halves, halves), 0);
}
