// Scales of Q6_K as they lie in a buffer. Base of 8 blocks: an f16, in a word of its own. A block's own: two int8, of its two
// halves; two blocks a word. Products of an f16 and so small an integer are exact.

fn scale_words(base: u32, own: u32) -> vec2<u32> {
  let d = unpack2x16float(base).x;
  let bytes = unpack4xI8(own); // those above are another block's
  return bitcast<vec2<u32>>(vec2(d * f32(bytes.x), d * f32(bytes.y)));
}
