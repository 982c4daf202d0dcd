// Tests of the CPU's kernels once more on Node 24, whose V8 makes vectors of 256 bits and products of bytes of them: as it has
// optimized them, from the first call on, since these are the ones that users' models run.
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runInnerTests } from "../../inner-tests.ts";
import { ensureNode24 } from "../../node-24.ts";

const LIMIT_MS = 1_200_000; // of inner tests that hang: they take some seconds
const OUR_LIMIT_MS = LIMIT_MS + 600_000; // later, so that theirs is told; and Node may have to be fetched
const OPTIMIZED = "--execArgv=--no-liftoff"; // V8's compiler that does not optimize is left out

describe("on Node 24", () => {
  test.each([
    ["products", ["cpu/product.test.ts", "cpu/packed.test.ts"], [], 140] as const,
    ["other operations", ["cpu/operations.test.ts"], [], 30] as const,
    ["the 0.5B's numbers", ["parity.test.ts"], ["-t", "fast, kernels for cpu"], 4] as const,
  ])("%s", { timeout: OUR_LIMIT_MS }, async (_, files, filter, least) => {
    const command = [await ensureNode24(process.env.QWENLAB_CACHE_DIR!)]; // of setup.ts
    const args = [OPTIMIZED, ...filter, ...files.map((file) => join(import.meta.dirname, "..", file))];
    const env = { TEST_MATRICES: "none" }; // these tests are set up already
    expect(await runInnerTests({ command, env, limitMs: LIMIT_MS, args })).toBeGreaterThanOrEqual(least);
  });
});
