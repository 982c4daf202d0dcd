// Scales of IQ4_XS as they lie in a buffer. Base of 8 blocks: an f16, in a word of its own. A block's own: an int8; four blocks a
// word. Products of an f16 and so small an integer are exact.

fn scale_words(base: u32, own: u32) -> vec2<u32> {
  return vec2(bitcast<u32>(unpack2x16float(base).x * f32(unpack4xI8(own).x)), 0); // bytes above are other blocks'
}
