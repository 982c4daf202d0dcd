// Scales of Q2_K as they lie in a buffer. Base of 8 blocks: two f16, of scales and of minima. A block's own: two bytes, of its two
// halves, with the scale in the low nibble and the minimum in the high one; two blocks a word. Four f32 of them would be more than
// the quants, so linear-scales-offset-halves.wgsl makes them.

fn scale_words(base: u32, own: u32) -> vec2<u32> { return vec2(base, own & 0xffffu); }
