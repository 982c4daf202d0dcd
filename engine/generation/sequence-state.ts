// What a sequence keeps from step to step beside its tokens, as those ask who reuse, take back or cut it.
import { BLOCK_TOKENS } from "../kernels/key-values.ts";
import type { Snapshot, Snapshots } from "./snapshots.ts";

export interface SequenceState {
  /** The sequence goes on behind what the cache holds of its beginning, and is kept after `marks` tokens. */
  begin(snapshot: Snapshot | undefined, marks: readonly number[]): void;
  /** How many of the next `count` tokens a step may compute: it ends where the state is to be kept. */
  stepLength(computed: number, count: number): number;
  /** A step has been queued, after which so many tokens are computed. */
  stepQueued(computed: number): void;
  /** What comes next may be taken back. */
  mark(computed: number): void;
  /** Makes it what it was after `length` tokens, or fewer. @returns how many; undefined: it cannot */
  goBack(length: number): number | undefined;
  /** What is kept of it after `length` tokens, for the block that ends there. */
  keptAfter(length: number): Snapshot | undefined;
  end(): void;
}

/** Keys and values alone: the blocks hold all, and can be cut anywhere. */
export const PAGED: SequenceState = {
  begin() {},
  stepLength: (_, count) => count,
  stepQueued() {},
  mark() {},
  goBack: (length) => length,
  keptAfter: () => undefined,
  end() {},
};

/**
 * With recurrent states, which only go forward: they are copied where the sequence may have to begin again. That is before tokens
 * that may be taken back, and at ends of blocks, for others that begin alike: the last one of the prompt, the one where its stable
 * part ends, and the newest of the answer.
 */
export class RecurrentSequenceState implements SequenceState {
  readonly #sequence: number;
  readonly #snapshots: Snapshots;
  readonly #kept = new Map<number, Snapshot>(); // by tokens
  #marks: readonly number[] = [];
  #newest: number | undefined; // of `#kept`, behind the marks
  #before: { readonly computed: number; readonly snapshot: Snapshot } | undefined; // what may be taken back

  constructor(sequence: number, snapshots: Snapshots) {
    this.#sequence = sequence;
    this.#snapshots = snapshots;
  }

  begin(snapshot: Snapshot | undefined, marks: readonly number[]): void {
    this.#marks = marks;
    if (snapshot) this.#snapshots.restore(snapshot, this.#sequence); // it was there just now
  }

  stepLength(computed: number, count: number): number {
    const passed = this.#marks.filter((mark) => mark > computed && mark < computed + count);
    return Math.min(count, ...passed.map((mark) => mark - computed));
  }

  stepQueued(computed: number): void {
    if (computed % BLOCK_TOKENS !== 0 || this.#kept.get(computed)?.slot !== undefined) return;
    const isMark = this.#marks.includes(computed);
    if (!isMark && this.#marks.some((mark) => mark > computed)) return;
    if (!isMark) {
      if (this.#newest !== undefined) this.#snapshots.drop(this.#kept.get(this.#newest)!);
      this.#newest = computed;
    }
    this.#kept.set(computed, this.#snapshots.take(this.#sequence));
  }

  mark(computed: number): void {
    this.#forgetBefore();
    this.#before = { computed, snapshot: this.#snapshots.take(this.#sequence) };
  }

  goBack(length: number): number | undefined {
    for (const [computed, snapshot] of this.#kept) if (computed > length) this.#forget(computed, snapshot);
    const found = [this.#before, ...[...this.#kept].map(([computed, snapshot]) => ({ computed, snapshot }))]
      .filter((one) => one !== undefined && one.computed <= length && one.snapshot.slot !== undefined)
      .sort((a, b) => b!.computed - a!.computed)[0];
    return found && this.#snapshots.restore(found.snapshot, this.#sequence) ? found.computed : undefined;
  }

  keptAfter(length: number): Snapshot | undefined {
    return this.#kept.get(length);
  }

  end(): void {
    this.#forgetBefore();
    this.#kept.clear(); // blocks have them
    this.#newest = undefined;
  }

  #forget(computed: number, snapshot: Snapshot): void {
    this.#snapshots.drop(snapshot);
    this.#kept.delete(computed);
    if (this.#newest === computed) this.#newest = undefined;
  }

  #forgetBefore(): void {
    if (this.#before) this.#snapshots.drop(this.#before.snapshot);
    this.#before = undefined;
  }
}
