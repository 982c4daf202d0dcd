import type { PlaneKind } from "./plane.ts";

const WORD_BITS = 32;
const TEXEL_WORDS = 4;
const BASE_BLOCKS = 8; // that share a base: a block of 256 values of the file

/**
 * Scales, by how the file has them. In a texture they are `words` a block, which linear-scales-*.wgsl takes, most of them f32; in a
 * buffer they keep the file's bits, which linear-packed-*.wgsl makes those words of: `baseWords` for 8 blocks, `ownBits` a block.
 */
const SCALES = {
  f16: { reader: "one", dots: 1, words: 1, baseWords: 0, ownBits: 16 },
  "f16-offset": { reader: "offset", dots: 1, words: 2, baseWords: 0, ownBits: 32 },
  k: { reader: "offset", dots: 1, words: 2, baseWords: 1, ownBits: 16 },
  "q6-k": { reader: "halves", dots: 2, words: 2, baseWords: 1, ownBits: 16 },
  "q2-k": { reader: "offset-halves", dots: 2, words: 2, baseWords: 1, ownBits: 16 },
  "q3-k": { reader: "halves-in-word", dots: 2, words: 1, baseWords: 1, ownBits: 16 },
  "iq4-xs": { reader: "one", dots: 1, words: 1, baseWords: 1, ownBits: 8 },
} as const;

/** Files of a reader with load_scales, block_sum and block_sum_f32. */
const READERS = {
  one: ["linear-scales-one.wgsl"],
  offset: ["linear-scales-offset.wgsl"],
  halves: ["linear-scales-halves.wgsl", "linear-sums-halves.wgsl"],
  "halves-in-word": ["linear-scales-halves-in-word.wgsl", "linear-sums-halves.wgsl"],
  "offset-halves": ["linear-scales-offset-halves.wgsl"],
} as const;

export type LinearScales = keyof typeof SCALES | "none";

/** The plane beside that of quants: a row's high bits and scales. */
export interface LinearRest {
  readonly name: string; // of the scales; planes with the same name are read by the same shaders
  readonly dots: 1 | 2; // sums of a block's products that scales tell apart
  readonly rowWords: (blocks: number) => number; // that a row of so many blocks takes; 0: there is no such plane
  readonly constants: Readonly<Record<string, number>>; // in front of both kinds of files
  readonly readers: readonly string[]; // files with rest_at and load_scales
  readonly writers: readonly string[]; // files with write_high and write_scales
}

/** @param highWords a block's words of high bits */
export function linearRest(scales: LinearScales, highWords: number, kind: PlaneKind): LinearRest {
  if (scales === "none") {
    return {
      name: scales,
      dots: 1,
      rowWords: () => 0,
      constants: {},
      readers: ["linear-scales-none.wgsl"],
      writers: [],
    };
  }
  return kind === "texture" ? restInTexture(scales, highWords) : restInBuffer(scales, highWords);
}

function restInTexture(scales: keyof typeof SCALES, highWords: number): LinearRest {
  const { reader, dots, words: scaleWords } = SCALES[scales];
  const words = 2 ** Math.ceil(Math.log2(highWords + scaleWords)); // a block, so that none lies in two texels
  return {
    name: reader,
    dots,
    rowWords: (blocks) => blocks * words,
    constants: { HIGH_WORDS: highWords, SCALE_WORDS: scaleWords, REST_WORDS: words, REST_BLOCKS: TEXEL_WORDS / words },
    readers: ["linear-rest-in-texture.wgsl", ...READERS[reader]],
    writers: [`linear-packed-${scales}.wgsl`, "repack-rest-to-texture.wgsl"],
  };
}

function restInBuffer(scales: keyof typeof SCALES, highWords: number): LinearRest {
  const { reader, dots, baseWords, ownBits } = SCALES[scales];
  return {
    name: scales,
    dots,
    // As row_words of linear-rest-rows.wgsl.
    rowWords: (blocks) =>
      blocks * highWords + (blocks / BASE_BLOCKS) * baseWords + Math.ceil((blocks * ownBits) / WORD_BITS),
    constants: { HIGH_WORDS: highWords, BASE_WORDS: baseWords, OWN_BITS: ownBits },
    readers: [
      "linear-rest-rows.wgsl",
      `linear-packed-${scales}.wgsl`,
      "linear-rest-in-buffer.wgsl",
      ...READERS[reader],
    ],
    writers: ["linear-rest-rows.wgsl", "repack-rest-to-buffer.wgsl"],
  };
}
