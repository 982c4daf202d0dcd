// Packing by the threads that compute: each takes some rows of the file by a counter, reads them into a place of its own, and makes
// tiles of them.
import { readSync } from "node:fs";
import { BLOCK_FORMATS, type TensorType } from "../weights/block-formats.ts";
import type { KernelExports } from "./kernels.ts";
import type { Address, CpuMemory } from "./memory.ts";
import type { WasmMemory } from "./web-assembly.ts";

/** Rows of a matrix in a file, whole groups of them unless they are the matrix's last. */
export interface FileRows {
  readonly type: TensorType;
  readonly rows: number;
  readonly columns: number;
  readonly fd: number;
  readonly position: number; // of the first one's bytes
  readonly to: Address; // of the first one's group
}

/** What a thread reads at once: a core's own cache holds it with the tiles that it becomes. */
export const READ_BYTES = 2 ** 18;

const FIELDS = 7; // numbers of one list's entry

/** Rows in a memory, as threads read them. */
export function writeFileRows(memory: CpuMemory, list: readonly FileRows[]): Address {
  const at = memory.allocate(list.length * FIELDS * 8, "a list of rows");
  const numbers = list.flatMap(({ type, rows, columns, fd, position, to }) => {
    return [BLOCK_FORMATS[type].id, rows, columns, rowBytesOf(type, columns), fd, position, to];
  });
  memory.f64(at, numbers.length).set(numbers);
  return at;
}

export function rowBytesOf(type: TensorType, columns: number): number {
  const { blockSize, blockBytes } = BLOCK_FORMATS[type];
  return (columns / blockSize) * blockBytes;
}

/**
 * Packs entry `index` of a list.
 * @param staged room for its bytes, which no other thread uses
 * @throws Error of a file that ends early or cannot be read
 */
export function packFileRows(
  kernels: KernelExports,
  memory: WasmMemory,
  { list, index, staged }: { readonly list: Address; readonly index: number; readonly staged: Address },
): void {
  const entry = new Float64Array(memory.buffer, list + index * FIELDS * 8, FIELDS);
  const [type, rows, columns, rowBytes, fd, position, to] = entry as unknown as FieldsOf;
  const bytes = new Uint8Array(memory.buffer, staged, rows * rowBytes);
  for (let filled = 0; filled < bytes.byteLength; ) {
    const read = readSync(fd, bytes, filled, bytes.byteLength - filled, position + filled);
    if (read === 0) throw new RangeError(`the file ends at ${position + filled}`);
    filled += read;
  }
  kernels.repack(type, staged, rowBytes, rows, columns, to);
}

type FieldsOf = readonly [
  type: number,
  rows: number,
  columns: number,
  rowBytes: number,
  fd: number,
  position: number,
  to: Address,
];
