// Scales of Q4_1, Q5_1 as they lie in a buffer: two f16 a block, scale and offset. No bases.

fn unpacked_scales(base: u32, own: u32) -> vec2<f32> { return unpack2x16float(own); }
