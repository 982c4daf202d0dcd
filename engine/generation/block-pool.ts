import { BLOCK_TOKENS } from "../kernels/key-values.ts";
import { PAGED, RecurrentSequenceState, type SequenceState } from "./sequence-state.ts";
import { type Snapshot, Snapshots } from "./snapshots.ts";
import type { StateStore } from "./state-store.ts";

export { BLOCK_TOKENS } from "../kernels/key-values.ts";

/** Keys and values of up to BLOCK_TOKENS tokens, in all layers. */
export interface Block {
  readonly index: number; // in the store
  users: number; // sequences that it is in; none: what it holds may be found, or overwritten
  serial: number; // of what it holds now: the same for the same tokens after the same ones
  parent: number | string; // serial of the block before it; a root: it is a beginning
  tokens: readonly number[]; // none: nobody can find it
  snapshot: Snapshot | undefined; // of recurrent states, as they are behind its tokens
}

/**
 * A target's KV cache, block by block. A block that is full is found by whatever begins with the same tokens, and
 * shared: conversations compute their common beginning once. What no sequence uses any more stays until its place is
 * needed, the least recently used first. Blocks form trees: the same tokens after others are another block. A tree's root says what
 * else decides its numbers.
 *
 * Of a model with recurrent states a beginning is found as far as they were kept, which is at the end of some blocks.
 */
export class BlockPool {
  readonly #store: StateStore;
  readonly #snapshots: Snapshots | undefined; // of recurrent states, if there are any
  readonly #free: Block[];
  readonly #idle = new Set<Block>(); // used by none, the least recently used first
  readonly #children = new Map<number | string, Set<Block>>(); // by the parent's serial, or the root
  #serials = 0;

