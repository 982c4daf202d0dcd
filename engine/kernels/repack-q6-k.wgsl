// Q6_K: blocks of 256 values, 8 runs of 32: 128 bytes of low nibbles, 64 bytes of upper two bits, 16 int8 scales (one for 16
// values), f16 d. Each half block (4 runs) has 64 and 32 of those bytes: runs 0 and 1 are in the low nibbles of its 64 bytes,
// runs 2 and 3 in the high ones; run r has bits 2r, 2r+1 of its 32.

const RUNS = 8u; // of 32 values a block

fn raw_quants(block: u32, run: u32, i: u32) -> u32 { // values 4i .. 4i+3 of the run, a byte each
  let half = run / 4;
  let r = run % 4;
  let nibbles = raw_word(block + 64 * half + (r % 2) * 32 + 4 * i);
  let bits = raw_word(block + 128 + 32 * half + 4 * i);
  return ((nibbles >> ((r / 2) * 4)) & 0x0f0f0f0fu) | (((bits >> (2 * r)) & 0x03030303u) << 4u);
}

// As linear-packed-q6-k.wgsl unpacks them.
fn raw_base(block: u32) -> u32 { return raw_half(block + 208); }
fn raw_own(block: u32, run: u32) -> u32 { return raw_word(block + 192 + 2 * run) & 0xffffu; } // of the run's two halves
