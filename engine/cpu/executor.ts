import type { CpuOperation } from "./operations.ts";
import type { PackedMatrix } from "./packed.ts";
import type { FileRows } from "./packing.ts";

/** What computes in a `CpuMemory`. */
export interface Executor {
  /** Operations in their order, for so many tokens. A list is written down once: run the same one again where it is the same. */
  run(operations: readonly CpuOperation[], tokens: number): Promise<void>;
  /** Fills in rows from `firstRow` on, a multiple of GROUP_ROWS, with those of a model file. */
  pack(matrix: PackedMatrix, expert: number, firstRow: number, blocks: Uint8Array): void;
  readonly maxPackedBytes: number; // of `blocks`
  /**
   * The same for rows that all threads read from files, each by itself.
   * @param onTaken hears a few times a second how many of them are read or being read; what it throws ends the work
   * @returns the first of those that could not be read
   */
  packFile<Rows extends FileRows>(rows: readonly Rows[], onTaken: (count: number) => void): Promise<Rows | undefined>;
  dispose(): Promise<void>;
}
