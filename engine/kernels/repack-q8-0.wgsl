// Q8_0: blocks of 32 values: f16 scale, then 32 int8.

const RUNS = 1u; // of 32 values a block

fn raw_quants(block: u32, run: u32, i: u32) -> u32 { return raw_word(block + 2 + 4 * i); } // values 4i .. 4i+3, a byte each

// As linear-packed-f16.wgsl unpacks them.
fn raw_base(block: u32) -> u32 { return 0; }
fn raw_own(block: u32, run: u32) -> u32 { return raw_half(block); }
