// What a thread runs: a program's records, one after another, together with the other threads.
#include "attention.h"
#include "product.h"
#include "recurrent.h"
#include "repack.h"
#include "rows.h"

#define EXPORT(name) extern "C" __attribute__((export_name(#name)))

static int units_of(const Record* r, int tokens) {
  switch (r->kind) {
#define UNITS(KIND, name) case KIND: return name##_units(&r->name, tokens);
    UNITS(EMBED, embed) UNITS(NORM, norm) UNITS(QUANTIZE, quantize) UNITS(PRODUCT, product) UNITS(GATED, gated) UNITS(ROTATE, rotate)
    UNITS(STORE, store) UNITS(ATTENTION, attention) UNITS(ELEMENTWISE, elementwise) UNITS(COLUMNS, columns)
    UNITS(CHOOSE_EXPERTS, choose_experts) UNITS(PRODUCT_OF_EXPERTS, product_of_experts) UNITS(MIX_EXPERTS, mix_experts)
    UNITS(CONV, conv) UNITS(DELTA_RULE, delta_rule) UNITS(ARGMAX, argmax)
#undef UNITS
  }
}

static void run_unit(const Record* r, int tokens, int unit) {
  switch (r->kind) {
#define RUN(KIND, name) case KIND: return name(&r->name, tokens, unit);
    RUN(EMBED, embed) RUN(NORM, norm) RUN(QUANTIZE, quantize) RUN(PRODUCT, product) RUN(GATED, gated) RUN(ROTATE, rotate)
    RUN(STORE, store) RUN(ATTENTION, attention) RUN(ELEMENTWISE, elementwise) RUN(COLUMNS, columns)
    RUN(CHOOSE_EXPERTS, choose_experts) RUN(PRODUCT_OF_EXPERTS, product_of_experts) RUN(MIX_EXPERTS, mix_experts)
    RUN(CONV, conv) RUN(DELTA_RULE, delta_rule) RUN(ARGMAX, argmax)
#undef RUN
  }
}

// As BARRIER_WORDS of records.ts says.
struct Barrier {
  int arrived, generation, waiting, pad;
};

constexpr int SPINS = 20000; // some 20 us: most threads are late by less, and to be woken takes longer; then the core is another's

static void wait_for_all(Barrier* b, int threads) {
  int generation = __atomic_load_n(&b->generation, __ATOMIC_SEQ_CST);
  if (__atomic_add_fetch(&b->arrived, 1, __ATOMIC_SEQ_CST) == threads) {
    __atomic_store_n(&b->arrived, 0, __ATOMIC_SEQ_CST);
    __atomic_store_n(&b->generation, generation + 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&b->waiting, __ATOMIC_SEQ_CST)) __builtin_wasm_memory_atomic_notify(&b->generation, threads);
    return;
  }
  for (int i = 0; i < SPINS; i++) if (__atomic_load_n(&b->generation, __ATOMIC_SEQ_CST) != generation) return;
  __atomic_add_fetch(&b->waiting, 1, __ATOMIC_SEQ_CST);
  while (__atomic_load_n(&b->generation, __ATOMIC_SEQ_CST) == generation) {
    __builtin_wasm_memory_atomic_wait32(&b->generation, generation, -1);
  }
  __atomic_sub_fetch(&b->waiting, 1, __ATOMIC_SEQ_CST);
}

EXPORT(run) void run(Record* records, int count, int tokens, Barrier* barrier, int threads, int thread) {
  int begun = 0; // the first record since the last barrier
  for (int i = 0; i <= count; i++) {
    Record* r = records + i;
    if (i > 0 && (i == count || !r->is_beside)) {
      wait_for_all(barrier, threads);
      // Nobody takes from them until the next run, which a barrier comes before.
      if (thread == 0) for (; begun < i; begun++) records[begun].next = 0;
    }
    if (i == count) break;
    const int units = units_of(r, tokens);
    for (int unit; (unit = __atomic_fetch_add(&r->next, 1, __ATOMIC_RELAXED)) < units;) run_unit(r, tokens, unit);
  }
  wait_for_all(barrier, threads);
}

EXPORT(repack) void repack(Type type, const uint8_t* from, int row_bytes, int rows, int columns, uint8_t* to) {
  repack_rows(type, {from, row_bytes, rows, columns}, to);
}
