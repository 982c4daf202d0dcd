import type { HeadSizes } from "./rope.ts";

export interface RotatedHeads {
  readonly queries: Float32Array<ArrayBuffer>; // [numTokens, numHeads, headDim]
  readonly keys: Float32Array<ArrayBuffer>; // [numTokens, numKeyValueHeads, headDim]
  readonly values: Float32Array<ArrayBuffer>; // [numTokens, numKeyValueHeads, headDim]
}

/** What `rope.wgsl` must compute, in f64. `qkv`: [numTokens, numHeads + 2 * numKeyValueHeads, headDim] */
export function ropeReference(qkv: Float32Array, firstPosition: number, theta: number, sizes: HeadSizes): RotatedHeads {
  const { numHeads, numKeyValueHeads, headDim } = sizes;
  const rowSize = (numHeads + 2 * numKeyValueHeads) * headDim;
  const numTokens = qkv.length / rowSize;
  const select = (firstHead: number, heads: number, rotate: boolean) => {
    const selected = new Float32Array(numTokens * heads * headDim);
    for (let t = 0; t < numTokens; t++) {
      for (let head = 0; head < heads; head++) {
        for (let i = 0; i < headDim / 2; i++) {
          const source = t * rowSize + (firstHead + head) * headDim + i;
          const target = (t * heads + head) * headDim + i;
          const a = qkv[source]!;
          const b = qkv[source + headDim / 2]!;
          const angle = rotate ? (firstPosition + t) * theta ** ((-2 * i) / headDim) : 0;
          selected[target] = a * Math.cos(angle) - b * Math.sin(angle);
          selected[target + headDim / 2] = b * Math.cos(angle) + a * Math.sin(angle);
        }
      }
    }
    return selected;
  };
  return {
    queries: select(0, numHeads, true),
    keys: select(numHeads, numKeyValueHeads, true),
    values: select(numHeads + numKeyValueHeads, numKeyValueHeads, false),
  };
}
