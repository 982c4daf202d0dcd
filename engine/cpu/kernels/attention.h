// Causal attention over a paged cache. The keys of a block are read once for all query heads that share them; softmax runs along
// (Milakov and Gimelshein 2018, arXiv:1805.02867), so that nothing but a long context's slices grows with it.
#pragma once
#include "records.h"

constexpr int BLOCK_TOKENS = 16; // as in kernels/key-values.ts
constexpr int MAX_HEAD_DIM = 256;
constexpr int MAX_SHARING_HEADS = 16; // query heads computed at once

// Where a head's numbers of the first token of a block are; those of the next are kv_heads * head_dim numbers behind.
INLINE uint8_t* block_of(const Cache* cache, uint8_t* all, const Place* place, int block, int kv_heads, int head_dim, int head) {
  uint32_t at = cache->block_tables[place->table + block] * BLOCK_TOKENS * kv_heads + head;
  return all + at * head_dim * (cache->is_f16 ? 2 : 4);
}

static int store_units(const Store*, int tokens) { return tokens; }

static void store(const Store* o, int, int token) {
  const Cache* cache = &o->cache;
  const Place* place = cache->places + token;
  const int size = o->kv_heads * o->head_dim, number = cache->is_f16 ? 2 : 4;
  const float* keys = o->qkv + token * (o->heads + 2 * o->kv_heads) * o->head_dim + o->heads * o->head_dim;
  for (int which = 0; which < 2; which++) {
    uint8_t* all = which == 0 ? cache->keys : cache->values;
    uint8_t* block = block_of(cache, all, place, place->slot / BLOCK_TOKENS, o->kv_heads, o->head_dim, 0);
    uint8_t* to = block + place->slot % BLOCK_TOKENS * size * number;
    const float* from = keys + which * size;
    if (cache->is_f16) for (int i = 0; i < size; i += 4) store_halves(to + 2 * i, load(from + i));
    else __builtin_memcpy(to, from, size * sizeof(float));
  }
}

// A head's numbers of so many tokens of a block, as f32 [tokens][head_dim].
INLINE void read_block_of_head(const uint8_t* from, int is_f16, int tokens, int stride, int head_dim, float* to) {
  for (int t = 0; t < tokens; t++)
    for (int i = 0; i < head_dim; i += 4) {
      V numbers = is_f16 ? load_stored_halves(from + 2 * (t * stride + i)) : load(from + 4 * (t * stride + i));
      wasm_v128_store(to + t * head_dim + i, numbers);
    }
}

INLINE V dot(const float* a, const float* b, int count) {
  V even = zeros(), odd = zeros();
  for (int i = 0; i < count; i += 8) {
    even = madd(load(a + i), load(b + i), even);
    odd = madd(load(a + i + 4), load(b + i + 4), odd);
  }
  return wasm_f32x4_add(even, odd);
}

// One query head's softmax so far.
struct Softmax {
  float most, total; // the highest score; the sum of exp(score - most)
  float sums[MAX_HEAD_DIM]; // of values, weighted likewise
};

// Scores of BLOCK_TOKENS keys become weights; what there is already is scaled to the new highest score.
INLINE void weigh(Softmax* s, float* scores, int tokens, int head_dim) {
  float most = s->most;
  for (int t = 0; t < tokens; t++) most = scores[t] > most ? scores[t] : most;
  float kept = wasm_f32x4_extract_lane(exp4(wasm_f32x4_splat(s->most - most)), 0);
  V total = zeros();
  for (int t = 0; t < BLOCK_TOKENS; t += 4) {
    V weights = exp4(wasm_f32x4_sub(load(scores + t), wasm_f32x4_splat(most)));
    V left = wasm_i32x4_lt(wasm_i32x4_make(t, t + 1, t + 2, t + 3), wasm_i32x4_splat(tokens));
    weights = wasm_v128_and(weights, left);
    wasm_v128_store(scores + t, weights);
    total = wasm_f32x4_add(total, weights);
  }
  s->total = s->total * kept + sum(total);
  s->most = most;
  if (kept == 1) return;
  for (int i = 0; i < head_dim; i += 4) wasm_v128_store(s->sums + i, wasm_f32x4_mul(load(s->sums + i), wasm_f32x4_splat(kept)));
}

