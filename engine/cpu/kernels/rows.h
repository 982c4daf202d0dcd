// Operations on rows of f32.
#pragma once
#include "records.h"

static int embed_units(const Embed*, int tokens) { return tokens; }

static void embed(const Embed* o, int, int token) {
  const Matrix* m = &o->table;
  uint32_t last = m->rows - 1, id = o->token_ids[token] < last ? o->token_ids[token] : last;
  const Layout layout = LAYOUTS[m->kind];
  const uint8_t* group = m->at + id / GROUP_ROWS * row_group_bytes(m->kind, m->columns);
  for (int k = 0; k < m->columns; k += 32) {
    const uint8_t* w = group + k / layout.columns * layout.bytes;
    int count = m->columns - k < 32 ? m->columns - k : 32;
    V numbers[32];
    auto read = [&]() {
#define DECODE(kind) decode<kind>(w, id / 4 % 2, k / 32 % (blocks_of(kind) ? blocks_of(kind) : 1), count, numbers)
      FOR_ALL(m->kind, DECODE)
#undef DECODE
    };
    read();
    for (int i = 0; i < count; i++) o->y[token * m->columns + k + i] = ((const float*)(numbers + i))[id & 3];
  }
}

static int norm_units(const Norm* o, int tokens) { return tokens * o->count; }

static void norm(const Norm* o, int, int unit) {
  int token = unit / o->count, row = unit % o->count * o->columns;
  const float* x = o->x + token * o->x_stride + row;
  float* y = o->y + token * o->y_stride + row;
  V a = zeros(), b = zeros();
  int i = 0;
  for (; i + 4 < o->columns; i += 8) {
    a = madd(load(x + i), load(x + i), a);
    b = madd(load(x + i + 4), load(x + i + 4), b);
  }
  if (i < o->columns) a = madd(load(x + i), load(x + i), a);
  V scale = wasm_f32x4_splat(1 / __builtin_sqrtf(sum(wasm_f32x4_add(a, b)) / o->columns + o->eps));
  for (i = 0; i < o->columns; i += 4) wasm_v128_store(y + i, wasm_f32x4_mul(wasm_f32x4_mul(load(x + i), scale), load(o->weight + i)));
}

// Long rows are divided, so that several threads have something to do with a token alone.
constexpr int PIECE = 1024;
INLINE int pieces(int columns) { return (columns + PIECE - 1) / PIECE; }
INLINE int piece_end(int from, int columns) { return from + PIECE < columns ? from + PIECE : columns; }

static int gated_units(const Gated* o, int tokens) { return tokens * o->rows_per_token * pieces(o->columns); }

static void gated(const Gated* o, int, int unit) {
  int row = unit / pieces(o->columns), from = unit % pieces(o->columns) * PIECE;
  const float *gate = o->x + row * 2 * o->columns, *up = gate + o->columns;
  float* y = o->y + row * o->columns;
  for (int i = from; i < piece_end(from, o->columns); i += 4) {
    wasm_v128_store(y + i, wasm_f32x4_mul(silu4(load(gate + i)), load(up + i)));
  }
}

static int rotate_units(const Rotate* o, int tokens) { return tokens; }

static void rotate(const Rotate* o, int, int token) {
  const int half = o->head_dim / 2;
  const float* turns = o->rotations + token * o->head_dim;
  for (int head = 0; head < o->heads; head++) {
    const float* x = o->x + token * o->x_stride + head * o->head_dim;
    float* y = o->y + token * o->y_stride + head * o->head_dim;
    for (int i = 0; i < half; i += 4) {
      V first = load(turns + 2 * i), second = load(turns + 2 * i + 4);
      V cos = wasm_i32x4_shuffle(first, second, 0, 2, 4, 6), sin = wasm_i32x4_shuffle(first, second, 1, 3, 5, 7);
      V a = load(x + i), b = load(x + half + i);
      wasm_v128_store(y + i, nmadd(b, sin, wasm_f32x4_mul(a, cos)));
      wasm_v128_store(y + half + i, madd(a, sin, wasm_f32x4_mul(b, cos)));
    }
  }
}

enum Function { ADD, MUL, SILU, SIGMOID, GATE };

INLINE V apply(int function, V a, V b) {
  switch (function) {
    case ADD: return wasm_f32x4_add(a, b);
    case MUL: return wasm_f32x4_mul(a, b);
    case SILU: return silu4(a);
    case SIGMOID: return sigmoid4(a);
    default: return wasm_f32x4_mul(a, sigmoid4(b));
  }
}

static int elementwise_units(const Elementwise* o, int tokens) { return tokens * pieces(o->columns); }

static void elementwise(const Elementwise* o, int, int unit) {
  int token = unit / pieces(o->columns), from = unit % pieces(o->columns) * PIECE, end = piece_end(from, o->columns);
  bool reads_b = o->function == ADD || o->function == MUL;
  const float *a = o->a + token * o->columns, *b = reads_b ? o->b + token * o->columns : a;
  float* y = o->y + token * o->columns;
  V score = o->function == GATE ? splat(o->b + token) : zeros();
  int i = from;
  for (; i + 4 <= end; i += 4) wasm_v128_store(y + i, apply(o->function, load(a + i), o->function == GATE ? score : load(b + i)));
  for (; i < end; i++) {
    V one = apply(o->function, splat(a + i), o->function == GATE ? score : splat(b + i));
    y[i] = wasm_f32x4_extract_lane(one, 0);
  }
}

static int columns_units(const Columns*, int tokens) { return tokens; }

static void columns(const Columns* o, int, int token) {
  __builtin_memmove(o->y + token * o->y_stride, o->x + token * o->x_stride, o->count * sizeof(float));
}

static int argmax_units(const Argmax*, int tokens) { return tokens; }

static void argmax(const Argmax* o, int, int token) {
  const float* logits = o->logits + token * o->vocab_size;
  uint32_t best = 0xffffffff; // NO_TOKEN
  for (int i = 0; i < o->vocab_size; i++) {
    if (!(__builtin_fabsf(logits[i]) <= 3.4028234e38f)) {
      best = 0xffffffff;
      break;
    }
    bool is_allowed = o->allowed[i >> 5] >> (i & 31) & 1;
    if (is_allowed && (best == 0xffffffff || logits[i] > logits[best])) best = i;
  }
  o->y[token] = best;
}
