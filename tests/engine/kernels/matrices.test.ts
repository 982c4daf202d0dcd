// Tests of matrix products, and of a real model's numbers, once more on a driver that has subgroup matrices.
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runInnerTests } from "../../inner-tests.ts";
import { ensureNewerMesa, runOnNewerMesa, whyNoNewerMesa } from "../../newer-mesa.ts";

const PRODUCTS = ["kernels/linear.test.ts", "kernels/linear-fused.test.ts"];
const LIMIT_MS = 1_200_000; // for a run that hangs: these take a minute at most
const OUR_LIMIT_MS = LIMIT_MS + 600_000; // later, so that theirs is told; the driver is fetched before

const whyNot = process.env.CI ? undefined : whyNoNewerMesa();

describe.skipIf(whyNot)(`on a driver with subgroup matrices${whyNot ? `: ${whyNot}` : ""}`, () => {
  test.each([
    ["products of i8", "i8", PRODUCTS, undefined, 70],
    ["products of f16", "f16", PRODUCTS, undefined, 70],
    ["the tuner's check", "i8", ["tuner.test.ts"], "refused", 2],
    ["the 0.5B's numbers", "i8", ["parity.test.ts"], "kernels for gpu", 7],
  ] as const)("%s", { timeout: OUR_LIMIT_MS }, async (_, component, files, only, least) => {
    const mesa = await ensureNewerMesa(process.env.QWENLAB_CACHE_DIR!); // of setup.ts
    const on = { env: { TEST_MATRICES: component }, limitMs: LIMIT_MS };
    const paths = files.map((file) => join(import.meta.dirname, "..", file));
    const passed = await runInnerTests((args) => runOnNewerMesa(mesa, args, on), paths, only);
    expect(passed).toBeGreaterThanOrEqual(least); // else the filter found nothing
  });
});
