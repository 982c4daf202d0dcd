// Where a row's high bits and scales lie in a buffer, for those who read them (linear-rest-in-buffer.wgsl) and who write them
// (repack-rest-to-buffer.wgsl). A row of the plane, in words:
//   [HIGH_WORDS, blocks]            high bits: neighbouring lanes, which take neighbouring blocks, load neighbouring words
//   [BASE_WORDS, blocks / 8]        bases of scales, each for 8 blocks
//   [ceil(blocks * OWN_BITS / 32)]  what scales have of their own, OWN_BITS a block: 16 or 32
// linear-packed-*.wgsl says what bases and own bits are. The constants stand in front of this file.

const OWN_A_WORD = 32 / OWN_BITS; // blocks

fn row_words(blocks: u32) -> u32 { // as restInBuffer of linear-rest.ts
  return HIGH_WORDS * blocks + BASE_WORDS * (blocks / 8) + (blocks + OWN_A_WORD - 1) / OWN_A_WORD;
}

fn high_index(row: u32, blocks: u32, b: u32, i: u32) -> u32 { return row * row_words(blocks) + i * blocks + b; }

fn base_index(row: u32, blocks: u32, b: u32) -> u32 { return row * row_words(blocks) + HIGH_WORDS * blocks + b / 8; }

fn own_index(row: u32, blocks: u32, b: u32) -> u32 {
  return row * row_words(blocks) + HIGH_WORDS * blocks + BASE_WORDS * (blocks / 8) + b / OWN_A_WORD;
}

fn own_shift(b: u32) -> u32 { return (b % OWN_A_WORD) * OWN_BITS; } // in that word
