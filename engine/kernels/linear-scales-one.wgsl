// One scale a block of 32 values: weight = (quant - ZERO) * scale.

struct Scales { scale: vec2<f32>, offset: vec2<f32> } // of the block's two halves; weight = (quant - ZERO) * scale + offset

fn load_scales(rest: vec4<u32>) -> Scales { return Scales(vec2(bitcast<f32>(rest[HIGH_WORDS])), vec2(0.0)); }

// What a block adds to a product: dots of quants and quantized activations, by halves, whose scale and sums are x's.
fn block_sum(s: Scales, dots: vec2<i32>, x: vec4<f32>) -> f32 {
  return s.scale.x * (x.x * f32(dots.x + dots.y) - ZERO * (x.y + x.z));
}

// Likewise, of activations in f32 and their sums, by halves.
fn block_sum_f32(s: Scales, dots: vec2<f32>, x_sums: vec2<f32>) -> f32 {
  return s.scale.x * (dots.x + dots.y - ZERO * (x_sums.x + x_sums.y));
}
