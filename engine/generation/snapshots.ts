import type { RecurrentState } from "../kernels/recurrent-state.ts";

/** A copy of a sequence's recurrent states, as they were after some of its tokens. */
export interface Snapshot {
  slot: number | undefined; // undefined: others needed its place
}

/**
 * Copies of recurrent states. A sequence cannot go back to what it has not kept; the least recently used copy goes when there is no
 * place for another. Copies are made in the order of the calls, between the steps that were queued before and after.
 */
export class Snapshots {
  readonly bytes: number; // of one
  readonly #device: GPUDevice;
  readonly #states: readonly RecurrentState[];
  readonly #free: number[];
  readonly #kept = new Set<Snapshot>(); // the least recently used first

  constructor(device: GPUDevice, states: readonly RecurrentState[]) {
    this.#device = device;
    this.#states = states;
    this.bytes = states.reduce((sum, { bytes }) => sum + bytes, 0);
    const [first] = states;
    const count = first ? first.snapshots.size / first.bytes : 0;
    this.#free = Array.from({ length: count }, (_, slot) => slot).reverse();
  }

  /** The sequence's states after the steps that have been queued. */
  take(sequence: number): Snapshot {
    const snapshot = this.#add();
    this.#encode((encoder) => {
      for (const { sequences, snapshots, bytes } of this.#states) {
        encoder.copyBufferToBuffer(sequences, sequence * bytes, snapshots, snapshot.slot! * bytes, bytes);
      }
    });
    return snapshot;
  }

  /** The opposite of `take`. @returns false if it is gone */
  restore(snapshot: Snapshot, sequence: number): boolean {
    const { slot } = snapshot;
    if (slot === undefined) return false;
    this.#kept.delete(snapshot);
    this.#kept.add(snapshot); // as the most recently used
    this.#encode((encoder) => {
      for (const { sequences, snapshots, bytes } of this.#states) {
        encoder.copyBufferToBuffer(snapshots, slot * bytes, sequences, sequence * bytes, bytes);
      }
    });
    return true;
  }

  drop(snapshot: Snapshot): void {
    if (snapshot.slot !== undefined) this.#free.push(snapshot.slot);
    snapshot.slot = undefined;
    this.#kept.delete(snapshot);
  }

  /** Copies one that is there into a buffer from `offset` on. */
  save(encoder: GPUCommandEncoder, { slot }: Snapshot, buffer: GPUBuffer, offset: number): void {
    let at = offset;
    for (const { snapshots, bytes } of this.#states) {
      encoder.copyBufferToBuffer(snapshots, slot! * bytes, buffer, at, bytes);
      at += bytes;
    }
  }

  /** The opposite of `save`. */
  load(data: Uint8Array<ArrayBuffer>, offset: number): Snapshot {
    const snapshot = this.#add();
    let at = offset;
    for (const { snapshots, bytes } of this.#states) {
      this.#device.queue.writeBuffer(snapshots, snapshot.slot! * bytes, data, at, bytes);
      at += bytes;
    }
    return snapshot;
  }

  #add(): Snapshot {
    if (this.#free.length === 0) this.drop(this.#kept.values().next().value!); // all are kept ones
    const snapshot = { slot: this.#free.pop()! };
    this.#kept.add(snapshot);
    return snapshot;
  }

  #encode(copy: (encoder: GPUCommandEncoder) => void): void {
    const encoder = this.#device.createCommandEncoder();
    copy(encoder);
    this.#device.queue.submit([encoder.finish()]);
  }
}
