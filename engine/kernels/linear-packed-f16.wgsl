// Scales of Q4_0, Q5_0, Q8_0, IQ4_NL as they lie in a buffer: an f16 a block, two blocks a word. No bases.

fn scale_words(base: u32, own: u32) -> vec2<u32> { return vec2(bitcast<u32>(unpack2x16float(own).x), 0); }
