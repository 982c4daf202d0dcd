// Scales of Q3_K as they lie in a buffer. Base of 8 blocks: an f16, in a word of its own. A block's own: two int8, of its two
// halves; two blocks a word. All of it fits in one word, of which linear-scales-halves-in-word.wgsl makes f32.

fn scale_words(base: u32, own: u32) -> vec2<u32> { return vec2(base | (own << 16u), 0); }
