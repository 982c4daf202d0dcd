import type { StateStore } from "../generation/state-store.ts";
import { recurrentSizeOf, type StateSizes } from "../graph/state-sizes.ts";
import type { Step } from "../graph/steps.ts";
import { BLOCK_TOKENS } from "../kernels/key-values.ts";
import type { Precision } from "../language-model.ts";
import type { Allocator } from "./allocator.ts";
import type { Address, CpuMemory } from "./memory.ts";
import { CACHE_BYTES, type CacheType, type PagedCache } from "./operations.ts";
import type { WorkQueue } from "./work-queue.ts";

/** A part of the memory that holds as many things of one size as there are places for. */
interface Places {
  readonly at: Address;
  readonly bytes: number; // of one
}

interface RecurrentState extends Places {
  readonly snapshots: Address;
}

/** What steps in one memory keep of sequences, in the order of the steps. */

type AttentionStep = Step & { readonly kernel: "attention" };

export interface States {
  /** A step's own, which it keeps however often it is compiled. */
  cache(step: AttentionStep): PagedCache;
  /** Likewise: f32 [numSequences, recurrentSizeOf(step)] */
  recurrent(step: Step): Address;
  readonly keyValues: readonly Places[];
  readonly recurrentStates: readonly RecurrentState[];
}

export interface StatesOptions {
  readonly sizes: StateSizes;
  readonly cacheType: CacheType;
  readonly numSequences: number; // side by side
  readonly places: Address;
  readonly blockTables: Address;
}

/** `exact` computes with keys and values as they are; in f16 a long context takes half the memory, and half the time to read. */
export function cacheTypeOf(precision: Precision): CacheType {
  return precision === "exact" ? "f32" : "f16";
}

export function createStates(memory: Allocator, options: StatesOptions): States {
  const { sizes, cacheType, numSequences, places, blockTables } = options;
  const { numBlocks, numSnapshots } = countsOf(sizes);
  const keyValues: Places[] = [];
  const recurrentStates: RecurrentState[] = [];
  return {
    cache: oncePerStep((step: AttentionStep): PagedCache => {
      const { numKeyValueHeads, headDim } = step.sizes;
      const bytes = BLOCK_TOKENS * numKeyValueHeads * headDim * CACHE_BYTES[cacheType];
      const create = (label: string) => memory.allocate(numBlocks * bytes, label);
      const [keys, values] = [create("keys"), create("values")];
      keyValues.push({ at: keys, bytes }, { at: values, bytes });
      return { type: cacheType, keys, values, places, blockTables };
    }),
    recurrent: oncePerStep((step: Step) => {
      const bytes = recurrentSizeOf(step) * Float32Array.BYTES_PER_ELEMENT;
      const at = memory.allocate(numSequences * bytes, `${step.kernel}, sequences`);
      recurrentStates.push({
        at,
        bytes,
        snapshots: memory.allocate(numSnapshots * bytes, `${step.kernel}, snapshots`),
      });
      return at;
    }),
    ...{ keyValues, recurrentStates },
  };
}

/** The function, called once for each step. */
function oncePerStep<Of extends Step, Result>(create: (step: Of) => Result): (step: Of) => Result {
  const created = new Map<Of, Result>();
  return (step) => {
    const result = created.get(step) ?? create(step);
    created.set(step, result);
    return result;
  };
}

function countsOf({ blocks, recurrent }: StateSizes) {
  return { numBlocks: blocks.ofContext + blocks.ofPrefixes, numSnapshots: recurrent.snapshots };
}

/** States that lie in a memory. */
interface StatesIn {
  readonly memory: CpuMemory;
  readonly states: States;
}

/** What all steps keep, once they are compiled: the bytes of a block do not tell in how many memories they lie. */
export function createStateStore(stages: readonly StatesIn[], sizes: StateSizes, queue: WorkQueue): StateStore {
  const { numBlocks, numSnapshots } = countsOf(sizes);
  const keyValues = stages.flatMap(({ memory, states }) => states.keyValues.map((places) => ({ memory, ...places })));
  const recurrent = stages.flatMap(({ memory, states }) =>
    states.recurrentStates.map((places) => ({ memory, ...places })),
  );
  const blockBytes = keyValues.reduce((sum, { bytes }) => sum + bytes, 0);
  const snapshotBytes = recurrent.reduce((sum, { bytes }) => sum + bytes, 0);
  const block = (index: number) => keyValues.map(({ memory, at, bytes }) => memory.u8(at + index * bytes, bytes));
  const sequence = (index: number) => recurrent.map(({ memory, at, bytes }) => memory.u8(at + index * bytes, bytes));
  const snapshot = (place: number) =>
    recurrent.map(({ memory, snapshots, bytes }) => memory.u8(snapshots + place * bytes, bytes));
  const copy = (from: readonly Uint8Array[], to: readonly Uint8Array[]) => {
    for (const [i, part] of from.entries()) to[i]!.set(part);
  };
  return {
    ...{ numBlocks, blockBytes, numSnapshots, snapshotBytes },
    copyBlock: (from, to) => queue.add(() => copy(block(from), block(to))),
    writeBlock: (index, data) => queue.add(() => scatter(data, block(index))),
    takeSnapshot: (from, place) => queue.add(() => copy(sequence(from), snapshot(place))),
    restoreSnapshot: (place, to) => queue.add(() => copy(snapshot(place), sequence(to))),
    writeSnapshot: (place, data) => queue.add(() => scatter(data, snapshot(place))),
    read: (blocks, place) =>
      queue.result(() => {
        const parts = [...blocks.flatMap(block), ...(place === undefined ? [] : snapshot(place))];
        return new Uint8Array(Buffer.concat(parts));
      }),
  };
}

/** Fills the parts with the bytes, one behind the other. */
function scatter(data: Uint8Array, parts: readonly Uint8Array[]): void {
  let at = 0;
  for (const part of parts) {
    part.set(data.subarray(at, at + part.length));
    at += part.length;
  }
}
