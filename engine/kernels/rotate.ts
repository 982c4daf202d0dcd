import { compileShader, type Operation } from "../shader.ts";
import { bindPlanes } from "./plane.ts";
import { readShader } from "./shader-text.ts";

const WORKGROUP_SIZE = 32; // as in rotate.wgsl
const PAIRS = 4; // an invocation

export interface RotateBuffers {
  readonly places: GPUBuffer; // u32 [maxTokens, 2]: of each token its position, and where its block table begins
  readonly rotations: GPUBuffer; // f32 [contextLength, headDim / 2, 2], as `ropeRotations` makes it
  readonly x: GPUBuffer; // f32 [maxTokens, numHeads, headDim]
  readonly y: GPUBuffer; // likewise
}

/** y = x, each head rotated by its token's position. rope.ts does it on the way to attention. */
export async function compileRotate(
  device: GPUDevice,
  { numHeads, headDim }: { readonly numHeads: number; readonly headDim: number },
  { places, rotations, x, y }: RotateBuffers,
): Promise<Operation> {
  const constants = { NUM_HEADS: numHeads, HEAD_DIM: headDim };
  const pipeline = await compileShader(device, import.meta.url, { constants, prelude: readShader("rotation.wgsl") });
  const bindGroup = bindPlanes(device, pipeline, [places, x, y, undefined, undefined, rotations]);
  const groups = Math.ceil((numHeads * headDim) / 2 / PAIRS / WORKGROUP_SIZE);
  return (numTokens) => ({ label: "rotate", pipeline, bindGroup, workgroups: [groups, numTokens, 1] });
}
