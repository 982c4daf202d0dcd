// IQ4_XS: blocks of 256 values, 8 runs of 32: f16 d; the scales' upper two bits in two bytes, run 0's lowest; their lower 4 bits in
// 4 bytes, low nibbles first; 128 bytes: 16 for each run, with value j in the low nibble of byte j and value 16+j in the high one.
// value = d * (scale - 32) * what the nibble stands for, in linear-quants-4-nl.wgsl

const RUNS = 8u; // of 32 values a block

fn raw_quants(block: u32, run: u32, i: u32) -> u32 { // nibbles of values 4i .. 4i+3 of the run, a byte each
  return (raw_word(block + 8 + 16 * run + 4 * (i % 4)) >> select(0u, 4u, i >= 4)) & 0x0f0f0f0fu;
}

// As linear-packed-iq4-xs.wgsl unpacks them.
fn raw_base(block: u32) -> u32 { return raw_half(block); }
fn raw_own(block: u32, run: u32) -> u32 {
  let low = (raw_byte(block + 4 + run / 2) >> (4 * (run % 2))) & 15;
  let high = (raw_half(block + 2) >> (2 * run)) & 3;
  return ((low | (high << 4)) - 32) & 0xffu;
}
