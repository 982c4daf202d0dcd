import { performance } from "node:perf_hooks";
import { bindInOrder, compileShader } from "../shader.ts";

const BYTES = 64 * 2 ** 20; // past every cache that an adapter may have, within every limit
const REPEATS = 8;
const WORKGROUP_SIZE = 64;
const BYTES_PER_INVOCATION = 16;
const MAX_WORKGROUPS = 65_535; // a dimension; invocations stride over what is left

/** What an adapter's memory gives: bytes read and written per second by `copy.wgsl`, the best of several runs. */
export async function measureCopyBandwidth(device: GPUDevice): Promise<number> {
  const create = () => device.createBuffer({ label: "copy", size: BYTES, usage: GPUBufferUsage.STORAGE });
  const buffers = [create(), create()];
  const pipeline = await compileShader(device, import.meta.url, { constants: { WORKGROUP_SIZE } });
  const bindGroup = bindInOrder(device, pipeline, buffers);
  const workgroups = BYTES / BYTES_PER_INVOCATION / WORKGROUP_SIZE;
  let best = Number.POSITIVE_INFINITY; // ms
  for (let run = 0; run < REPEATS; run++) {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(Math.min(workgroups, MAX_WORKGROUPS));
    pass.end();
    const started = performance.now();
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
    best = Math.min(best, performance.now() - started);
  }
  for (const buffer of buffers) buffer.destroy();
  return (2 * BYTES) / (best / 1000);
}
