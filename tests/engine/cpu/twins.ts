import { availableBuilds, compileKernels, createPacker, RESERVED_BYTES } from "../../../engine/cpu/kernels.ts";
import { type Address, CpuMemory } from "../../../engine/cpu/memory.ts";
import { runReference } from "../../../engine/cpu/operations.reference.ts";
import type { CpuOperation } from "../../../engine/cpu/operations.ts";
import { writeProgram } from "../../../engine/cpu/records.ts";
import { startThreads } from "../../../engine/cpu/threads.ts";
import { randomF32 } from "../random.ts";

/** What a test's operations run on: the plain build with one thread and with two, the fastest with two, others with one. */
export function createTwins() {
  const memory = new CpuMemory(RESERVED_BYTES);
  const builds = availableBuilds();
  const one = startThreads([memory], { count: 1, build: "plain" });
  const two = startThreads([memory], { count: 2, build: builds[0]! });
  const twoPlain = builds[0] === "plain" ? two : startThreads([memory], { count: 2, build: "plain" });
  const others = builds.slice(1).filter((build) => build !== "plain");
  const ones = others.map((build) => startThreads([memory], { count: 1, build }));
  const packer = createPacker(compileKernels(), memory);
  const first = memory.byteLength; // before it are the threads' own words
  const room = (length: number) => memory.allocate(length * 4, "a test's numbers");

  /** Runs them from what the memory holds now, and leaves that as it was. */
  async function resultOf(run: () => Promise<void> | void, y: Address, length: number): Promise<Float32Array> {
    const before = memory.u8(first, memory.byteLength - first).slice();
    await run();
    const result = memory.f32(y, length).slice();
    memory.u8(first, before.length).set(before);
    return result;
  }

  return {
    memory,
    packer,
    room,
    random(length: number, seed: number, scale = 1): Address {
      const at = room(length);
      memory.f32(at, length).set(randomF32(length, seed, scale));
      return at;
    },
    integers(values: readonly number[]): Address {
      const at = room(values.length);
      memory.u32(at, values.length).set(values);
      return at;
    },
    /** What the twin leaves at y, and what the kernels do: with one thread and with two, and with relaxed SIMD in whatever build, the very same bits. */
    async results(operations: readonly CpuOperation[], tokens: number, y: Address, length: number) {
      const program = writeProgram(memory, operations);
      const expected = await resultOf(() => runReference(memory, operations, tokens), y, length);
      const plain = await resultOf(() => one.run(program, tokens), y, length);
      const plainByTwo = await resultOf(() => twoPlain.run(program, tokens), y, length);
      const actual = await resultOf(() => two.run(program, tokens), y, length);
      if (!isSame(plain, plainByTwo)) throw new Error("two threads give other bits");
      for (const [i, threads] of ones.entries()) {
        const other = await resultOf(() => threads.run(program, tokens), y, length);
        if (!isSame(actual, other)) throw new Error(`the build ${others[i]} gives other bits than ${builds[0]}`);
      }
      return { expected, plain, actual };
    },
    dispose: () => Promise.all([one, two, twoPlain, ...ones].map((threads) => threads.dispose())),
  };
}

function isSame(a: Float32Array, b: Float32Array): boolean {
  return a.every((value, i) => Object.is(value, b[i]));
}
