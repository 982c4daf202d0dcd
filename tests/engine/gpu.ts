import { type Device, openDevice } from "../../engine/device.ts";
import { EngineError } from "../../engine/errors.ts";
import { type Activations, createActivations } from "../../engine/kernels/activations.ts";
import { createKeyValues, type KeyValues } from "../../engine/kernels/key-values.ts";
import type { PlaneKind } from "../../engine/kernels/plane.ts";
import type { Dispatch } from "../../engine/shader.ts";

const USAGE = 0x80 | 0x4 | 0x8; // STORAGE, COPY_SRC, COPY_DST

/** The machine's adapter; undefined where there is none, which in CI is a failure. */
export async function openTestDevice(): Promise<Device | undefined> {
  try {
    return await openDevice();
  } catch (error) {
    if (!process.env.CI && error instanceof EngineError && error.code === "no-adapter") return undefined;
    throw error;
  }
}

export function upload(device: GPUDevice, data: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>): GPUBuffer {
  const buffer = device.createBuffer({ size: data.byteLength, usage: USAGE });
  device.queue.writeBuffer(buffer, 0, data);
  return buffer;
}

/** Where a kernel leaves its result as it is. */
export function f32Activations(device: GPUDevice, columns: number, maxTokens: number): Activations {
  return createActivations(device, { label: "result", columns, maxTokens, f32: true, int8: undefined });
}

/** @param data f32 [tokens, tokenBytes / 4] */
export function uploadKeyValues(
  device: GPUDevice,
  kind: PlaneKind,
  data: Float32Array<ArrayBuffer>,
  tokenBytes: number,
): KeyValues {
  const tokens = data.byteLength / tokenBytes;
  const keyValues = createKeyValues(device, kind, "cache", tokens, tokenBytes);
  const encoder = device.createCommandEncoder();
  keyValues.restore(encoder, 0, tokens, upload(device, data), 0);
  device.queue.submit([encoder.finish()]);
  return keyValues;
}

export async function readKeyValues(device: GPUDevice, keyValues: KeyValues, tokens: number): Promise<Float32Array> {
  const buffer = device.createBuffer({ size: tokens * keyValues.tokenBytes, usage: USAGE });
  const encoder = device.createCommandEncoder();
  keyValues.save(encoder, 0, tokens, buffer, 0);
  device.queue.submit([encoder.finish()]);
  return runAndReadF32(device, [], buffer);
}

/** Runs the dispatches and reads `buffer`; fails with what the device refused. */
export async function runAndRead(
  device: GPUDevice,
  dispatches: Dispatch | readonly Dispatch[],
  buffer: GPUBuffer,
): Promise<ArrayBuffer> {
  device.pushErrorScope("validation");
  const copy = device.createBuffer({ size: buffer.size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  for (const { pipeline, bindGroup, workgroups } of [dispatches].flat()) {
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(...workgroups);
  }
  pass.end();
  encoder.copyBufferToBuffer(buffer, copy);
  device.queue.submit([encoder.finish()]);
  const refused = await device.popErrorScope();
  if (refused) throw new Error(refused.message);
  await copy.mapAsync(GPUMapMode.READ);
  const bytes = copy.getMappedRange().slice(0);
  copy.destroy();
  return bytes;
}

export async function runAndReadF32(
  device: GPUDevice,
  dispatches: Dispatch | readonly Dispatch[],
  buffer: GPUBuffer,
): Promise<Float32Array> {
  return new Float32Array(await runAndRead(device, dispatches, buffer));
}
