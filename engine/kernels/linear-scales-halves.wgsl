// A scale for each half of a block of 32 values, as two f32.

fn load_scales(rest: vec4<u32>) -> Scales {
  return Scales(bitcast<vec2<f32>>(vec2(rest[HIGH_WORDS], rest[HIGH_WORDS + 1])), vec2(0.0));
}
