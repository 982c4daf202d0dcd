import { compileShader, type Operation } from "../shader.ts";
import { bindPlanes } from "./plane.ts";
import { readShader } from "./shader-text.ts";

const WORKGROUP_SIZE = 32; // as in rotate.wgsl
const PAIRS = 4; // an invocation

export interface RotateBuffers {
  readonly rotations: GPUBuffer; // f32 [maxTokens, headDim / 2, 2], as `ropeRotations` makes them
  readonly x: GPUBuffer; // f32 [maxTokens, numHeads, headDim]
  readonly y: GPUBuffer; // likewise
}

/** y = x, each head rotated by its token's angles. rope.ts does it on the way to attention. */
export async function compileRotate(
  device: GPUDevice,
  { numHeads, headDim }: { readonly numHeads: number; readonly headDim: number },
  { rotations, x, y }: RotateBuffers,
): Promise<Operation> {
  const constants = { NUM_HEADS: numHeads, HEAD_DIM: headDim };
  const pipeline = await compileShader(device, import.meta.url, { constants, prelude: readShader("rotation.wgsl") });
  const bindGroup = bindPlanes(device, pipeline, [x, y, undefined, undefined, undefined, rotations]);
  const groups = Math.ceil((numHeads * headDim) / 2 / PAIRS / WORKGROUP_SIZE);
  return (numTokens) => ({ label: "rotate", pipeline, bindGroup, workgroups: [groups, numTokens, 1] });
}
