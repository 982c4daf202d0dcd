// The CPU target: kernels in WebAssembly, run by threads over one memory.
export {
  allocateMatrix,
  availableBuilds,
  compileKernels,
  createPacker,
  type Packer,
  RESERVED_BYTES,
} from "./kernels.ts";
export { type Address, CpuMemory } from "./memory.ts";
export type { CacheType, CpuOperation, Heads, PagedCache } from "./operations.ts";
export { GROUP_ROWS, type PackedMatrix, packedBytes, quantizedBytes, takesQuantized } from "./packed.ts";
export { type Program, writeProgram } from "./records.ts";
export { startThreads, type Threads, threadCount } from "./threads.ts";