  /** @param numBlocks default: all that the store has */
  constructor(store: StateStore, numBlocks = store.numBlocks) {
    this.#store = store;
    this.#free = Array.from({ length: numBlocks }, (_, index) => {
      return { index, users: 0, serial: 0, parent: "", tokens: [], snapshot: undefined };
    }).reverse();
    this.#snapshots = store.numSnapshots > 0 ? new Snapshots(store) : undefined;
  }

  /** What the sequence of that block table can do. */
  stateOf(table: number): SequenceState {
    return this.#snapshots ? new RecurrentSequenceState(table, this.#snapshots) : PAGED;
  }

  /** Blocks that no sequence uses. */
  get available(): number {
    return this.#free.length + this.#idle.size;
  }

  /** How many of the first tokens are here, in whole blocks, to go on from. */
  match(tokens: readonly number[], root: string): number {
    return this.#usable(tokens, root).length * BLOCK_TOKENS;
  }

  /**
   * Takes into use what is here of a beginning.
   * @returns its blocks, how many of the first tokens they hold, and the recurrent states behind them
   */
  begin(tokens: readonly number[], root: string): { blocks: Block[]; length: number; snapshot?: Snapshot | undefined } {
    const blocks = this.#usable(tokens, root);
    for (const block of blocks) this.#use(block);
    const length = blocks.length * BLOCK_TOKENS;
    if (this.#snapshots) return { blocks, length, snapshot: blocks.at(-1)?.snapshot };
    const rest = tokens.slice(length, length + BLOCK_TOKENS);
    const like = this.#mostAlike(blocks.at(-1) ?? root, rest);
    if (!like) return { blocks, length };
    this.#use(like.block); // pinned: `take` below may evict it
    const own = this.take();
    if (own) {
      this.#store.copyBlock(like.block.index, own.index); // it will go on otherwise
      blocks.push(own);
    }
    this.release([like.block]);
    return { blocks, length: own ? length + like.length : length };
  }

  /** An empty block; undefined: all are in use. */
  take(): Block | undefined {
    const block = this.#free.pop() ?? this.#idle.values().next().value;
    if (!block) return undefined;
    this.#forget(block);
    block.users = 1;
    return block;
  }

  /**
   * Says what a block holds, so that others find it.
   * @param before the block before it, or the root of a beginning
   * @param snapshot of the recurrent states behind a whole block's tokens
   */
  seal(block: Block, before: Block | string, tokens: readonly number[], snapshot?: Snapshot): void {
    block.parent = keyOf(before);
    const siblings = this.#children.get(block.parent) ?? new Set();
    const isSame = (other: Block) =>
      other.tokens.length === tokens.length && commonLength(other.tokens, tokens) === tokens.length;
    block.serial = [...siblings].find(isSame)?.serial ?? ++this.#serials; // what follows either is found behind both
    block.tokens = tokens;
    block.snapshot = snapshot;
    this.#children.set(block.parent, siblings.add(block));
  }

  /** The opposite of taking a sequence's blocks into use. The last one first, so that none goes before those behind it. */
  release(blocks: readonly Block[]): void {
    for (const block of blocks.toReversed()) {
      if (--block.users > 0) continue;
      if (block.tokens.length > 0) this.#idle.add(block);
      else this.#free.push(block);
    }
  }

  /** The bytes of the first tokens' whole blocks, in their order, and of the recurrent states behind them. */
  async read(tokens: readonly number[], root: string): Promise<Uint8Array> {
    const path = this.#usable(tokens, root);
    return this.#store.read(
      path.map(({ index }) => index),
      path.at(-1)?.snapshot?.slot,
    );
  }

  /** The opposite of `read`; data of another length is left alone, and what there is no room for. */
  write(tokens: readonly number[], root: string, data: Uint8Array<ArrayBuffer>): void {
    const { blockBytes, snapshotBytes } = this.#store;
    const wanted = Math.floor(tokens.length / BLOCK_TOKENS);
    if (data.byteLength !== wanted * blockBytes + snapshotBytes) return;
    const path = this.#path(tokens, root);
    for (const block of path) this.#use(block);
    for (let i = path.length; i < wanted; i++) {
      const block = this.take();
      if (!block) break;
      this.#store.writeBlock(block.index, data.subarray(i * blockBytes, (i + 1) * blockBytes));
      this.seal(block, path.at(-1) ?? root, tokens.slice(i * BLOCK_TOKENS, (i + 1) * BLOCK_TOKENS));
      path.push(block);
    }
    const last = path.at(-1);
    if (last && path.length === wanted && !isKept(last)) {
      last.snapshot = this.#snapshots?.load(data.subarray(wanted * blockBytes));
    }
    this.release(path);
  }

  /** Blocks of a beginning that one can go on behind. */
  #usable(tokens: readonly number[], root: string): Block[] {
    const path = this.#path(tokens, root);
    if (!this.#snapshots) return path;
    return path.slice(0, path.findLastIndex(isKept) + 1);
  }

  #path(tokens: readonly number[], root: string): Block[] {
    const path: Block[] = [];
    for (let at = 0; at + BLOCK_TOKENS <= tokens.length; at += BLOCK_TOKENS) {
      const next = this.#mostAlike(path.at(-1) ?? root, tokens.slice(at, at + BLOCK_TOKENS));
      if (next?.length !== BLOCK_TOKENS) break;
      path.push(next.block);
    }
    return path;
  }

  /** Of the blocks behind one, or of beginnings, the one that begins most like `tokens`, and how many of its tokens do. */
  #mostAlike(before: Block | string, tokens: readonly number[]): { block: Block; length: number } | undefined {
    let best: { block: Block; length: number } | undefined;
    for (const block of this.#children.get(keyOf(before)) ?? []) {
      const length = commonLength(block.tokens, tokens);
      const isBetter = length > (best?.length ?? 0) || (length === best?.length && isKept(block));
      if (length > 0 && isBetter) best = { block, length };
    }
    return best;
  }

  #use(block: Block): void {
    this.#idle.delete(block);
    block.users++;
  }

  #forget(block: Block): void {
    this.#idle.delete(block);
    const siblings = this.#children.get(block.parent);
    siblings?.delete(block);
    if (siblings?.size === 0) this.#children.delete(block.parent);
    block.tokens = [];
    if (block.snapshot) this.#snapshots?.drop(block.snapshot);
    block.snapshot = undefined;
  }
}

function keyOf(before: Block | string): number | string {
  return typeof before === "string" ? before : before.serial;
}

/** Whether recurrent states behind it are there. */
function isKept({ snapshot }: Block): boolean {
  return snapshot?.slot !== undefined;
}

/** How many of the first tokens are the same. */
export function commonLength(a: readonly number[], b: readonly number[]): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a[length] === b[length]) length++;
  return length;
}
