// Q3_K: blocks of 256 values, 8 runs of 32: 32 bytes of third bits (bit r of byte l: value l of run r), 64 bytes of the lower two
// bits as in repack-q2-k.wgsl, 16 six-bit scales (one for 16 values, 32 stands for zero) in 12 bytes, f16 d.
// value = d * (scale - 32) * (quant - 4)

const RUNS = 8u; // of 32 values a block

fn raw_quants(block: u32, run: u32, i: u32) -> u32 { // values 4i .. 4i+3 of the run, a byte each
  let pairs = (raw_word(block + 32 + 32 * (run / 4) + 4 * i) >> (2 * (run % 4))) & 0x03030303u;
  return pairs | (((raw_word(block + 4 * i) >> run) & 0x01010101u) << 2u);
}

// Scale s of 16: its lower 4 bits are in byte s % 8 of the first eight, the low nibbles before the high ones, its upper two bits in
// byte s % 4 of the last four, at bit 2 (s / 4).
fn raw_scale(block: u32, s: u32) -> u32 {
  let low = (raw_byte(block + 96 + s % 8) >> (4 * (s / 8))) & 15;
  let high = (raw_byte(block + 104 + s % 4) >> (2 * (s / 4))) & 3;
  return (low | (high << 4)) - 32; // as an int8 in the lowest byte
}

// As linear-packed-q3-k.wgsl takes them.
fn raw_base(block: u32) -> u32 { return raw_half(block + 108); }
fn raw_own(block: u32, run: u32) -> u32 {
  return (raw_scale(block, 2 * run) & 0xffu) | ((raw_scale(block, 2 * run + 1) & 0xffu) << 8u);
}
