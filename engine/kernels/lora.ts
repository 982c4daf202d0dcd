import { compileShader, type Operation } from "../shader.ts";
import type { Activations } from "./activations.ts";
import { bindPlanes } from "./plane.ts";

const SOFTWARE_WORKGROUP_SIZE = 8; // of lora-down.wgsl: on software adapters a barrier costs more than what is added up
const WORKGROUP_SIZE = 64;
const UP_WORKGROUP_SIZE = 64; // as in lora-up.wgsl

/** What an adapter adds to a matrix: scale * b a. */
export interface LoraDelta {
  readonly rank: number;
  readonly rows: number;
  readonly columns: number;
  readonly scale: number;
  readonly a: GPUBuffer; // f32 [rank, columns]
  readonly b: GPUBuffer; // f32 [rows, rank]
}

/** Which columns of y a matrix's rows are: `step` of them lie together, and the next are `stride` behind. */
export interface LoraTarget {
  readonly y: GPUBuffer; // f32 [maxTokens, width]
  readonly width: number;
  readonly first: number;
  readonly step: number;
  readonly stride: number;
}

/**
 * y += scale x (b a)^T
 * @param z f32 [maxTokens, rank or more], which is written over
 */
export async function compileLora(
  device: GPUDevice,
  x: Activations,
  { rank, rows, columns, scale, a, b }: LoraDelta,
  { y, width, first, step, stride }: LoraTarget,
  z: GPUBuffer,
): Promise<Operation> {
  if (x.f32 === undefined) throw new TypeError("the input of an adapter's product is kept as int8 only");
  const workgroupSize = device.adapterInfo.isFallbackAdapter ? SOFTWARE_WORKGROUP_SIZE : WORKGROUP_SIZE;
  const norm = { IS_NORMED: x.normEps === undefined ? 0 : 1, EPS: x.normEps ?? 0 };
  const [down, up] = await Promise.all([
    compileShader(device, import.meta.url, {
      file: "lora-down.wgsl",
      constants: { COLUMNS: columns, RANK: rank, SCALE: scale, WORKGROUP_SIZE: workgroupSize, ...norm },
    }),
    compileShader(device, import.meta.url, {
      file: "lora-up.wgsl",
      constants: { ROWS: rows, RANK: rank, WIDTH: width, FIRST: first, STEP: step, STRIDE: stride },
    }),
  ]);
  const bindDown = bindPlanes(device, down, [x.f32.values, x.f32.squares, a, z]);
  const bindUp = bindPlanes(device, up, [z, b, y]);
  const groups = Math.ceil(rows / UP_WORKGROUP_SIZE);
  return (numTokens) => [
    { label: "lora down", pipeline: down, bindGroup: bindDown, workgroups: [rank, numTokens, 1] },
    { label: "lora up", pipeline: up, bindGroup: bindUp, workgroups: [groups, numTokens, 1] },
  ];
}
