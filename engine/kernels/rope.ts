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
  readonly places: GPUBuffer; // [maxTokens], as `placesOf` makes them
  readonly blockTables: GPUBuffer; // u32: blocks of the cache, in the order of slots
  readonly rotations: GPUBuffer; // f32 [maxTokens, headDim / 2, 2], as `ropeRotations` makes them
  readonly qkv: GPUBuffer; // f32 [numTokens, numHeads + 2 * numKeyValueHeads, headDim]; q is rotated in place
  readonly keys: KeyValues; // written at the tokens' places
  readonly values: KeyValues; // likewise, and of the same kind
}

/** Rotates queries and keys by the step's angles, and writes keys and values to the cache. */
export async function compileRope(
  device: GPUDevice,
  sizes: HeadSizes,
  { places, blockTables, rotations, qkv, keys, values }: RopeBuffers,
): Promise<Operation> {
  const { numHeads, numKeyValueHeads, headDim } = sizes;
  const constants = { NUM_HEADS: numHeads, NUM_KV_HEADS: numKeyValueHeads, HEAD_DIM: headDim, WORKGROUP_SIZE };
  const prelude =
    readShader("place.wgsl") +
    declare({ BLOCK_TOKENS }) +
    readShader("rotation.wgsl") +
    readShader(`rope-to-${keys.kind}.wgsl`);
  const pipeline = await compileShader(device, import.meta.url, { constants, prelude });
  const groups = Math.ceil(((numHeads + 2 * numKeyValueHeads) * headDim) / 2 / PAIRS / WORKGROUP_SIZE);
  const bindGroup = bindPlanes(device, pipeline, [places, blockTables, qkv, keys, values, rotations]);
  return (numTokens) => ({ label: "rope", pipeline, bindGroup, workgroups: [groups, numTokens, 1] });
}

/** By what a token's heads are turned. */
export interface Turned {
  readonly angle: number; // its position in the text, which need not be its slot in the cache
  readonly theta: number;
}

/**
 * Cosines and sines of a step's angles, which are made here since a shader's own are not exact for large ones.
 * @returns f32 [tokens.length, headDim / 2, 2]
 */
export function ropeRotations(tokens: readonly Turned[], headDim: number): Float32Array<ArrayBuffer> {
  const half = headDim / 2;
  const frequencies = new Map<number, Float64Array>(); // by theta
  const frequenciesOf = (theta: number) => {
    const known = frequencies.get(theta) ?? Float64Array.from({ length: half }, (_, i) => theta ** (-i / half));
    frequencies.set(theta, known);
    return known;
  };
  const rotations = new Float32Array(tokens.length * headDim);
  for (const [t, { angle, theta }] of tokens.entries()) {
    const own = frequenciesOf(theta);
    for (let i = 0; i < half; i++) {
      rotations[(t * half + i) * 2] = Math.cos(angle * own[i]!);
      rotations[(t * half + i) * 2 + 1] = Math.sin(angle * own[i]!);
    }
  }
  return rotations;
}

/** The same for heads that are left as they are. */
export function noRotations(numTokens: number, headDim: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: numTokens * headDim }, (_, i) => 1 - (i % 2));
}
