/**
 * What a target keeps of sequences: keys and values in blocks of BLOCK_TOKENS tokens, and recurrent states of the sequences that run
 * side by side, with places for copies of them. Calls take effect in their order, between the steps that were queued before and after.
 */
export interface StateStore {
  readonly numBlocks: number;
  readonly blockBytes: number; // of one block, in all layers
  copyBlock(from: number, to: number): void;
  /** @param data blockBytes, as `read` gives them */
  writeBlock(block: number, data: Uint8Array<ArrayBuffer>): void;
  readonly numSnapshots: number; // places for copies; 0: there are no recurrent states
  readonly snapshotBytes: number; // of one copy, in all layers
  /** Copies the sequence's states to a place. */
  takeSnapshot(sequence: number, place: number): void;
  /** The opposite of `takeSnapshot`. */
  restoreSnapshot(place: number, sequence: number): void;
  /** @param data snapshotBytes, as `read` gives them */
  writeSnapshot(place: number, data: Uint8Array<ArrayBuffer>): void;
  /** The bytes of blocks, in the order of `blocks`, and behind them those of a copy. */
  read(blocks: readonly number[], place: number | undefined): Promise<Uint8Array>;
}
