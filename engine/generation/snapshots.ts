import type { StateStore } from "./state-store.ts";

/** A copy of a sequence's recurrent states, as they were after some of its tokens. */
export interface Snapshot {
  slot: number | undefined; // of the store's places; undefined: others needed it
}

/**
 * Copies of recurrent states. A sequence cannot go back to what it has not kept; the least recently used copy goes when there is no
 * place for another.
 */
export class Snapshots {
  readonly #store: StateStore;
  readonly #free: number[];
  readonly #kept = new Set<Snapshot>(); // the least recently used first

  constructor(store: StateStore) {
    this.#store = store;
    this.#free = Array.from({ length: store.numSnapshots }, (_, slot) => slot).reverse();
  }

  /** The sequence's states after the steps that have been queued. */
  take(sequence: number): Snapshot {
    const snapshot = this.#add();
    this.#store.takeSnapshot(sequence, snapshot.slot);
    return snapshot;
  }

  /** The opposite of `take`. @returns false if it is gone */
  restore(snapshot: Snapshot, sequence: number): boolean {
    const { slot } = snapshot;
    if (slot === undefined) return false;
    this.#kept.delete(snapshot);
    this.#kept.add(snapshot); // as the most recently used
    this.#store.restoreSnapshot(slot, sequence);
    return true;
  }

  drop(snapshot: Snapshot): void {
    if (snapshot.slot !== undefined) this.#free.push(snapshot.slot);
    snapshot.slot = undefined;
    this.#kept.delete(snapshot);
  }

  /** @param data as the store reads them */
  load(data: Uint8Array<ArrayBuffer>): Snapshot {
    const snapshot = this.#add();
    this.#store.writeSnapshot(snapshot.slot, data);
    return snapshot;
  }

  #add(): Snapshot & { readonly slot: number } {
    if (this.#free.length === 0) this.drop(this.#kept.values().next().value!); // all are kept ones
    const snapshot = { slot: this.#free.pop()! };
    this.#kept.add(snapshot);
    return snapshot;
  }
}
