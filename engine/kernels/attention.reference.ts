import type { HeadSizes } from "./rope.ts";

/**
 * What `attention.wgsl` must compute, in f64.
 * @param qkv [numTokens, numHeads + 2 * numKeyValueHeads, headDim]; of it only q is read
 * @param keys values likewise: [contextLength, numKeyValueHeads, headDim]
 * @returns [numTokens, numHeads, headDim]
 */
export function attentionReference(
  qkv: Float32Array,
  keys: Float32Array,
  values: Float32Array,
  firstPosition: number,
  { numHeads, numKeyValueHeads, headDim }: HeadSizes,
): Float32Array<ArrayBuffer> {
  const rowSize = (numHeads + 2 * numKeyValueHeads) * headDim;
  const numTokens = qkv.length / rowSize;
  const attended = new Float32Array(numTokens * numHeads * headDim);
  for (let t = 0; t < numTokens; t++) {
    for (let head = 0; head < numHeads; head++) {
      const query = qkv.subarray(t * rowSize + head * headDim, t * rowSize + (head + 1) * headDim);
      const kvHead = Math.floor(head / (numHeads / numKeyValueHeads));
      const rowOf = (key: number) => (key * numKeyValueHeads + kvHead) * headDim;
      const scores = Array.from({ length: firstPosition + t + 1 }, (_, key) => {
        const dot = query.reduce((sum, q, i) => sum + q * keys[rowOf(key) + i]!, 0);
        return dot / Math.sqrt(headDim);
      });
      const highest = scores.reduce((a, b) => Math.max(a, b));
      const weights = scores.map((score) => Math.exp(score - highest));
      const weightSum = weights.reduce((a, b) => a + b);
      for (let i = 0; i < headDim; i++) {
        const sum = weights.reduce((sum, weight, key) => sum + weight * values[rowOf(key) + i]!, 0);
        attended[(t * numHeads + head) * headDim + i] = sum / weightSum;
      }
    }
  }
  return attended;
}
