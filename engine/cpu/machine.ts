import type { Executor } from "./executor.ts";
import { availableBuilds, compileKernels, createPacker, type KernelBuild, RESERVED_BYTES } from "./kernels.ts";
import { CpuMemory } from "./memory.ts";
import type { CpuOperation } from "./operations.ts";
import { type Program, writeProgram } from "./records.ts";
import { startThreads, type Threads } from "./threads.ts";

/** A memory, and what computes in it. */
export interface Machine {
  readonly memory: CpuMemory;
  readonly executor: Executor;
}

const BUILDS: Readonly<Record<KernelBuild, string>> = {
  "wide-dot": "relaxed SIMD of 256 bits with products of bytes",
  "wide-relaxed": "relaxed SIMD of 256 bits",
  dot: "relaxed SIMD with products of bytes",
  relaxed: "relaxed SIMD",
  plain: "plain SIMD",
};

/** The fastest build of the kernels that this Node runs. */
export function kernelVariant(): string {
  return `WebAssembly, ${BUILDS[availableBuilds()[0]!]}`;
}

/**
 * So many memories, and the same threads for all of them: disposing of one executor ends them.
 * @throws EngineError `out-of-memory`
 */
export function createMachines(count: number): readonly Machine[] {
  const memories = Array.from({ length: count }, () => new CpuMemory(RESERVED_BYTES));
  const threads = startThreads(memories);
  return memories.map((memory) => createMachine(memory, threads));
}

function createMachine(memory: CpuMemory, threads: Threads): Machine {
  const packer = createPacker(compileKernels(), memory);
  const programs = new WeakMap<readonly CpuOperation[], Program>();
  return {
    memory,
    executor: {
      maxPackedBytes: packer.maxBytes,
      pack: (matrix, expert, firstRow, blocks) => packer.pack(matrix, blocks, firstRow, expert),
      run(operations, tokens) {
        const program = programs.get(operations) ?? writeProgram(memory, operations);
        programs.set(operations, program);
        return threads.run(program, tokens);
      },
      packFile: (rows, onTaken) => threads.packFile(memory, rows, onTaken),
      dispose: threads.dispose,
    },
  };
}
