// Q4_0, Q4_1, Q5_0, Q5_1, IQ4_NL: blocks of 32 values: f16 scale, f16 minimum if HAS_MINIMUM, 32 fifth bits if HAS_FIFTH_BIT, then
// 16 bytes with value j in the low nibble of byte j and value 16+j in the high one.
// The constants stand in front of this file: HAS_MINIMUM, HAS_FIFTH_BIT, BLOCK_BYTES.

const RUNS = 1u; // of 32 values a block

fn raw_quants(block: u32, run: u32, i: u32) -> u32 { // values 4i .. 4i+3, a byte each
  let header = select(2u, 4u, HAS_MINIMUM);
  let nibbles = raw_word(block + header + select(0u, 4u, HAS_FIFTH_BIT) + (i % 4) * 4);
  let low = (nibbles >> select(0u, 4u, i >= 4)) & 0x0f0f0f0fu;
  if (!HAS_FIFTH_BIT) { return low; }
  let bits = (raw_word(block + header) >> (4 * i)) & 0xfu;
  return low | (((bits * 0x00204081u) & 0x01010101u) << 4u); // bit c of `bits` to byte c
}

// As linear-packed-f16.wgsl or linear-packed-f16-offset.wgsl unpacks them.
fn raw_base(block: u32) -> u32 { return 0; }
fn raw_own(block: u32, run: u32) -> u32 {
  if (HAS_MINIMUM) { return raw_word(block); }
  return raw_half(block);
}
