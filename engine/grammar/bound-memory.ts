const MAX_BYTES = 2 ** 29; // ten times what the largest schemas of tools take
const PAGE_BYTES = 2 ** 16;

interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

interface Instance {
  readonly exports: Readonly<Record<string, unknown>>;
}

// Node's types leave it out: what of it is used here.
const { WebAssembly } = globalThis as unknown as {
  readonly WebAssembly: {
    readonly Memory: new (...args: never) => Memory;
    instantiate(...args: unknown[]): Promise<Instance | { readonly instance: Instance }>;
  };
};

/** Bounds the memory of the WebAssembly that this thread starts from now on: the thread's own limits leave it out. */
export function boundMemory(): { readonly isExhausted: boolean } {
  const state = { isExhausted: false };
  const bound = (memory: Memory) => {
    const grow = memory.grow.bind(memory);
    memory.grow = (pages) => {
      if (memory.buffer.byteLength + pages * PAGE_BYTES <= MAX_BYTES) return grow(pages);
      state.isExhausted = true;
      throw new RangeError(`more than ${MAX_BYTES} bytes`);
    };
  };
  const instantiate = WebAssembly.instantiate.bind(WebAssembly);
  WebAssembly.instantiate = async (...args) => {
    const result = await instantiate(...args);
    const { exports } = "instance" in result ? result.instance : result;
    for (const exported of Object.values(exports)) if (exported instanceof WebAssembly.Memory) bound(exported);
    return result;
  };
  return state;
}
