import { describe, test } from "vitest";
import { rmsNormReference } from "../../../engine/kernels/rms-norm.reference.ts";
import { compileRmsNorm } from "../../../engine/kernels/rms-norm.ts";
import { expectAllClose } from "../all-close.ts";
import { f32Activations, openTestDevice, runAndReadF32, upload } from "../gpu.ts";
import { randomF32 } from "../random.ts";

const device = (await openTestDevice())?.device;

describe.skipIf(!device)("rms-norm.wgsl", () => {
  test.each([
    { numTokens: 1, hiddenSize: 896, scale: 1 }, // Qwen2.5-0.5B decode
    { numTokens: 7, hiddenSize: 896, scale: 1 }, // ... prefill
    { numTokens: 3, hiddenSize: 96, scale: 1 }, // not a multiple of the workgroup
    { numTokens: 2, hiddenSize: 29_568, scale: 1 }, // as wide as the 72B's MLP
    { numTokens: 2, hiddenSize: 896, scale: 1e5 }, // past what f16 holds
    { numTokens: 2, hiddenSize: 896, scale: 1e-5 }, // where epsilon decides
  ])("matches the reference for [$numTokens, $hiddenSize] of size $scale", async ({ numTokens, hiddenSize, scale }) => {
    const x = randomF32(numTokens * hiddenSize, 1, scale);
    const weight = randomF32(hiddenSize, 2);
    const y = f32Activations(device!, hiddenSize, numTokens);
    const buffers = { x: upload(device!, x), weight: upload(device!, weight), y };
    for (const workgroupSize of [8, 64]) {
      const rmsNorm = await compileRmsNorm(device!, 1e-6, buffers, workgroupSize);
      const actual = await runAndReadF32(device!, rmsNorm(numTokens), y.f32!.values);
      expectAllClose(actual, rmsNormReference(x, weight, 1e-6));
    }
  });
});
