// Scales of Q4_K, Q5_K as they lie in a buffer. Base of 8 blocks: two f16, of scales and of minima. A block's own: two bytes,
// six bits each, scale and minimum; two blocks a word. Products of an f16 and so small an integer are exact.

fn scale_words(base: u32, own: u32) -> vec2<u32> { // scale and offset
  let d = unpack2x16float(base);
  let bytes = unpack4xU8(own); // those above are another block's
  return bitcast<vec2<u32>>(vec2(d.x * f32(bytes.x), -(d.y * f32(bytes.y))));
}
