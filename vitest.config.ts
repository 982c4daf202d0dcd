import { defineConfig } from "vitest/config";
import { MixedOrder } from "./tests/mixed-order.ts";
import { isNightly } from "./tests/nightly.ts";

/** Whether this runs within a test, for whose sake all is set up. */
const isInner = process.env.TEST_MATRICES !== undefined || process.env.TEST_ADAPTER !== undefined;

/** Tests of small shaders; but for matrices.test.ts, which starts them anew. */
const SHADERS = [
  "tests/engine/kernels/!(matrices).test.ts",
  "tests/engine/{generation,graph,models}/*.test.ts",
  "tests/engine/{tuner,target,memory-plan}.test.ts",
];

/** Tests that leave their process as it was: a new one for each, with the program loaded anew, takes longer than many do. */
const SHARED_OF_ENGINE = ["tests/engine/{grammar,tokenizer,weights}/!(grammars|real-model).test.ts"]; // these two run the real model
const SHARED = [...SHARED_OF_ENGINE, "tests/{bench,interpreter,kernel}/**/*.test.ts"];

/** Of these, what replaces modules, changes the environment, or counts what the process holds. */
const OWN_PROCESS = [
  "tests/interpreter/sessions/{compiler-snapshot,forged-replies,long-life}.test.ts",
  "tests/interpreter/{chat-model,confinement/attempts}.test.ts",
  "tests/kernel/{kernelspec,other-users}.test.ts",
  "tests/kernel/cli/run-agent.test.ts",
];

/** Tests of a real model, which uses all cores. */
const REAL_MODEL = [
  "tests/engine/parity.test.ts",
  "tests/engine/kernels/matrices.test.ts",
  "tests/engine/second-adapter.test.ts",
  "tests/engine/server/real-model.test.ts",
  "tests/notebooks.test.ts",
  "tests/e2e/notebook.test.ts",
];

const common = {
  pool: "forks", // Dawn needs a process of its own; a lost device must not take other tests along
  maxWorkers: 3, // also of two cores: many tests wait for other processes
  sequence: { groupOrder: 0 }, // all projects in one queue
  testTimeout: 300_000, // of what hangs: on a slow and busy machine a shader alone may compile for many seconds
  expect: { poll: { timeout: 240_000 } }, // the same of what is waited for; the test's own end would not say for what
  hookTimeout: 600_000,
} as const;

export default defineConfig({
  test: {
    sequence: { sequencer: MixedOrder },
    globalSetup: isInner ? [] : ["tests/setup.ts"],
    projects: [
      {
        test: {
          ...common,
          name: "others",
          include: ["tests/{*,{conformance,e2e,engine,systems}/**/*}.test.ts", ...OWN_PROCESS],
          exclude: [
            ...(isNightly ? [] : ["tests/systems/*.test.ts"]), // they fetch gigabytes
            ...SHADERS,
            ...REAL_MODEL,
            ...SHARED_OF_ENGINE,
          ],
        },
      },
      {
        test: { ...common, name: "real-model", include: REAL_MODEL },
      },
      {
        test: {
          ...common,
          name: "shaders",
          include: SHADERS,
          env: isNightly ? {} : { GALLIVM_PERF: "nopt" }, // lavapipe: optimizing takes longer than what runs once
        },
      },
      {
        test: { ...common, name: "shared", include: SHARED, exclude: [...REAL_MODEL, ...OWN_PROCESS], isolate: false },
      },
    ],
  },
});
