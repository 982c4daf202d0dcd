// A scale for each half of a block of 32 values, as linear-packed-q3-k.wgsl leaves them in one word: with the quants' three words
// they fill a texel.

fn load_scales(rest: vec4<u32>) -> Scales {
  let word = rest[HIGH_WORDS];
  return Scales(unpack2x16float(word).x * vec2<f32>(unpack4xI8(word).zw), vec2(0.0));
}
