// Scales of Q4_0, Q5_0, Q8_0 as they lie in a buffer: an f16 a block, two blocks a word. No bases.

fn unpacked_scales(base: u32, own: u32) -> vec2<f32> { return vec2(unpack2x16float(own).x, 0.0); }
