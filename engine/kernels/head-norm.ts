import { compileShader, type Operation } from "../shader.ts";
import { bindPlanes } from "./plane.ts";
import type { HeadSizes } from "./rope.ts";
import { declare } from "./shader-text.ts";

const GROUP_HEADS = 4; // heads of a workgroup, as in head-norm.wgsl

export interface HeadNormBuffers {
  readonly qkv: GPUBuffer; // f32 [maxTokens, numHeads + 2 * numKeyValueHeads, headDim]; q and k are normed in place
  readonly q: GPUBuffer; // f32 [headDim]
  readonly k: GPUBuffer; // f32 [headDim]
}

/** RMSNorm of each query head and each key head. */
export async function compileHeadNorm(
  device: GPUDevice,
  { numHeads, numKeyValueHeads, headDim }: HeadSizes,
  eps: number,
  { qkv, q, k }: HeadNormBuffers,
): Promise<Operation> {
  const normed = numHeads + numKeyValueHeads;
  const prelude = declare({
    NUM_HEADS: numHeads,
    NORMED: normed,
    HEADS: normed + numKeyValueHeads,
    QUADS: headDim / 4,
  });
  const pipeline = await compileShader(device, import.meta.url, { prelude, constants: { EPS: eps } });
  const bindGroup = bindPlanes(device, pipeline, [qkv, q, k]);
  const groups = Math.ceil(normed / GROUP_HEADS);
  return (numTokens) => ({ label: "head norm", pipeline, bindGroup, workgroups: [groups, numTokens, 1] });
}
