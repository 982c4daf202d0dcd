import { allocateMatrix, type Packer } from "../../../engine/cpu/kernels.ts";
import type { CpuMemory } from "../../../engine/cpu/memory.ts";
import type { PackedMatrix } from "../../../engine/cpu/packed.ts";
import { BLOCK_FORMATS, type TensorType } from "../../../engine/weights/block-formats.ts";
import { randomSource, type TestSource } from "../kernels/linear-sources.ts";

/** All types, and a number of columns that each can have. */
export const TYPES = (Object.keys(BLOCK_FORMATS) as TensorType[]).map((type) => ({
  type,
  columns: Math.max(BLOCK_FORMATS[type].blockSize, 32) * (BLOCK_FORMATS[type].blockSize === 256 ? 1 : 3),
}));

/** A random matrix of a type, packed; or one for each expert. */
export function packRandom(
  memory: CpuMemory,
  packer: Packer,
  { type, rows, columns, experts = 1 }: { type: TensorType; rows: number; columns: number; experts?: number },
): { readonly matrix: PackedMatrix; readonly source: TestSource } {
  const source = randomSource(type, rows * experts, columns);
  const matrix = allocateMatrix(memory, { type, rows, columns, experts }, "a test's matrix");
  const bytes = source.bytes.byteLength / experts;
  for (let e = 0; e < experts; e++) packer.pack(matrix, source.bytes.subarray(e * bytes, (e + 1) * bytes), 0, e);
  return { matrix, source };
}
