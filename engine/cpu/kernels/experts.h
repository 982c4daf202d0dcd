// A mixture's choice of experts, and the sum of what they give.
#pragma once
#include "records.h"

constexpr float TAKEN = -3.0e38f; // less than any score
constexpr int MAX_EXPERTS = 1024; // as in kernels/experts.ts

INLINE float exp1(float x) { return wasm_f32x4_extract_lane(exp4(wasm_f32x4_splat(x)), 0); }

static int choose_experts_units(const ChooseExperts*, int tokens) { return tokens; }

static void choose_experts(const ChooseExperts* o, int, int token) {
  const float* scores = o->scores + token * o->experts;
  uint32_t* ids = o->ids + token * o->chosen;
  float* weights = o->weights + token * o->chosen;
  float left[MAX_EXPERTS];
  __builtin_memcpy(left, scores, o->experts * sizeof(float));
  for (int i = 0; i < o->chosen; i++) {
    int best = 0;
    for (int e = 1; e < o->experts; e++) if (left[e] > left[best]) best = e;
    ids[i] = best;
    left[best] = TAKEN;
  }
  const float most = scores[ids[0]];
  float total = 0;
  for (int i = 0; i < o->chosen; i++) total += weights[i] = exp1(scores[ids[i]] - most);
  if (!o->is_normalized) {
    total = 0;
    for (int e = 0; e < o->experts; e++) total += exp1(scores[e] - most);
  }
  for (int i = 0; i < o->chosen; i++) weights[i] /= total;
}

static int mix_experts_units(const MixExperts*, int tokens) { return tokens; }

static void mix_experts(const MixExperts* o, int, int token) {
  for (int i = 0; i < o->columns; i += 4) {
    V total = zeros();
    for (int c = 0; c < o->chosen; c++) {
      int result = token * o->chosen + c;
      total = madd(splat(o->weights + result), load(o->x + result * o->columns + i), total);
    }
    wasm_v128_store(o->y + token * o->columns + i, total);
  }
}
