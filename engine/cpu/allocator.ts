import type { Address, CpuMemory } from "./memory.ts";

/** Gives out parts of a memory, and counts their bytes; without a memory it only counts. */
export class Allocator {
  readonly #memory: CpuMemory | undefined;
  #bytes = 0;

  constructor(memory?: CpuMemory) {
    this.#memory = memory;
  }

  get byteLength(): number {
    return this.#bytes;
  }

  /** Bytes that are zeros. @throws EngineError `out-of-memory` */
  allocate(bytes: number, label: string): Address {
    this.#bytes += bytes;
    return this.#memory?.allocate(bytes, label) ?? 0;
  }

  /** Room for words, with them in it. @throws EngineError `out-of-memory` */
  place(words: Uint32Array, label: string): Address {
    const at = this.allocate(words.byteLength, label);
    this.#memory?.u32(at, words.length).set(words);
    return at;
  }
}
