// Q4_K, Q5_K: blocks of 256 values, 8 runs of 32: f16 d, f16 dmin, 8 six-bit scales and 8 six-bit minima in 12 bytes, 256
// fifth bits if HAS_FIFTH_BIT (bit s of byte l: value l of run s), then 128 bytes: 32 for each pair of runs, the even run in
// the low nibbles, the odd one in the high ones. value = d * scale * quant - dmin * minimum
// The constants stand in front of this file: HAS_FIFTH_BIT, BLOCK_BYTES.

const RUNS = 8u; // of 32 values a block

fn raw_quants(block: u32, run: u32, i: u32) -> u32 { // values 4i .. 4i+3 of the run, a byte each
  let nibbles = raw_word(block + select(16u, 48u, HAS_FIFTH_BIT) + (run / 2) * 32 + 4 * i);
  let low = (nibbles >> ((run % 2) * 4)) & 0x0f0f0f0fu;
  if (!HAS_FIFTH_BIT) { return low; }
  return low | (((raw_word(block + 16 + 4 * i) >> run) & 0x01010101u) << 4u);
}

// As linear-packed-k.wgsl unpacks them.
fn raw_base(block: u32) -> u32 { return raw_word(block); }
fn raw_own(block: u32, run: u32) -> u32 {
  let packed = block + 4;
  var scale = raw_byte(packed + run) & 63;
  var minimum = raw_byte(packed + run + 4) & 63;
  if (run >= 4) {
    let nibbles = raw_byte(packed + run + 4);
    scale = (nibbles & 15) | ((raw_byte(packed + run - 4) >> 6) << 4);
    minimum = (nibbles >> 4) | ((raw_byte(packed + run) >> 6) << 4);
  }
  return scale | (minimum << 8);
}
