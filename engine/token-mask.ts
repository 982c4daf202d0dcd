/** Whether a token's bit is set in a mask: a bit a token, the lowest first, 32 a word. */
export function isInMask(mask: Uint32Array | Int32Array, token: number): boolean {
  return ((mask[token >> 5]! >>> (token & 31)) & 1) === 1;
}
