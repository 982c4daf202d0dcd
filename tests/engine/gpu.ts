import { type Device, openDevice } from "../../engine/device.ts";
import { EngineError } from "../../engine/errors.ts";
import { holdEventLoop } from "../../engine/hold-event-loop.ts";
import { type Activations, createActivations } from "../../engine/kernels/activations.ts";
import { BLOCK_TOKENS, createKeyValues, type KeyValues } from "../../engine/kernels/key-values.ts";
import { placesOf } from "../../engine/kernels/place.ts";
import type { PlaneKind } from "../../engine/kernels/plane.ts";
import { ropeRotations } from "../../engine/kernels/rope.ts";
import { type Dispatch, encodePass } from "../../engine/shader.ts";

const USAGE = 0x80 | 0x4 | 0x8; // STORAGE, COPY_SRC, COPY_DST

/** The machine's adapter; undefined where there is none, which in CI is a failure. */
export async function openTestDevice(): Promise<Device | undefined> {
  try {
    return await openDevice({ adapter: process.env.TEST_ADAPTER }); // second-adapter.test.ts names one
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

/** Blocks in another order than their positions; every test's cache has them so. */
export function blockTable(tokens: number): Uint32Array<ArrayBuffer> {
  const blocks = Math.ceil(tokens / BLOCK_TOKENS);
  return Uint32Array.from({ length: blocks }, (_, i) => blocks - 1 - i);
}

/** Of tokens that follow each other: `places` of the kernels, whose block table begins at 0. */
export function placesFrom(slot: number, tokens: number): Uint32Array<ArrayBuffer> {
  return placesOf(Array.from({ length: tokens }, (_, i) => ({ slot: slot + i, table: 0, sequence: 0, scoreScale: 1 })));
}

interface RopeSizes {
  readonly headDim: number;
  readonly theta: number;
}

/** Likewise their `rotations`, by angles that are their slots. */
export function rotationsFrom(slot: number, tokens: number, { headDim, theta }: RopeSizes): Float32Array<ArrayBuffer> {
  return ropeRotations(
    Array.from({ length: tokens }, (_, i) => ({ angle: slot + i, theta })),
    headDim,
  );
}

/** @param data f32 [tokens, tokenBytes / 4], into blocks as `blockTable` says */
export function uploadKeyValues(
  device: GPUDevice,
  kind: PlaneKind,
  data: Float32Array<ArrayBuffer>,
  tokenBytes: number,
): KeyValues {
  const tokens = data.byteLength / tokenBytes;
  const table = blockTable(tokens);
  const keyValues = createKeyValues(device, kind, "cache", table.length, tokenBytes);
  const whole = new Float32Array((table.length * keyValues.blockBytes) / 4).fill(Number.NaN); // must not be used
  whole.set(data);
  const source = upload(device, whole);
  const encoder = device.createCommandEncoder();
  for (const [i, block] of table.entries()) keyValues.restore(encoder, block, source, i * keyValues.blockBytes);
  device.queue.submit([encoder.finish()]);
  return keyValues;
}

/** f32 [tokens, tokenBytes / 4], from blocks as `blockTable` says; `tokens` is rounded up to whole blocks. */
export async function readKeyValues(device: GPUDevice, keyValues: KeyValues, tokens: number): Promise<Float32Array> {
  const table = blockTable(tokens);
  const buffer = device.createBuffer({ size: table.length * keyValues.blockBytes, usage: USAGE });
  const encoder = device.createCommandEncoder();
  for (const [i, block] of table.entries()) keyValues.save(encoder, block, buffer, i * keyValues.blockBytes);
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
  encodePass(encoder, [dispatches].flat());
  encoder.copyBufferToBuffer(buffer, copy);
  device.queue.submit([encoder.finish()]);
  const refused = await device.popErrorScope();
  if (refused) throw new Error(refused.message);
  await holdEventLoop(copy.mapAsync(GPUMapMode.READ)); // the shaders are compiled meanwhile
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
