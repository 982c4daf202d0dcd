// Tests of matrix products, and of a real model's numbers, once more on a driver that has subgroup matrices.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ensureNewerMesa, runOnNewerMesa, whyNoNewerMesa } from "../../newer-mesa.ts";

const VITEST = join(import.meta.dirname, "../../../node_modules/vitest/vitest.mjs");
const PRODUCTS = ["kernels/linear.test.ts", "kernels/linear-fused.test.ts"];

const whyNot = process.env.CI ? undefined : whyNoNewerMesa();

describe.skipIf(whyNot)(`on a driver with subgroup matrices${whyNot ? `: ${whyNot}` : ""}`, () => {
  test.each([
    ["products of i8", "i8", PRODUCTS, undefined, 70],
    ["products of f16", "f16", PRODUCTS, undefined, 70],
    ["the tuner's check", "i8", ["tuner.test.ts"], "refused", 2],
    ["the 0.5B's numbers", "i8", ["parity.test.ts"], "kernels for gpu", 7],
  ] as const)("%s", { timeout: 600_000 }, async (_, component, files, only, least) => {
    const mesa = await ensureNewerMesa(process.env.QWENLAB_CACHE_DIR!); // of setup.ts
    const folder = mkdtempSync(join(tmpdir(), "qwenlab-matrices-"));
    const results = join(folder, "results.json");
    const paths = files.map((file) => join(import.meta.dirname, "..", file));
    const filter = only === undefined ? [] : ["-t", only];
    const args = [VITEST, "run", "--reporter=json", `--outputFile=${results}`, ...filter, ...paths];
    const printed = await runOnNewerMesa(mesa, args, { TEST_MATRICES: component });
    const { numPassedTests, testResults } = JSON.parse(readFileSync(results, "utf8")) as Results;
    rmSync(folder, { recursive: true });
    const failed = testResults.flatMap(({ message, assertionResults }) => [
      ...(message ? [message] : []),
      ...assertionResults.filter(({ status }) => status === "failed").map(({ fullName }) => fullName),
    ]);
    expect(failed, printed).toEqual([]);
    expect(numPassedTests).toBeGreaterThanOrEqual(least); // else the filter found nothing
  });
});

/** What vitest's json reporter writes. */
interface Results {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}
