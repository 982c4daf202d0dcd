import type { Device } from "../device.ts";
import type { KeyValues } from "../kernels/key-values.ts";

/** Tokens whose keys and values are kept or dropped together. */
export const BLOCK_TOKENS = 16;

interface Block {
  readonly id: number;
  readonly key: string; // of the block before it, and its own tokens
  readonly buffer: GPUBuffer; // BLOCK_TOKENS tokens of each of the decoder's keyValues
}

/**
 * Keys and values of prompts' beginnings, beside the decoder's own cache, so that conversations which begin alike, or
 * take turns, compute their beginning once. Blocks form a tree: the same block after another one is another block.
 * The least recently used go first. Copies are bit for bit and take their turn in the device's queue.
 */
export class PrefixStore {
  readonly #device: GPUDevice;
  readonly #settle: Device["settle"];
  readonly #keyValues: readonly KeyValues[];
  readonly #maxBlocks: number;
  readonly #blocks = new Map<string, Block>(); // by key, the least recently used first
  #free: GPUBuffer[] = [];
  #nextId = 1;

  constructor(
    { device, settle }: Pick<Device, "device" | "settle">,
    keyValues: readonly KeyValues[],
    maxBytes: number,
  ) {
    this.#device = device;
    this.#settle = settle;
    this.#keyValues = keyValues;
    this.#maxBlocks = Math.floor(maxBytes / blockBytes(keyValues));
  }

  /** Tokens that are kept. */
  get size(): number {
    return this.#blocks.size * BLOCK_TOKENS;
  }

  /** How many of the first tokens are here: a multiple of BLOCK_TOKENS. */
  match(tokens: readonly number[]): number {
    return this.#path(tokens).length * BLOCK_TOKENS;
  }

  /** Into the decoder's cache, the positions `from` .. `to`; `match` says that they are here. */
  restore(tokens: readonly number[], from: number, to: number): void {
    const path = this.#path(tokens.slice(0, to));
    const encoder = this.#device.createCommandEncoder();
    for (let i = Math.floor(from / BLOCK_TOKENS); i < path.length; i++) {
      this.#copy(encoder, path[i]!.buffer, i * BLOCK_TOKENS, "restore");
    }
    this.#device.queue.submit([encoder.finish()]);
    this.#touch(path);
  }

  /** What the decoder's cache holds of these tokens, from position 0, as far as it fills blocks. */
  save(tokens: readonly number[]): void {
    const path = this.#path(tokens);
    const encoder = this.#device.createCommandEncoder();
    const wanted = Math.min(Math.floor(tokens.length / BLOCK_TOKENS), this.#maxBlocks);
    for (let i = path.length; i < wanted; i++) {
      const block = this.#add(path.at(-1), tokens, i, path);
      this.#copy(encoder, block.buffer, i * BLOCK_TOKENS, "save");
      path.push(block);
    }
    this.#device.queue.submit([encoder.finish()]);
    this.#touch(path);
  }

  /** The bytes of the first tokens' blocks, in their order. */
  async read(tokens: readonly number[]): Promise<Uint8Array> {
    const path = this.#path(tokens);
    const bytes = blockBytes(this.#keyValues);
    const staging = this.#device.createBuffer({
      label: "prefix",
      size: path.length * bytes,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    const encoder = this.#device.createCommandEncoder();
    for (const [i, { buffer }] of path.entries()) encoder.copyBufferToBuffer(buffer, 0, staging, i * bytes, bytes);
    this.#device.queue.submit([encoder.finish()]);
    await this.#settle(staging.mapAsync(GPUMapMode.READ));
    const data = new Uint8Array(staging.getMappedRange().slice(0));
    staging.destroy();
    return data;
  }

  /** The opposite of `read`; data of another length is left alone. */
  write(tokens: readonly number[], data: Uint8Array<ArrayBuffer>): void {
    const bytes = blockBytes(this.#keyValues);
    const blocks = Math.floor(tokens.length / BLOCK_TOKENS);
    if (data.byteLength !== blocks * bytes) return;
    const path: Block[] = [];
    for (let i = 0; i < Math.min(blocks, this.#maxBlocks); i++) {
      const key = keyOf(path.at(-1), tokens, i);
      const block = this.#blocks.get(key) ?? this.#add(path.at(-1), tokens, i, path);
      this.#device.queue.writeBuffer(block.buffer, 0, data, i * bytes, bytes);
      path.push(block);
    }
    this.#touch(path);
  }

  destroy(): void {
    for (const { buffer } of this.#blocks.values()) buffer.destroy();
    for (const buffer of this.#free) buffer.destroy();
    this.#blocks.clear();
    this.#free = [];
  }

  #path(tokens: readonly number[]): Block[] {
    const path: Block[] = [];
    for (let i = 0; (i + 1) * BLOCK_TOKENS <= tokens.length; i++) {
      const block = this.#blocks.get(keyOf(path.at(-1), tokens, i));
      if (!block) break;
      path.push(block);
    }
    return path;
  }

  /** The last block first, so that a block never goes before those behind it. */
  #touch(path: readonly Block[]): void {
    for (const block of path.toReversed()) {
      this.#blocks.delete(block.key);
      this.#blocks.set(block.key, block);
    }
  }

  #add(parent: Block | undefined, tokens: readonly number[], index: number, inUse: readonly Block[]): Block {
    if (this.#blocks.size >= this.#maxBlocks) {
      const oldest = [...this.#blocks.values()].find((block) => !inUse.includes(block));
      if (oldest) {
        this.#blocks.delete(oldest.key);
        this.#free.push(oldest.buffer);
      }
    }
    const buffer = this.#free.pop() ?? this.#createBuffer();
    const block = { id: this.#nextId++, key: keyOf(parent, tokens, index), buffer };
    this.#blocks.set(block.key, block);
    return block;
  }

  #createBuffer(): GPUBuffer {
    const usage = GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    return this.#device.createBuffer({ label: "block of a prefix", size: blockBytes(this.#keyValues), usage });
  }

  #copy(encoder: GPUCommandEncoder, block: GPUBuffer, position: number, direction: "save" | "restore"): void {
    let offset = 0;
    for (const cache of this.#keyValues) {
      cache[direction](encoder, position, BLOCK_TOKENS, block, offset);
      offset += BLOCK_TOKENS * cache.tokenBytes;
    }
  }
}

function blockBytes(keyValues: readonly KeyValues[]): number {
  return keyValues.reduce((sum, { tokenBytes }) => sum + BLOCK_TOKENS * tokenBytes, 0);
}

function keyOf(parent: Block | undefined, tokens: readonly number[], index: number): string {
  return `${parent?.id ?? 0}:${tokens.slice(index * BLOCK_TOKENS, (index + 1) * BLOCK_TOKENS).join(" ")}`;
}
