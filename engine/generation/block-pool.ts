import type { Device } from "../device.ts";
import { BLOCK_TOKENS, type KeyValues } from "../kernels/key-values.ts";
import type { RecurrentState } from "../kernels/recurrent-state.ts";
import { PAGED, RecurrentSequenceState, type SequenceState } from "./sequence-state.ts";
import { type Snapshot, Snapshots } from "./snapshots.ts";

export { BLOCK_TOKENS } from "../kernels/key-values.ts";

/** Keys and values of up to BLOCK_TOKENS tokens, in all layers. */
export interface Block {
  readonly index: number; // in the decoder's keyValues
  users: number; // sequences that it is in; none: what it holds may be found, or overwritten
  serial: number; // of what it holds now: the same for the same tokens after the same ones
  parent: number | string; // serial of the block before it; a root: it is a beginning
  tokens: readonly number[]; // none: nobody can find it
  snapshot: Snapshot | undefined; // of recurrent states, as they are behind its tokens
}

/**
 * The decoder's KV cache, block by block. A block that is full is found by whatever begins with the same tokens, and
 * shared: conversations compute their common beginning once. What no sequence uses any more stays until its place is
 * needed, the least recently used first. Blocks form trees: the same tokens after others are another block. A tree's root says what
 * else decides its numbers.
 *
 * Of a model with recurrent states a beginning is found as far as they were kept, which is at the end of some blocks.
 */
export class BlockPool {
  readonly #device: GPUDevice;
  readonly #settle: Device["settle"];
  readonly #keyValues: readonly KeyValues[];
  readonly #blockBytes: number;
  readonly #copied: GPUBuffer; // a block on its way to another
  readonly #snapshots: Snapshots | undefined; // of recurrent states, if there are any
  readonly #free: Block[];
  readonly #idle = new Set<Block>(); // used by none, the least recently used first
  readonly #children = new Map<number | string, Set<Block>>(); // by the parent's serial, or the root
  #serials = 0;

  constructor(
    { device, settle }: Pick<Device, "device" | "settle">,
    keyValues: readonly KeyValues[],
    numBlocks: number,
    recurrent: readonly RecurrentState[] = [],
  ) {
    this.#device = device;
    this.#settle = settle;
    this.#keyValues = keyValues;
    this.#blockBytes = keyValues.reduce((sum, { blockBytes }) => sum + blockBytes, 0);
    const usage = GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    this.#copied = device.createBuffer({ label: "block", size: this.#blockBytes, usage });
    this.#free = Array.from({ length: numBlocks }, (_, index) => {
      return { index, users: 0, serial: 0, parent: "", tokens: [], snapshot: undefined };
    }).reverse();
    this.#snapshots = recurrent.length > 0 ? new Snapshots(device, recurrent) : undefined;
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
      this.#copy(like.block, own); // it will go on otherwise
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
    const blocksBytes = path.length * this.#blockBytes;
    const staging = this.#device.createBuffer({
      label: "prefix",
      size: blocksBytes + this.#snapshotBytes,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    const encoder = this.#device.createCommandEncoder();
    for (const [i, block] of path.entries()) this.#move("save", encoder, block, staging, i * this.#blockBytes);
    const snapshot = path.at(-1)?.snapshot;
    if (snapshot) this.#snapshots?.save(encoder, snapshot, staging, blocksBytes);
    this.#device.queue.submit([encoder.finish()]);
    await this.#settle(staging.mapAsync(GPUMapMode.READ));
    const data = new Uint8Array(staging.getMappedRange().slice(0));
    staging.destroy();
    return data;
  }

  /** The opposite of `read`; data of another length is left alone, and what there is no room for. */
  write(tokens: readonly number[], root: string, data: Uint8Array<ArrayBuffer>): void {
    const wanted = Math.floor(tokens.length / BLOCK_TOKENS);
    if (data.byteLength !== wanted * this.#blockBytes + this.#snapshotBytes) return;
    const path = this.#path(tokens, root);
    for (const block of path) this.#use(block);
    for (let i = path.length; i < wanted; i++) {
      const block = this.take();
      if (!block) break;
      this.#device.queue.writeBuffer(this.#copied, 0, data, i * this.#blockBytes, this.#blockBytes);
      const encoder = this.#device.createCommandEncoder();
      this.#move("restore", encoder, block, this.#copied, 0);
      this.#device.queue.submit([encoder.finish()]);
      this.seal(block, path.at(-1) ?? root, tokens.slice(i * BLOCK_TOKENS, (i + 1) * BLOCK_TOKENS));
      path.push(block);
    }
    const last = path.at(-1);
    if (last && path.length === wanted && !isKept(last)) {
      last.snapshot = this.#snapshots?.load(data, wanted * this.#blockBytes);
    }
    this.release(path);
  }

  destroy(): void {
    this.#copied.destroy();
  }

  get #snapshotBytes(): number {
    return this.#snapshots?.bytes ?? 0;
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

  #copy(from: Block, to: Block): void {
    const encoder = this.#device.createCommandEncoder();
    this.#move("save", encoder, from, this.#copied, 0);
    this.#move("restore", encoder, to, this.#copied, 0);
    this.#device.queue.submit([encoder.finish()]);
  }

  #move(direction: "save" | "restore", encoder: GPUCommandEncoder, block: Block, buffer: GPUBuffer, offset: number) {
    let at = offset;
    for (const cache of this.#keyValues) {
      cache[direction](encoder, block.index, buffer, at);
      at += cache.blockBytes;
    }
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
