import { performance } from "node:perf_hooks";
import { bindInOrder, compileShader } from "../shader.ts";

const WAYS = ["dots", "pairs"] as const; // entry points: dot4I8Packed, and two products in one multiplication
const WORKGROUPS = 512;
const WORKGROUP_SIZE = 64; // as in the shader
const PRODUCTS = { dots: 8 * 4, pairs: 8 * 2 } as const; // a round of an invocation
const ROUNDS = 256; // as in the shader
const REPEATS = 6;

/** What an adapter's arithmetic gives: products of int8, added up, per second; the faster of the two ways that kernels have. */
export async function measureInt8Peak(device: GPUDevice): Promise<number> {
  const size = WORKGROUPS * WORKGROUP_SIZE * 4;
  const y = device.createBuffer({ label: "int8 peak", size, usage: GPUBufferUsage.STORAGE });
  let peak = 0;
  for (const way of WAYS) {
    const pipeline = await compileShader(device, import.meta.url, { prelude: `const PAIRS = ${way === "pairs"};\n` });
    const bindGroup = bindInOrder(device, pipeline, [y]);
    for (let run = 0; run < REPEATS; run++) {
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(WORKGROUPS);
      pass.end();
      const started = performance.now();
      device.queue.submit([encoder.finish()]);
      await device.queue.onSubmittedWorkDone();
      const seconds = (performance.now() - started) / 1000;
      peak = Math.max(peak, (WORKGROUPS * WORKGROUP_SIZE * ROUNDS * PRODUCTS[way]) / seconds);
    }
  }
  y.destroy();
  return peak;
}
