// Q2_K: blocks of 256 values, 8 runs of 32: 16 bytes, one for each 16 values, with a 4-bit scale in the low nibble and a 4-bit
// minimum in the high one; 64 bytes of quants; f16 d, f16 dmin. Each half block (4 runs) has 32 of the 64 bytes: run r of it has bits
// 2r, 2r+1. value = d * scale * quant - dmin * minimum

const RUNS = 8u; // of 32 values a block

fn raw_quants(block: u32, run: u32, i: u32) -> u32 { // values 4i .. 4i+3 of the run, a byte each
  return (raw_word(block + 16 + 32 * (run / 4) + 4 * i) >> (2 * (run % 4))) & 0x03030303u;
}

// As linear-packed-q2-k.wgsl takes them.
fn raw_base(block: u32) -> u32 { return raw_word(block + 80); }
fn raw_own(block: u32, run: u32) -> u32 { return raw_word(block + 2 * run) & 0xffffu; } // of the run's two halves
