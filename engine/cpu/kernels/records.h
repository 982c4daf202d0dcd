// What a program is made of, as records.ts writes it: the fields of each operation, in its order.
#pragma once
#include "tiles.h"

enum Kind { EMBED, NORM, QUANTIZE, PRODUCT, GATED, ROTATE, STORE, ATTENTION, ELEMENTWISE, COLUMNS, CHOOSE_EXPERTS,
            PRODUCT_OF_EXPERTS, MIX_EXPERTS, CONV, DELTA_RULE, ARGMAX };

struct Matrix {
  Tiles kind;
  int rows, columns, experts;
  const uint8_t* at;
  int bytes; // of one expert's
};

struct Place {
  int slot, table, sequence;
  float score_scale;
};

struct Cache {
  int is_f16;
  uint8_t *keys, *values;
  const Place* places;
  const uint32_t* block_tables;
};

struct Embed { Matrix table; const uint32_t* token_ids; float* y; };
struct Norm {
  const float* x;
  int x_stride;
  float* y;
  int y_stride;
  const float* weight;
  int count, columns;
  float eps;
};
struct Quantize { const float* x; uint8_t* y; int columns, rows_per_token, is_in_tiles; };
struct Product {
  Matrix weight;
  const uint8_t* x;
  int is_quantized;
  float* y;
  int y_stride;
  const float* bias;
  int is_added, rows_per_token;
};
struct Gated { const float* x; float* y; int columns, rows_per_token; };
struct Rotate {
  const float* x;
  int x_stride;
  float* y;
  int y_stride;
  const float* rotations;
  int heads, head_dim;
};
struct Store { const float* qkv; Cache cache; int heads, kv_heads, head_dim; };
struct Attention {
  const float* qkv;
  Cache cache;
  float* y;
  int heads, kv_heads, head_dim;
  int* done; // slices of each token's heads; then what they found
  int max_slices;
};
struct Elementwise { int function; const float *a, *b; float* y; int columns; };
struct Columns { const float* x; int x_stride; float* y; int y_stride, count; };
struct ChooseExperts {
  const float* scores;
  uint32_t* ids;
  float* weights;
  int experts, chosen, is_normalized;
};
struct ProductOfExperts {
  Matrix weight;
  const uint8_t* x;
  int is_quantized, x_is_of_tokens;
  const uint32_t* ids;
  int chosen;
  float* y;
  int y_stride;
};
struct MixExperts { const float *x, *weights; float* y; int chosen, columns; };
struct Conv {
  const float *x, *weight;
  float* state;
  const Place* places;
  float* y;
  int channels, taps;
};
struct DeltaRule {
  const float *qkv, *gates, *weights;
  float* state;
  const Place* places;
  float* y;
  int key_heads, key_dim, value_heads, value_dim;
};
struct Argmax { const float* logits; const uint32_t* allowed; uint32_t* y; int vocab_size; };

struct Record {
  Kind kind;
  int is_beside; // needs no barrier before it
  int next; // what no thread has taken yet
  int pad;
  union {
    Embed embed;
    Norm norm;
    Quantize quantize;
    Product product;
    Gated gated;
    Rotate rotate;
    Store store;
    Attention attention;
    Elementwise elementwise;
    Columns columns;
    ChooseExperts choose_experts;
    ProductOfExperts product_of_experts;
    MixExperts mix_experts;
    Conv conv;
    DeltaRule delta_rule;
    Argmax argmax;
    int words[28];
  };
};
static_assert(sizeof(Record) == 128, "as RECORD_WORDS of records.ts says");
