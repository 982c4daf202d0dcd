import { defineConfig } from "vitest/config";
import { isNightly } from "./tests/nightly.ts";

/** Whether this runs within a test, for whose sake all is set up. */
const isInner = process.env.TEST_MATRICES !== undefined || process.env.TEST_ADAPTER !== undefined;

/** Tests of small shaders; but for matrices.test.ts, which starts them anew. */
const SHADERS = [
  "tests/engine/kernels/!(matrices).test.ts",
  "tests/engine/{generation,graph,models}/*.test.ts",
  "tests/engine/{tuner,target,memory-plan}.test.ts",
];

/** Tests of a real model, which uses all cores. */
const REAL_MODEL = [
  "tests/engine/parity.test.ts",
  "tests/engine/kernels/matrices.test.ts",
  "tests/engine/second-adapter.test.ts",
  "tests/notebooks.test.ts",
  "tests/e2e/*.test.ts",
];

const common = {
  pool: "forks", // Dawn needs a process of its own; a lost device must not take other tests along
  testTimeout: 300_000, // of what hangs: on a slow and busy machine a shader alone may compile for many seconds
  hookTimeout: 600_000,
} as const;

export default defineConfig({
  test: {
    globalSetup: isInner ? [] : ["tests/setup.ts"],
    projects: [
      {
        test: {
          ...common,
          name: "shaders",
          include: SHADERS,
          maxWorkers: 2, // they wait for the driver's compiler, which uses one core
          sequence: { groupOrder: 0 },
          env: isNightly ? {} : { GALLIVM_PERF: "nopt" }, // lavapipe: optimizing takes longer than what runs once
        },
      },
      {
        test: {
          ...common,
          name: "others",
          include: ["tests/**/*.test.ts"],
          exclude: [...SHADERS, ...REAL_MODEL],
          maxWorkers: 2, // they wait for other processes most of the time
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...common,
          name: "real-model",
          include: REAL_MODEL,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
