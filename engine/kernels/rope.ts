import { compileShader, type Operation } from "../shader.ts";
import { BLOCK_TOKENS, type KeyValues } from "./key-values.ts";
import { bindPlanes } from "./plane.ts";
import { declare, readShader } from "./shader-text.ts";

const WORKGROUP_SIZE = 32;
const PAIRS = 4; // an invocation

export interface HeadSizes {
  readonly numHeads: number;
  readonly numKeyValueHeads: number; // divides numHeads
  readonly headDim: number; // a multiple of 32
}

export interface RopeBuffers {
  readonly places: GPUBuffer; // u32 [maxTokens, 2]: of each token its position, and where its block table begins
  readonly blockTables: GPUBuffer; // u32: blocks of the cache, in the order of positions
  readonly rotations: GPUBuffer; // f32 [contextLength, headDim / 2, 2], as `ropeRotations` makes it
  readonly qkv: GPUBuffer; // f32 [numTokens, numHeads + 2 * numKeyValueHeads, headDim]; q is rotated in place
  readonly keys: KeyValues; // written at the tokens' places
  readonly values: KeyValues; // likewise, and of the same kind
}

/** Rotates queries and keys by their positions, and writes keys and values to the cache. */
export async function compileRope(
  device: GPUDevice,
  sizes: HeadSizes,
  { places, blockTables, rotations, qkv, keys, values }: RopeBuffers,
): Promise<Operation> {
  const { numHeads, numKeyValueHeads, headDim } = sizes;
  const constants = { NUM_HEADS: numHeads, NUM_KV_HEADS: numKeyValueHeads, HEAD_DIM: headDim, WORKGROUP_SIZE };
  const prelude = declare({ BLOCK_TOKENS }) + readShader("rotation.wgsl") + readShader(`rope-to-${keys.kind}.wgsl`);
  const pipeline = await compileShader(device, import.meta.url, { constants, prelude });
  const groups = Math.ceil(((numHeads + 2 * numKeyValueHeads) * headDim) / 2 / PAIRS / WORKGROUP_SIZE);
  const bindGroup = bindPlanes(device, pipeline, [places, blockTables, qkv, keys, values, rotations]);
  return (numTokens) => ({ label: "rope", pipeline, bindGroup, workgroups: [groups, numTokens, 1] });
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

/** The same for heads that are left as they are. */
export function noRotations(contextLength: number, headDim: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: contextLength * headDim }, (_, i) => 1 - (i % 2));
}
