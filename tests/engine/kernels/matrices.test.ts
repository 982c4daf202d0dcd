// Tests of matrix products, and of a real model's numbers, once more on a driver that has subgroup matrices.
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runInnerTests } from "../../inner-tests.ts";
import { ensureNewerMesa, nodeOnNewerMesa, whyNoNewerMesa } from "../../newer-mesa.ts";
import { isNightly } from "../../nightly.ts";

const LEAST = isNightly ? 70 : 50; // of the products' tests
const PRODUCTS = ["kernels/linear.test.ts", "kernels/linear-fused.test.ts"];
const LIMIT_MS = 1_200_000; // of inner tests that hang: they take a minute or two
const OUR_LIMIT_MS = LIMIT_MS + 600_000; // later, so that theirs is told; and the driver may have to be fetched

const whyNot = process.env.CI ? undefined : whyNoNewerMesa();

describe.skipIf(whyNot)(`on a driver with subgroup matrices${whyNot ? `: ${whyNot}` : ""}`, () => {
  const F16 = ["products of f16", "f16", PRODUCTS, [], LEAST] as const;
  const NUMBERS = ["the 0.5B's numbers", "i8", ["parity.test.ts"], ["-t", "kernels for gpu"], 5] as const;
  test.each([
    ["products of i8", "i8", PRODUCTS, [], LEAST] as const,
    ["the tuner's check", "i8", ["tuner.test.ts"], ["-t", "refused"], 2] as const,
    ...(isNightly ? [F16, NUMBERS] : []), // the same kernels in another type, and a model made of these products; slow
  ])("%s", { timeout: OUR_LIMIT_MS }, async (_, component, files, filter, least) => {
    const { command, env } = nodeOnNewerMesa(await ensureNewerMesa(process.env.QWENLAB_CACHE_DIR!)); // of setup.ts
    const args = [...filter, ...files.map((file) => join(import.meta.dirname, "..", file))];
    const inner = { command, env: { ...env, TEST_MATRICES: component }, limitMs: LIMIT_MS, args };
    expect(await runInnerTests(inner)).toBeGreaterThanOrEqual(least); // else the filter found nothing
  });
});