INLINE void add_values(Softmax* s, const float* weights, const float* values, int tokens, int head_dim) {
  for (int i = 0; i < head_dim; i += 16) {
    V a = load(s->sums + i), b = load(s->sums + i + 4), c = load(s->sums + i + 8), d = load(s->sums + i + 12);
    for (int t = 0; t < tokens; t++) {
      V weight = splat(weights + t);
      const float* v = values + t * head_dim + i;
      a = madd(weight, load(v), a), b = madd(weight, load(v + 4), b);
      c = madd(weight, load(v + 8), c), d = madd(weight, load(v + 12), d);
    }
    wasm_v128_store(s->sums + i, a), wasm_v128_store(s->sums + i + 4, b);
    wasm_v128_store(s->sums + i + 8, c), wasm_v128_store(s->sums + i + 12, d);
  }
}

// Keys are computed in slices, which are merged in their order: whoever computes which, a token's bits are the same.
constexpr int SLICE_BLOCKS = 32;
constexpr int SLICED_TOKENS = 8; // of a step with so many at most each slice is a unit, which another thread may take; more tokens are units enough

INLINE int slices_of(const Place* place) { return place->slot / (SLICE_BLOCKS * BLOCK_TOKENS) + 1; }
INLINE int head_groups(const Attention* o) { return (o->heads / o->kv_heads + MAX_SHARING_HEADS - 1) / MAX_SHARING_HEADS; }

// Query heads of one token that share a key head.
struct Sharing {
  int token, key_head, first, count; // heads from `first` on
};

INLINE Sharing sharing_of(const Attention* o, int tokens, int index) {
  const int groups = head_groups(o), sharing = o->heads / o->kv_heads, within = index % groups * MAX_SHARING_HEADS;
  const int left = sharing - within, key_head = index / groups % o->kv_heads;
  // Late tokens, which see most, come first: no thread is left alone with one at the end.
  return {tokens - 1 - index / (o->kv_heads * groups), key_head, key_head * sharing + within, left < MAX_SHARING_HEADS ? left : MAX_SHARING_HEADS};
}

NOINLINE void attend_slice(const Attention* o, Sharing of, int slice, Softmax* softmax) {
  const int dim = o->head_dim, row = o->kv_heads * dim;
  const Cache* cache = &o->cache;
  const Place* place = cache->places + of.token;
  const float* queries = o->qkv + (of.token * (o->heads + 2 * o->kv_heads) + of.first) * dim;
  const float scale = place->score_scale / __builtin_sqrtf(dim);
  float numbers[BLOCK_TOKENS * MAX_HEAD_DIM], scores[MAX_SHARING_HEADS][BLOCK_TOKENS];
  for (int h = 0; h < of.count; h++) {
    softmax[h].most = -3.4028234e38f, softmax[h].total = 0;
    for (int i = 0; i < dim; i += 4) wasm_v128_store(softmax[h].sums + i, zeros());
  }
  const int begin = slice * SLICE_BLOCKS * BLOCK_TOKENS, end = begin + SLICE_BLOCKS * BLOCK_TOKENS;
  for (int from = begin; from < end && from <= place->slot; from += BLOCK_TOKENS) {
    const int rest = place->slot + 1 - from, count = rest < BLOCK_TOKENS ? rest : BLOCK_TOKENS;
    auto read = [&](uint8_t* all) {
      const uint8_t* block = block_of(cache, all, place, from / BLOCK_TOKENS, o->kv_heads, dim, of.key_head);
      read_block_of_head(block, cache->is_f16, count, row, dim, numbers);
    };
    read(cache->keys);
    for (int h = 0; h < of.count; h++) {
      const float* q = queries + h * dim;
      for (int t = 0; t < BLOCK_TOKENS; t += 4) { // those past the last are an earlier block's: `weigh` leaves them out
        const float* k = numbers + t * dim;
        V sum = sums(dot(q, k, dim), dot(q, k + dim, dim), dot(q, k + 2 * dim, dim), dot(q, k + 3 * dim, dim));
        sum = wasm_f32x4_add(sum, wasm_f32x4_sub(sum, sum)); // infinite ones are no numbers: with a weight of 0 a broken key would be unseen
        wasm_v128_store(scores[h] + t, wasm_f32x4_mul(sum, wasm_f32x4_splat(scale)));
      }
      weigh(softmax + h, scores[h], count, dim);
    }
    read(cache->values);
    for (int h = 0; h < of.count; h++) add_values(softmax + h, scores[h], numbers, count, dim);
  }
}

