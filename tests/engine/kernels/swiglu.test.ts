import { describe, test } from "vitest";
import { swigluReference } from "../../../engine/kernels/swiglu.reference.ts";
import { compileSwiglu } from "../../../engine/kernels/swiglu.ts";
import { expectAllClose } from "../all-close.ts";
import { f32Activations, openTestDevice, runAndReadF32, upload } from "../gpu.ts";
import { randomF32 } from "../random.ts";

const device = (await openTestDevice())?.device;

describe.skipIf(!device)("swiglu.wgsl", () => {
  test.each([
    { numTokens: 1, intermediateSize: 4864, scale: 8 }, // Qwen2.5-0.5B decode
    { numTokens: 5, intermediateSize: 4864, scale: 8 }, // ... prefill
    { numTokens: 3, intermediateSize: 96, scale: 8 }, // not a multiple of the workgroup
    { numTokens: 2, intermediateSize: 64, scale: 1e5 }, // past what exp and f16 hold
  ])("matches the reference for [$numTokens, $intermediateSize] of size $scale", async (shape) => {
    const { numTokens, intermediateSize, scale } = shape;
    const gateUp = randomF32(numTokens * 2 * intermediateSize, 3, scale);
    const y = f32Activations(device!, intermediateSize, numTokens);
    const swiglu = await compileSwiglu(device!, { gateUp: upload(device!, gateUp), y });
    const actual = await runAndReadF32(device!, swiglu(numTokens), y.f32!.values);
    expectAllClose(actual, swigluReference(gateUp, intermediateSize));
  });
});
