import { EngineError } from "../errors.ts";
import { type WasmMemory, WebAssembly } from "./web-assembly.ts";

/** A byte's place in a `CpuMemory`. */
export type Address = number;

const PAGE = 65_536; // bytes of WebAssembly
const MAX_PAGES = 65_536; // 4 GiB, which is what 32-bit addresses reach
const ALIGNMENT = 64; // of a cache line, which no two results share

/**
 * A memory that all threads of the CPU target share: weights, caches and results. What is allocated stays until the memory itself
 * is dropped, as a model's buffers do.
 */
export class CpuMemory {
  #wasm: WasmMemory | undefined; // made when it is first asked for, since it takes addresses even if nothing is in it
  #top: number;

  /** @param reserved bytes at its beginning that are never given out: the threads' stacks */
  constructor(reserved = 0) {
    this.#top = roundUp(Math.max(reserved, ALIGNMENT), ALIGNMENT); // so that 0 is no result's address
  }

  /** @throws EngineError `out-of-memory` */
  get wasm(): WasmMemory {
    this.#wasm ??= this.#create();
    return this.#wasm;
  }

  #create(): WasmMemory {
    const initial = Math.ceil(this.#top / PAGE);
    try {
      return new WebAssembly.Memory({ initial, maximum: MAX_PAGES, shared: true });
    } catch (cause) {
      const problem = "the machine gives a process no 4 GiB of addresses; lift the limit on them (ulimit -v)";
      throw new EngineError("out-of-memory", `The CPU target's memory: ${problem}.`, { cause });
    }
  }

  /** Bytes that are taken. */
  get byteLength(): number {
    return this.#top;
  }

  /**
   * Bytes, which are zeros.
   * @param label for the error
   * @throws EngineError `out-of-memory` past 4 GiB, or where the machine gives no more
   */
  allocate(bytes: number, label = "a buffer"): Address {
    const address = this.#top;
    const end = roundUp(address + bytes, ALIGNMENT);
    const missing = Math.ceil((end - this.wasm.buffer.byteLength) / PAGE);
    if (end > PAGE * MAX_PAGES || (missing > 0 && !this.#grow(missing))) {
      const there = `${address} are taken of the ${PAGE * MAX_PAGES} that one memory of the CPU target can have`;
      const wayOut = "take a smaller model, a shorter context, or one that is quantized to fewer bits";
      throw new EngineError("out-of-memory", `${label}: ${bytes} bytes are needed, ${there}; ${wayOut}.`);
    }
    this.#top = end;
    return address;
  }

  f32(address: Address, length: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.#bytes(), address, length);
  }

  f64(address: Address, length: number): Float64Array<ArrayBuffer> {
    return new Float64Array(this.#bytes(), address, length);
  }

  u32(address: Address, length: number): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.#bytes(), address, length);
  }

  i32(address: Address, length: number): Int32Array<ArrayBuffer> {
    return new Int32Array(this.#bytes(), address, length);
  }

  u16(address: Address, length: number): Uint16Array<ArrayBuffer> {
    return new Uint16Array(this.#bytes(), address, length);
  }

  u8(address: Address, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#bytes(), address, length);
  }

  #grow(pages: number): boolean {
    try {
      this.wasm.grow(pages);
      return true;
    } catch {
      return false; // RangeError: the machine has no more
    }
  }

  /** All of it, anew since it may have grown. Node's types know no views of shared memory where others take a view. */
  #bytes(): ArrayBuffer {
    return this.wasm.buffer as unknown as ArrayBuffer;
  }
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
