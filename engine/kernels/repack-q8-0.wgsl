// Q8_0: blocks of 32 values: f16 scale, then 32 int8.

const RUNS = 1u; // of 32 values a block

fn raw_quants(block: u32, run: u32, i: u32) -> u32 { return raw_word(block + 2 + 4 * i); } // values 4i .. 4i+3, a byte each

fn raw_scales(block: u32, run: u32) -> vec2<f32> { return vec2(raw_half(block), 0.0); }
