// The threads that compute. The engine's own only waits for them, so that its server answers meanwhile.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { EngineError } from "../errors.ts";
import { compileKernels, type KernelBuild, type Kernels, MAX_THREADS } from "./kernels.ts";
import type { Address, CpuMemory } from "./memory.ts";
import { type FileRows, rowBytesOf, writeFileRows } from "./packing.ts";
import { BARRIER_WORDS, type Program } from "./records.ts";
import type { WasmMemory } from "./web-assembly.ts";

/** TypeScript declares it for ES2024; Node 20 has it. `value` is a promise only where the word is still `expected`. */
type WaitAsync = (words: Int32Array, at: number, expected: number) => { readonly value: string | Promise<string> };
const { waitAsync } = Atomics as unknown as { readonly waitAsync: WaitAsync };

/** Words by which threads are told what to do. */
export const COMMAND = {
  ...{ generation: 0, task: 1, done: 2 },
  ...{ memory: 3, at: 4, count: 5, tokens: 6 }, // what of: a program's records, or rows of files, and which memory they lie in
  ...{ next: 7, failed: 8, staged: 9, stagedBytes: 10 }, // of packing: the first row that no thread has taken; one that failed, or -1
} as const;
const COMMAND_WORDS = 16;

export const TASK = { run: 0, pack: 1 } as const;

const TOLD_EVERY = 100; // ms

export interface ThreadData {
  readonly kernels: Kernels;
  readonly memories: readonly WasmMemory[];
  readonly thread: number;
  readonly threads: number;
  readonly command: Address; // in the first memory
  readonly barriers: readonly Address[]; // one in each
}

export interface Threads {
  readonly count: number;
  /** Runs a program for so many tokens, one at a time. @throws EngineError `device-lost` if a thread has ended */
  run(program: Program, tokens: number): Promise<void>;
  /** As an executor's `packFile`, into one of the memories; likewise. */
  packFile<Rows extends FileRows>(
    memory: CpuMemory,
    rows: readonly Rows[],
    onTaken: (count: number) => void,
  ): Promise<Rows | undefined>;
  dispose(): Promise<void>;
}

export interface ThreadsOptions {
  readonly count?: number; // default: `threadCount()`
  readonly build?: KernelBuild; // default: the fastest that there is
}

/**
 * Threads that compute in any of the memories, in one of them at a time.
 * @throws EngineError as `allocate`
 */
export function startThreads(
  memories: readonly CpuMemory[],
  { count = threadCount(), build }: ThreadsOptions = {},
): Threads {
  const [first] = memories;
  const command = first!.allocate(COMMAND_WORDS * 4, "commands");
  const barriers = memories.map((memory) => memory.allocate(BARRIER_WORDS * 4, "a barrier"));
  const words = first!.i32(command, COMMAND_WORDS);
  const kernels = compileKernels(build);
  const entry = createRequire(import.meta.url).resolve("#dist/engine/cpu/worker.js");
  let lost: EngineError | undefined;
  let reject: ((error: EngineError) => void) | undefined; // of the run under way

  const workers = Array.from({ length: count }, (_, thread) => {
    const shared = { kernels, memories: memories.map(({ wasm }) => wasm), command, barriers };
    const workerData: ThreadData = { ...shared, thread, threads: count };
    const worker = new Worker(entry, { workerData, execArgv: [] });
    worker.unref(); // idle threads keep nobody alive
    const lose = (problem: string, cause?: unknown) => {
      const message = `A thread of the CPU target ended (${problem}); open the model anew.`;
      lost ??= new EngineError("device-lost", message, { cause });
      reject?.(lost);
    };
    worker.on("error", (error: Error) => lose(error.message, error));
    worker.on("exit", (code) => lose(`code ${code}`));
    return worker;
  });

  /** Until all threads are through the program. */
  async function finished(): Promise<void> {
    const failed = new Promise<never>((_, fail) => {
      reject = fail;
      if (lost) fail(lost);
    });
    failed.catch(() => {}); // heard of where it is waited for
    for (let done = Atomics.load(words, COMMAND.done); done < count; done = Atomics.load(words, COMMAND.done)) {
      await Promise.race([waitAsync(words, COMMAND.done, done).value, failed]);
    }
  }

  async function obey(told: Partial<Record<keyof typeof COMMAND, number>>): Promise<void> {
    if (reject) throw new TypeError("a program runs already: another would write over what it is told to run");
    for (const [word, value] of Object.entries({ ...told, done: 0 }))
      words[COMMAND[word as keyof typeof COMMAND]] = value;
    for (const worker of workers) worker.ref();
    Atomics.add(words, COMMAND.generation, 1);
    Atomics.notify(words, COMMAND.generation);
    try {
      await finished();
    } finally {
      reject = undefined;
      for (const worker of workers) worker.unref();
    }
  }

  return {
    count,
    run: ({ memory, at, length }, tokens) =>
      obey({ task: TASK.run, memory: memories.indexOf(memory), at, count: length, tokens }),
    async packFile(memory, rows, onTaken) {
      if (rows.length === 0) return undefined;
      const stagedBytes = Math.max(...rows.map((each) => each.rows * rowBytesOf(each.type, each.columns)));
      const staged = memory.allocate(stagedBytes * count, "room for packing");
      const list = { memory: memories.indexOf(memory), at: writeFileRows(memory, rows), count: rows.length };
      const packed = obey({ task: TASK.pack, ...list, next: 0, failed: -1, staged, stagedBytes });
      let stopped: { readonly error: unknown } | undefined;
      const tell = () => {
        try {
          onTaken(Math.min(Atomics.load(words, COMMAND.next), rows.length));
        } catch (error) {
          stopped ??= { error };
          Atomics.store(words, COMMAND.next, rows.length); // threads find nothing left
        }
      };
      const timer = setInterval(tell, TOLD_EVERY);
      await packed.finally(() => clearInterval(timer));
      tell();
      if (stopped) throw stopped.error;
      return rows[words[COMMAND.failed]!];
    },
    async dispose() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

/** One for each core that this process may use: a container's limit counts, where Node 20 sees only the machine's cores. */
export function threadCount(): number {
  return Math.max(1, Math.min(availableParallelism(), containerCores(), MAX_THREADS));
}

/** Of Linux' control groups: "max 100000", or microseconds in each period. */
function containerCores(): number {
  try {
    const [quota, period] = readFileSync("/sys/fs/cgroup/cpu.max", "utf8").split(" ");
    return quota === "max" ? Number.POSITIVE_INFINITY : Math.ceil(Number(quota) / Number(period));
  } catch {
    return Number.POSITIVE_INFINITY; // there is none
  }
}
