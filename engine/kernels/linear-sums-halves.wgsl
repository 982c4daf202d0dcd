// What blocks with a scale for each half of their 32 values add to a product: weight = (quant - ZERO) * scale. Behind load_scales
// of linear-scales-halves*.wgsl.

struct Scales { scale: vec2<f32>, offset: vec2<f32> } // of the block's two halves; weight = (quant - ZERO) * scale + offset

// Of dots of quants and quantized activations, by halves, whose scale and sums are x's.
fn block_sum(s: Scales, dots: vec2<i32>, x: vec4<f32>) -> f32 {
  return dot(s.scale, x.x * vec2<f32>(dots) - ZERO * x.yz);
}

// Likewise, of activations in f32 and their sums, by halves.
fn block_sum_f32(s: Scales, dots: vec2<f32>, x_sums: vec2<f32>) -> f32 {
  return dot(s.scale, dots - ZERO * x_sums);
}
