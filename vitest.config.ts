import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    globalSetup: process.env.TEST_MATRICES ? [] : ["tests/setup.ts"], // else this runs within a test: matrices.test.ts
    pool: "forks", // Dawn needs a process of its own; a lost device must not take other tests along
    fileParallelism: false, // two cores: a software adapter uses them all
    testTimeout: 60_000,
    hookTimeout: 300_000,
  },
});
