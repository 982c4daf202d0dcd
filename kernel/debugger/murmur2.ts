const MULTIPLIER = 0x5bd1e995;

/** MurmurHash2 (32 bits) of the text's UTF-8: what front ends compute of a cell, too, to know which one stopped. */
export function murmur2(text: string, seed: number): number {
  const bytes = new TextEncoder().encode(text);
  const view = new DataView(bytes.buffer);
  let hash = seed ^ bytes.length;
  let i = 0;
  for (; i + 4 <= bytes.length; i += 4) {
    let word = Math.imul(view.getUint32(i, true), MULTIPLIER);
    word ^= word >>> 24;
    hash = Math.imul(hash, MULTIPLIER) ^ Math.imul(word, MULTIPLIER);
  }
  if (i < bytes.length) {
    for (let k = bytes.length - 1; k >= i; k--) hash ^= view.getUint8(k) << (8 * (k - i));
    hash = Math.imul(hash, MULTIPLIER);
  }
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER);
  return (hash ^ (hash >>> 15)) >>> 0;
}
