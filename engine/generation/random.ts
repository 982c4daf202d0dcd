import { randomInt } from "node:crypto";

/** Uniform numbers in [0, 1) with 32 random bits; the same seed gives the same ones. Default: a seed by chance. */
export function createRandom(seed = randomInt(2 ** 32)): () => number {
  // splitmix32: https://github.com/bryc/code/blob/master/jshash/PRNGs.md
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let bits = state ^ (state >>> 16);
    bits = Math.imul(bits, 0x21f0aaad);
    bits ^= bits >>> 15;
    bits = Math.imul(bits, 0x735a2d97);
    return ((bits ^ (bits >>> 15)) >>> 0) / 2 ** 32;
  };
}
