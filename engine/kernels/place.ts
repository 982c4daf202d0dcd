/** Where a token of a step stands. */
export interface Place {
  readonly slot: number; // in its sequence's part of the cache: tokens before it
  readonly table: number; // where its sequence's block table begins
  readonly sequence: number; // which of those that run side by side
  readonly scoreScale: number; // of its attention's scores, beside 1 / sqrt(headDim)
}

/** 32-bit words of a place. */
export const PLACE_WORDS = 4;

/** As place.wgsl reads them. */
export function placesOf(places: readonly Place[]): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(places.length * PLACE_WORDS);
  const floats = new Float32Array(words.buffer);
  for (const [i, { slot, table, sequence, scoreScale }] of places.entries()) {
    words.set([slot, table, sequence], i * PLACE_WORDS);
    floats[i * PLACE_WORDS + 3] = scoreScale;
  }
  return words;
}
