import { afterAll, beforeAll, expect, test } from "vitest";
import { compileActivations } from "../../../engine/kernels/activations.ts";
import { createLinears } from "../../../engine/kernels/linear.ts";
import { compileRmsNorm } from "../../../engine/kernels/rms-norm.ts";
import { f32Activations } from "../gpu.ts";
import { randomF32 } from "../random.ts";
import { openTestGpu, type TestGpu } from "./linear-gpu.ts";

const ROWS = 40;
const COLUMNS = 288;
const TOKENS = 9;

let gpu: TestGpu;
beforeAll(async () => {
  gpu = await openTestGpu();
});
afterAll(() => gpu?.dispose());

// int8 cannot be read back from a texture that lies with the kernels; its products tell.
test.each(["rows", "columns"] as const)("a kernel leaves the int8 that its f32 would become, %s", async (variant) => {
  const { device } = gpu;
  const linears = createLinears({ device, kernels: "software" }, { precision: "fast", variant });
  const bytes = new Uint8Array(ROWS * (COLUMNS / 32) * 34).map((_, i) => (i % 34 === 1 ? 0x28 : (i * 37) % 256));
  const read = async (into: Uint8Array, at: number) => into.set(bytes.subarray(at, at + into.length));
  const weight = await linears.upload([{ name: "w", type: "Q8_0", rows: ROWS, columns: COLUMNS, read }]);
  const x = gpu.upload(randomF32(16 * COLUMNS, 1));
  const normWeight = gpu.upload(randomF32(COLUMNS, 2));

  const f32 = f32Activations(device, COLUMNS, 16);
  const apart = linears.createActivations({ ...weight, label: "apart", maxTokens: 16 });
  const fused = linears.createActivations({ ...weight, label: "fused", maxTokens: 16 });
  const [y, yFused] = [gpu.create(16 * ROWS * 4), gpu.create(16 * ROWS * 4)];
  await gpu.checked(async () => {
    const operations = [
      await compileRmsNorm(device, 1e-6, { x, weight: normWeight, y: f32 }),
      await compileActivations(device, f32.f32!.values, apart),
      await linears.compile(weight, { x: apart, y }),
      await compileRmsNorm(device, 1e-6, { x, weight: normWeight, y: fused }),
      await linears.compile(weight, { x: fused, y: yFused }),
    ];
    await gpu.run(operations.flatMap((operation) => operation(TOKENS)));
  });
  const product = new Float32Array(await gpu.download(y));
  expect(product.some((value) => value !== 0)).toBe(true);
  expect(new Float32Array(await gpu.download(yFused))).toEqual(product);
});
