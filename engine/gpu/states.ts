// What a plan's steps keep from step to step, and what those of one size share.

import { recurrentSizeOf } from "../graph/state-sizes.ts";
import type { Step } from "../graph/steps.ts";
import { type Attention, attentionVariant, createAttention, keyValueBytes } from "../kernels/attention.ts";
import { createExperts, type Experts, type ExpertsSizes } from "../kernels/experts.ts";
import { createKeyValues, type KeyValues } from "../kernels/key-values.ts";
import type { Linears } from "../kernels/linear.ts";
import { createRecurrentState, type RecurrentState } from "../kernels/recurrent-state.ts";
import type { HeadSizes } from "../kernels/rope.ts";
import type { GpuTarget } from "./target.ts";

export type ExpertsStep = Extract<Step, { readonly kernel: "experts" | "experts residual" }>;

export interface StateCounts {
  readonly kvBlocks: number;
  readonly numSequences: number; // side by side
  readonly numSnapshots: number; // of recurrent states
}

export interface States {
  attention(sizes: HeadSizes): Attention;
  experts(step: ExpertsStep): Experts;
  /** An attention's own. */
  keyValues(sizes: HeadSizes): { readonly keys: KeyValues; readonly values: KeyValues };
  /** A step's own: f32 [numSequences, recurrentSizeOf(step)] */
  recurrent(step: Step): GPUBuffer;
  readonly allKeyValues: readonly KeyValues[];
  readonly allRecurrent: readonly RecurrentState[];
  byteLength(): number;
  destroy(): void;
}

export function createStates({ device, kernels, maxTokens }: GpuTarget, linears: Linears, counts: StateCounts): States {
  const { kvBlocks, numSequences, numSnapshots } = counts;
  const allKeyValues: KeyValues[] = [];
  const allRecurrent: RecurrentState[] = [];
  const shared: (Attention | Experts)[] = [];
  const attention = oncePer((sizes: HeadSizes) => {
    const created = createAttention(device, sizes, attentionVariant(device, kernels, sizes, kvBlocks));
    shared.push(created);
    return created;
  });
  const expertsOf = oncePer(({ downType, ...sizes }: ExpertsSizes & { readonly downType: string }) => {
    const created = createExperts(device, linears, sizes, [downType]);
    shared.push(created);
    return created;
  });
  return {
    attention,
    experts({ weights: { gate, down }, choice }: ExpertsStep) {
      const sizes = { numExperts: gate.experts, hiddenSize: gate.columns, width: gate.rows, maxTokens };
      return expertsOf({ ...sizes, ...choice, downType: down.type });
    },
    keyValues(sizes: HeadSizes) {
      const kind = attention(sizes).variant === "rows" ? "texture" : "buffer";
      const create = (label: string) => createKeyValues(device, kind, label, kvBlocks, keyValueBytes(sizes));
      const own = { keys: create("keys"), values: create("values") };
      allKeyValues.push(own.keys, own.values);
      return own;
    },
    recurrent(step: Step) {
      const size = recurrentSizeOf(step);
      const own = createRecurrentState(device, step.kernel, { size, numSequences, numSnapshots });
      allRecurrent.push(own);
      return own.sequences;
    },
    allKeyValues,
    allRecurrent,
    byteLength() {
      const buffers = allRecurrent.flatMap(({ sequences, snapshots }) => sequences.size + snapshots.size);
      const others = [...shared, ...allKeyValues].map(({ byteLength }) => byteLength);
      return [...buffers, ...others].reduce((sum, bytes) => sum + bytes, 0);
    },
    destroy() {
      for (const one of [...shared, ...allKeyValues]) one.destroy();
      for (const { sequences, snapshots } of allRecurrent)
        for (const buffer of [sequences, snapshots]) buffer.destroy();
    },
  };
}

/** The function, called once for all equal arguments. */
function oncePer<Key extends object, Result>(create: (key: Key) => Result): (key: Key) => Result {
  const created = new Map<string, Result>();
  return (key) => {
    const name = JSON.stringify(key);
    const result = created.get(name) ?? create(key);
    created.set(name, result);
    return result;
  };
}
