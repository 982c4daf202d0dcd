// Scales of Q4_1, Q5_1 as they lie in a buffer: two f16 a block, scale and offset. No bases.

fn scale_words(base: u32, own: u32) -> vec2<u32> { return bitcast<vec2<u32>>(unpack2x16float(own)); }
