// The part of WebAssembly's interface that the CPU target uses. TypeScript declares it with the browser's types alone.

export interface WasmMemory {
  readonly buffer: SharedArrayBuffer;
  /** @throws RangeError where there is no more */
  grow(pages: number): number;
}

/** Compiled code; threads get it as it is. */
export type WasmModule = object;

type Imports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface WebAssemblyInterface {
  readonly Memory: new (sizes: { initial: number; maximum: number; shared: true }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (module: WasmModule, imports: Imports) => { readonly exports: unknown };
  validate(bytes: Uint8Array): boolean;
}

export const WebAssembly = (globalThis as unknown as { readonly WebAssembly: WebAssemblyInterface }).WebAssembly;
