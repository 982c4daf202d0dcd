import { cpus } from "node:os";
import { afterEach, expect, test } from "vitest";
import { RESERVED_BYTES } from "../../../engine/cpu/kernels.ts";
import { CpuMemory } from "../../../engine/cpu/memory.ts";
import type { CpuOperation } from "../../../engine/cpu/operations.ts";
import { checkLimits, writeProgram } from "../../../engine/cpu/records.ts";
import { startThreads, type Threads, threadCount } from "../../../engine/cpu/threads.ts";

let threads: Threads | undefined;
afterEach(() => threads?.dispose());

const COLUMNS = 5000; // several pieces

/** y = 2 y, `times` times. */
function doubling(memory: CpuMemory, y: number, times: number) {
  const one: CpuOperation = { kind: "elementwise", function: "add", a: y, b: y, y, columns: COLUMNS };
  return writeProgram(memory, Array(times).fill(one));
}

test.each([1, 2, 3])("%i threads do everything once, run after run", async (count) => {
  const memory = new CpuMemory(RESERVED_BYTES);
  threads = startThreads([memory], { count });
  const y = memory.allocate(COLUMNS * 4);
  memory.f32(y, COLUMNS).fill(1);
  const program = doubling(memory, y, 10);
  for (let i = 0; i < 5; i++) await threads.run(program, 1);
  expect(memory.f32(y, COLUMNS).every((value) => value === 2 ** 50)).toBe(true);
});

test("memory that grew after the threads began is theirs, too", async () => {
  const memory = new CpuMemory(RESERVED_BYTES);
  threads = startThreads([memory], { count: 2 });
  memory.allocate(2 ** 26);
  const y = memory.allocate(COLUMNS * 4);
  memory.f32(y, COLUMNS).fill(1);
  await threads.run(doubling(memory, y, 3), 1);
  expect(memory.f32(y, COLUMNS).every((value) => value === 8)).toBe(true);
});

test("a thread that ends fails the run, and those that follow", async () => {
  const memory = new CpuMemory(RESERVED_BYTES);
  threads = startThreads([memory], { count: 2 });
  const y = 2 ** 32 - 4096; // where no memory is
  const program = writeProgram(memory, [{ kind: "elementwise", function: "add", a: y, b: y, y, columns: COLUMNS }]);
  const failure = { code: "device-lost", message: expect.stringMatching(/thread.*out of bounds.*open the model anew/) };
  await expect(threads.run(program, 1)).rejects.toMatchObject(failure);
  await expect(threads.run(program, 1)).rejects.toMatchObject(failure);
});

test("a second program while one runs is refused, and does not disturb it", async () => {
  const memory = new CpuMemory(RESERVED_BYTES);
  threads = startThreads([memory], { count: 2 });
  const y = memory.allocate(COLUMNS * 4);
  memory.f32(y, COLUMNS).fill(1);
  const program = doubling(memory, y, 4);
  const first = threads.run(program, 1);
  await expect(threads.run(program, 1)).rejects.toThrow("runs already");
  await first;
  expect(memory.f32(y, COLUMNS).every((value) => value === 16)).toBe(true);
});

test("the event loop turns while threads compute", async () => {
  const memory = new CpuMemory(RESERVED_BYTES);
  threads = startThreads([memory], { count: 1 });
  const y = memory.allocate(COLUMNS * 4);
  const program = doubling(memory, y, 1000);
  let turns = 0;
  for (let run = 0; run < 100 && turns <= 1; run++) {
    // In a run or two this thread may have no turn of the processor until the other is done.
    let isDone = false;
    const running = threads.run(program, 1).then(() => {
      isDone = true;
    });
    for (turns = 0; !isDone; turns++) await new Promise((resolve) => setImmediate(resolve));
    await running;
  }
  expect(turns).toBeGreaterThan(1);
});

test("past 4 GiB there is an error that says what to do", () => {
  const memory = new CpuMemory();
  expect(() => memory.allocate(2 ** 32, "weights")).toThrow(/weights: 4294967296 bytes are needed.*a smaller model/);
});

test("sizes past those of the kernels are an error that names both", () => {
  const cache = { type: "f16", keys: 0, values: 0, places: 0, blockTables: 0 } as const;
  const heads = { numHeads: 1, numKeyValueHeads: 1, headDim: 512 };
  const attention: CpuOperation = { kind: "attention", qkv: 0, cache, y: 0, slices: 0, contextLength: 16, ...heads };
  expect(() => checkLimits([attention])).toThrow(/attention head: 512.*256 at most/);
});

test("there is at least one thread, and no more than the machine has cores", () => {
  expect(threadCount()).toBeGreaterThanOrEqual(1);
  expect(threadCount()).toBeLessThanOrEqual(cpus().length);
});
