// What the processors do at best, for `qwenlab bench` to compare a model's steps with.
import { performance } from "node:perf_hooks";
import { createMachines } from "./machine.ts";
import type { CpuOperation } from "./operations.ts";
import { packedBytes, quantizedBytes } from "./packed.ts";

const ROUNDS = 10; // of which the fastest counts
const COPIED = { rows: 512, columns: 32_768 }; // 64 MB: more than caches hold
const PRODUCT = { rows: 256, columns: 256, tokens: 64 }; // 70 KB of weights, which a cache holds
const F32_BYTES = Float32Array.BYTES_PER_ELEMENT;

/** Bytes per second that all threads read and write. */
export async function measureCopyBandwidth(): Promise<number> {
  const { rows, columns } = COPIED;
  const bytes = rows * columns * F32_BYTES;
  const seconds = await fastest(rows, (allocate) => {
    const place = { x: allocate(bytes), xStride: columns, y: allocate(bytes), yStride: columns };
    return [{ kind: "columns", ...place, count: columns }];
  });
  return (2 * bytes) / seconds;
}

/** Products of int8 per second, of all threads. */
export async function measureInt8Peak(): Promise<number> {
  const { rows, columns, tokens } = PRODUCT;
  const seconds = await fastest(tokens, (allocate) => {
    const at = allocate(packedBytes("Q4_K", rows, columns));
    const weight = { type: "Q4_K" as const, rows, columns, experts: 1, at };
    const read = { weight, x: allocate(quantizedBytes(columns, tokens)), isQuantized: true, rowsPerToken: 1 };
    const written = { y: allocate(tokens * rows * F32_BYTES), yStride: rows, bias: 0, isAdded: false, isBeside: false };
    return [{ kind: "product", ...read, ...written }];
  });
  return (tokens * rows * columns) / seconds;
}

async function fastest(
  tokens: number,
  make: (allocate: (bytes: number) => number) => readonly CpuOperation[],
): Promise<number> {
  const [machine] = createMachines(1);
  const { memory, executor } = machine!;
  try {
    const operations = make((bytes) => memory.allocate(bytes));
    let seconds = Number.POSITIVE_INFINITY;
    for (let round = 0; round < ROUNDS; round++) {
      const begun = performance.now();
      await executor.run(operations, tokens);
      seconds = Math.min(seconds, (performance.now() - begun) / 1000);
    }
    return seconds;
  } finally {
    await executor.dispose();
  }
}
