// The kernels as WebAssembly: two files with relaxed SIMD, which give the same bits, and one without; the two also with V8's vectors of
// 256 bits, which change no bits either.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { setFlagsFromString } from "node:v8";
import { BLOCK_FORMATS } from "../weights/block-formats.ts";
import type { Address, CpuMemory } from "./memory.ts";
import { matrixBytes, type PackedMatrix, packedBytes } from "./packed.ts";
import { hasDotProducts, hasWideVectors, type Processor, thisProcessor } from "./processor.ts";
import { type WasmMemory, type WasmModule, WebAssembly } from "./web-assembly.ts";

/** dot: products of bytes by one instruction, where the processor has it; wide: in vectors of 256 bits. */
export type KernelBuild = "wide-dot" | "wide-relaxed" | "dot" | "relaxed" | "plain";

/** A thread's kernels. */
export interface KernelExports {
  readonly __stack_pointer: { value: number };
  readonly wide_vectors: { value: number }; // 1: two neighbours are one
  run(records: Address, count: number, tokens: number, barrier: Address, threads: number, thread: number): void;
  repack(type: number, from: Address, rowBytes: number, rows: number, columns: number, to: Address): void;
}

export const MAX_THREADS = 64;
const KERNELS_BYTES = 2 ** 20; // of the kernels' own constants, which the linker puts first
const STACK_BYTES = 2 ** 18; // of a thread

/** Bytes at the beginning of a memory that belong to the kernels. */
export const RESERVED_BYTES = KERNELS_BYTES + (MAX_THREADS + 1) * STACK_BYTES;

/** A build's code, which threads get as it is. */
export interface Kernels {
  readonly module: WasmModule;
  readonly isWide: boolean;
}

type File = "dot" | "relaxed" | "plain";

const BUILDS: Readonly<Record<KernelBuild, { readonly file: File; readonly isWide: boolean }>> = {
  "wide-dot": { file: "dot", isWide: true },
  "wide-relaxed": { file: "relaxed", isWide: true },
  dot: { file: "dot", isWide: false },
  relaxed: { file: "relaxed", isWide: false },
  plain: { file: "plain", isWide: false },
};

function bytesOf(file: File): Uint8Array {
  return readFileSync(createRequire(import.meta.url).resolve(`#dist/engine/cpu/kernels/${file}.wasm`));
}

let available: readonly KernelBuild[] | undefined; // neither files nor Node change while a process runs
const compiled = new Map<File, WasmModule>();

/** The builds that this machine's Node runs, the fastest first. */
export function availableBuilds(): readonly KernelBuild[] {
  available ??= findBuilds();
  return available;
}

function findBuilds(): readonly KernelBuild[] {
  const builds = isNode20() ? buildsOfNode20() : buildsOf(thisProcessor());
  return builds.filter((build) => WebAssembly.validate(bytesOf(BUILDS[build].file)));
}

/** Where V8 joins neighbouring vectors it is told to, which counts for whatever it compiles from then on. */
function buildsOf(processor: Processor): readonly KernelBuild[] {
  const relaxed = hasDotProducts(processor) ? (["dot", "relaxed"] as const) : (["relaxed", "dot"] as const);
  if (!hasWideVectors(processor)) return [...relaxed, "plain"];
  setFlagsFromString("--experimental-wasm-revectorize");
  return [...relaxed.map((build) => `wide-${build}` as const), ...relaxed, "plain"];
}

/** Its V8 has relaxed SIMD behind a flag, with other products of bytes than the specification's. */
function buildsOfNode20(): readonly KernelBuild[] {
  setFlagsFromString("--experimental-wasm-relaxed-simd");
  return ["relaxed", "plain"];
}

function isNode20(): boolean {
  return process.versions.node.startsWith("20.");
}

/** @param build default: the fastest that there is */
export function compileKernels(build: KernelBuild = availableBuilds()[0]!): Kernels {
  const { file, isWide } = BUILDS[build];
  const module = compiled.get(file) ?? new WebAssembly.Module(bytesOf(file));
  compiled.set(file, module);
  return { module, isWide };
}

/** @param thread a number of its own, up to MAX_THREADS: each has a stack */
export function instantiateKernels({ module, isWide }: Kernels, memory: WasmMemory, thread: number): KernelExports {
  const { exports } = new WebAssembly.Instance(module, { env: { memory, log1p: Math.log1p } });
  const kernels = exports as KernelExports; // what kernels/main.cpp exports
  kernels.__stack_pointer.value = KERNELS_BYTES + (thread + 1) * STACK_BYTES; // stacks grow downwards
  kernels.wide_vectors.value = Number(isWide);
  return kernels;
}

/** Packs rows of a matrix as a file has them. */
export interface Packer {
  /**
   * @param blocks of whole rows, one behind the other
   * @param firstRow where they are in the matrix, a multiple of GROUP_ROWS
   * @param expert whose matrix it is, where there are several
   */
  pack(matrix: PackedMatrix, blocks: Uint8Array, firstRow?: number, expert?: number): void;
  readonly maxBytes: number; // of `blocks`
}

const STAGED_BYTES = 2 ** 23; // 8 rows of 262,144 f32

/** @throws EngineError as `allocate` */
export function createPacker(compiled: Kernels, memory: CpuMemory): Packer {
  const kernels = instantiateKernels(compiled, memory.wasm, MAX_THREADS);
  const staged = memory.allocate(STAGED_BYTES, "room for packing");
  return {
    maxBytes: STAGED_BYTES,
    pack(matrix, blocks, firstRow = 0, expert = 0) {
      const { type, columns, at } = matrix;
      const { id, blockSize, blockBytes } = BLOCK_FORMATS[type];
      const rowBytes = (columns / blockSize) * blockBytes;
      if (blocks.byteLength > STAGED_BYTES || blocks.byteLength % rowBytes !== 0) {
        throw new RangeError(`${blocks.byteLength} bytes are no rows of ${rowBytes}, ${STAGED_BYTES} at most`);
      }
      memory.u8(staged, blocks.byteLength).set(blocks);
      const to = at + expert * packedBytes(type, matrix.rows, columns) + packedBytes(type, firstRow, columns);
      kernels.repack(id, staged, rowBytes, blocks.byteLength / rowBytes, columns, to);
    },
  };
}

/** Room for a matrix, which is then to be packed. @throws EngineError as `allocate` */
export function allocateMatrix(
  memory: { allocate(bytes: number, label: string): Address },
  sizes: Omit<PackedMatrix, "at">,
  label: string,
): PackedMatrix {
  return { ...sizes, at: memory.allocate(matrixBytes(sizes), label) };
}
