// Operations that keep a state of each sequence. A sequence's tokens follow each other in a step: its first one's unit computes all.
#pragma once
#include "experts.h"

INLINE bool begins_run(const Place* places, int token) { return token == 0 || places[token - 1].sequence != places[token].sequence; }

INLINE bool is_in_run(const Place* places, int first, int token, int tokens) {
  return token < tokens && places[token].sequence == places[first].sequence;
}

static int conv_units(const Conv*, int tokens) { return tokens; }

static void conv(const Conv* o, int tokens, int first) {
  if (!begins_run(o->places, first)) return;
  const int kept = o->taps - 1;
  float* state = o->state + o->places[first].sequence * kept * o->channels;
  if (o->places[first].slot == 0) __builtin_memset(state, 0, kept * o->channels * sizeof(float));
  for (int t = first; is_in_run(o->places, first, t, tokens); t++) {
    const float* x = o->x + t * o->channels;
    for (int c = 0; c < o->channels; c++) {
      float total = 0;
      for (int j = 0; j < kept; j++) total += o->weight[c * o->taps + j] * state[j * o->channels + c];
      o->y[t * o->channels + c] = total + o->weight[c * o->taps + kept] * x[c];
    }
    __builtin_memmove(state, state + o->channels, (kept - 1) * o->channels * sizeof(float));
    __builtin_memcpy(state + (kept - 1) * o->channels, x, o->channels * sizeof(float));
  }
}

extern "C" double log1p(double) __attribute__((import_module("env"), import_name("log1p")));

INLINE float softplus(float x) { return (x > 0 ? x : 0) + (float)log1p(exp1(x > 0 ? -x : x)); }

// 1 / length
INLINE float inverse_length(const float* x, int count) {
  V total = zeros();
  for (int i = 0; i < count; i += 4) total = madd(load(x + i), load(x + i), total);
  return 1 / __builtin_sqrtf(sum(total) + 1e-6f);
}

// One head's matrix S [key_dim][value_dim] goes one token on.
INLINE void delta_rule_of_token(const DeltaRule* o, float* S, int token, int head) {
  const int keys = o->key_heads * o->key_dim, row = 2 * keys + o->value_heads * o->value_dim;
  const float* query = o->qkv + token * row + head / (o->value_heads / o->key_heads) * o->key_dim;
  const float *key = query + keys, *value = o->qkv + token * row + 2 * keys + head * o->value_dim;
  const float a = o->gates[2 * token * o->value_heads + head], beta = o->gates[(2 * token + 1) * o->value_heads + head];
  const V decay = wasm_f32x4_splat(exp1(o->weights[head] * softplus(a + o->weights[o->value_heads + head])));
  const V written = wasm_f32x4_splat(1 / (1 + exp1(-beta)));
  const float query_scale = inverse_length(query, o->key_dim) / __builtin_sqrtf(o->key_dim);
  const float key_scale = inverse_length(key, o->key_dim);
  float* y = o->y + (token * o->value_heads + head) * o->value_dim;
  for (int j = 0; j < o->value_dim; j += 4) {
    V found = zeros(), total = zeros();
    for (int i = 0; i < o->key_dim; i++) {
      float* own = S + i * o->value_dim + j;
      V kept = wasm_f32x4_mul(load(own), decay);
      wasm_v128_store(own, kept);
      found = madd(kept, wasm_f32x4_splat(key[i] * key_scale), found);
    }
    V change = wasm_f32x4_mul(wasm_f32x4_sub(load(value + j), found), written);
    for (int i = 0; i < o->key_dim; i++) {
      float* own = S + i * o->value_dim + j;
      V next = madd(change, wasm_f32x4_splat(key[i] * key_scale), load(own));
      wasm_v128_store(own, next);
      total = madd(next, wasm_f32x4_splat(query[i] * query_scale), total);
    }
    wasm_v128_store(y + j, total);
  }
}

static int delta_rule_units(const DeltaRule* o, int tokens) { return tokens * o->value_heads; }

static void delta_rule(const DeltaRule* o, int tokens, int unit) {
  const int first = unit / o->value_heads, head = unit % o->value_heads, size = o->key_dim * o->value_dim;
  if (!begins_run(o->places, first)) return;
  float* S = o->state + (o->places[first].sequence * o->value_heads + head) * size;
  if (o->places[first].slot == 0) __builtin_memset(S, 0, size * sizeof(float));
  for (int t = first; is_in_run(o->places, first, t, tokens); t++) delta_rule_of_token(o, S, t, head);
}
