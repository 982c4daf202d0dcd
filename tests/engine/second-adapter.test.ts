// Kernels and whole models once more on SwiftShader, the software driver that comes with Chromium: another compiler of
// shaders, without f16, and with no more than WebGPU promises. What only happens to work on one driver fails here.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runInnerTests } from "../inner-tests.ts";
import { isNightly } from "../nightly.ts";

const MANIFEST = "/usr/lib/chromium/vk_swiftshader_icd.json"; // Debian's
const FILES = ["rms-norm", "rope", "swiglu", "argmax"].map((name) => `kernels/${name}`);
const MORE = [
  ...["activations", "linear", "linear-fused", "attention", "sample"].map((name) => `kernels/${name}`),
  "models/architectures",
]; // each takes minutes
const LIMIT_MS = isNightly ? 9_000_000 : 3_000_000; // of inner tests that hang; the night's compute for an hour

const whyNot = existsSync(MANIFEST) || process.env.CI ? undefined : "no Chromium of Debian's";

describe.skipIf(whyNot)(`on SwiftShader${whyNot ? `: ${whyNot}` : ""}`, () => {
  test("kernels and models are right", { timeout: LIMIT_MS + 60_000 }, async () => {
    const files = [...FILES, ...(isNightly ? MORE : [])].map((name) => join(import.meta.dirname, `${name}.test.ts`));
    const env = { VK_DRIVER_FILES: MANIFEST, TEST_ADAPTER: "SwiftShader" };
    expect(await runInnerTests({ env, limitMs: LIMIT_MS, args: files })).toBeGreaterThanOrEqual(isNightly ? 400 : 20);
  });
});
