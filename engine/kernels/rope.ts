import { bindInOrder, compileShader, type Operation } from "../shader.ts";

const WORKGROUP_SIZE = 64;

export interface HeadSizes {
  readonly numHeads: number;
  readonly numKeyValueHeads: number; // divides numHeads
  readonly headDim: number; // a multiple of 4
}

export interface RopeBuffers {
  readonly step: GPUBuffer; // u32: [0] is the position of the first token
  readonly rotations: GPUBuffer; // f32 [contextLength, headDim / 2, 2], as `ropeRotations` makes it
  readonly qkv: GPUBuffer; // f32 [numTokens, numHeads + 2 * numKeyValueHeads, headDim]; q is rotated in place
  readonly keys: GPUBuffer; // f32 [contextLength, numKeyValueHeads, headDim]; written at the tokens' positions
  readonly values: GPUBuffer; // likewise
}
export type Rope = (buffers: RopeBuffers) => Operation;

/** Rotates queries and keys by their positions, and writes keys and values to the cache. */
export async function compileRope(device: GPUDevice, sizes: HeadSizes): Promise<Rope> {
  const { numHeads, numKeyValueHeads, headDim } = sizes;
  const constants = { NUM_HEADS: numHeads, NUM_KV_HEADS: numKeyValueHeads, HEAD_DIM: headDim, WORKGROUP_SIZE };
  const pipeline = await compileShader(device, import.meta.url, { constants });
  const groups = Math.ceil(((numHeads + 2 * numKeyValueHeads) * headDim) / 2 / WORKGROUP_SIZE);
  return ({ step, rotations, qkv, keys, values }) => {
    const bindGroup = bindInOrder(device, pipeline, [step, rotations, qkv, keys, values]);
    return (numTokens) => ({ label: "rope", pipeline, bindGroup, workgroups: [groups, numTokens, 1] });
  };
}

/**
 * Cosines and sines of all angles, since a shader's own are not exact for large ones.
 * @returns f32 [contextLength, headDim / 2, 2]
 */
export function ropeRotations(contextLength: number, headDim: number, theta: number): Float32Array<ArrayBuffer> {
  const half = headDim / 2;
  const rotations = new Float32Array(contextLength * half * 2);
  for (let i = 0; i < half; i++) {
    const frequency = theta ** (-i / half);
    for (let position = 0; position < contextLength; position++) {
      rotations[(position * half + i) * 2] = Math.cos(position * frequency);
      rotations[(position * half + i) * 2 + 1] = Math.sin(position * frequency);
    }
  }
  return rotations;
}
