/** No token's number is above it. */
export const MAX_GUMBEL = gumbelOf(0);

/**
 * A number of the standard Gumbel distribution for a token at a position; the same arguments give the same one, here and
 * in `sample.wgsl`. The token with the highest `logit / temperature + gumbel` is a draw from the softmax of
 * `logit / temperature` (Maddison et al. 2014, arXiv:1411.0030).
 *
 * @param seed u32
 */
export function gumbel(seed: number, position: number, token: number): number {
  return gumbelOf(randomBits(seed, position, token));
}

/** PCG3D (Jarzynski & Olano 2020, https://jcgt.org/published/0009/03/02/), of which the first word is used. */
function randomBits(seed: number, position: number, token: number): number {
  const next = (word: number) => (Math.imul(word, 1664525) + 1013904223) | 0;
  let [x, y, z] = [next(token), next(position), next(seed)];
  x = (x + Math.imul(y, z)) | 0;
  y = (y + Math.imul(z, x)) | 0;
  z = (z + Math.imul(x, y)) | 0;
  return ((x ^ (x >>> 16)) + Math.imul(y ^ (y >>> 16), z ^ (z >>> 16))) >>> 0;
}

/** @param bits u32; the lowest give the highest numbers, where f32 would not tell high ones apart */
function gumbelOf(bits: number): number {
  const uniform = Math.min((bits + 0.5) / 2 ** 32, 1 - 2 ** -24); // the shader's last number below 1
  return -Math.log(-Math.log1p(-uniform));
}