// What the next slice found, added to what those before it did.
INLINE void merge(Softmax* all, const Softmax* next, int dim) {
  const float most = all->most > next->most ? all->most : next->most;
  const V kept = exp4(wasm_f32x4_splat(all->most - most)), added = exp4(wasm_f32x4_splat(next->most - most));
  all->most = most;
  all->total = all->total * wasm_f32x4_extract_lane(kept, 0) + next->total * wasm_f32x4_extract_lane(added, 0);
  for (int i = 0; i < dim; i += 4) {
    V sum = madd(load(next->sums + i), added, wasm_f32x4_mul(load(all->sums + i), kept));
    wasm_v128_store(all->sums + i, sum);
  }
}

INLINE void write_heads(const Attention* o, Sharing of, const Softmax* softmax) {
  for (int h = 0; h < of.count; h++) {
    float* y = o->y + (of.token * o->heads + of.first + h) * o->head_dim;
    V inverse = wasm_f32x4_splat(1 / softmax[h].total);
    for (int i = 0; i < o->head_dim; i += 4) wasm_v128_store(y + i, wasm_f32x4_mul(load(softmax[h].sums + i), inverse));
  }
}

static int attention_units(const Attention* o, int tokens) {
  int all = tokens * o->kv_heads * head_groups(o);
  if (tokens > SLICED_TOKENS) return all;
  int most = 1;
  for (int t = 0; t < tokens; t++) most = slices_of(o->cache.places + t) > most ? slices_of(o->cache.places + t) : most;
  return all * most;
}

// All slices of one token's heads, one after another.
static void attend_whole(const Attention* o, Sharing of, int slices) {
  static_assert(2 * sizeof(Softmax) * MAX_SHARING_HEADS + 4 * BLOCK_TOKENS * MAX_HEAD_DIM < 65536, "fits a thread's stack");
  Softmax all[MAX_SHARING_HEADS], next[MAX_SHARING_HEADS];
  attend_slice(o, of, 0, all);
  for (int slice = 1; slice < slices; slice++) {
    attend_slice(o, of, slice, next);
    for (int h = 0; h < of.count; h++) merge(all + h, next + h, o->head_dim);
  }
  write_heads(o, of, all);
}

static void attention(const Attention* o, int tokens, int unit) {
  const int sharings = tokens * o->kv_heads * head_groups(o), index = unit % sharings, slice = unit / sharings;
  const Sharing of = sharing_of(o, tokens, index);
  const int slices = slices_of(o->cache.places + of.token);
  if (tokens > SLICED_TOKENS || slices == 1) {
    if (slice == 0) attend_whole(o, of, slices);
    return;
  }
  if (slice >= slices) return; // of a token that comes early in its sequence
  Softmax* first = (Softmax*)(o->done + SLICED_TOKENS * o->heads) + (of.token * o->heads + of.first) * o->max_slices;
  attend_slice(o, of, slice, first + slice * of.count);
  if (__atomic_add_fetch(o->done + index, 1, __ATOMIC_SEQ_CST) < slices) return;
  o->done[index] = 0; // the last one through merges, whichever slice it had
  for (int next = 1; next < slices; next++)
    for (int h = 0; h < of.count; h++) merge(first + h, first + next * of.count + h, o->head_dim);
  write_heads(o, of, first);
}
