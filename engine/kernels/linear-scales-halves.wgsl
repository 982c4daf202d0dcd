// A scale for each half of a block of 32 values: weight = (quant - ZERO) * scale.

struct Scales { scale: vec2<f32>, offset: f32 } // scale: of the block's two halves; weight = (quant - ZERO) * scale + offset

fn load_scales(rest: vec4<u32>) -> Scales {
  return Scales(bitcast<vec2<f32>>(vec2(rest[HIGH_WORDS], rest[HIGH_WORDS + 1])), 0.0);
}
