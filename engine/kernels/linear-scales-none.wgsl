// Values that are no quants: weight = value, ZERO is 0.

struct Scales { scale: vec2<f32>, offset: vec2<f32> } // of the block's two halves; weight = (quant - ZERO) * scale + offset

fn rest_at(row: u32, b: u32) -> vec4<u32> { return vec4<u32>(); }
fn load_scales(rest: vec4<u32>) -> Scales { return Scales(vec2(1.0), vec2(0.0)); }

// What a block adds to a product: dots of values and activations, by halves.
fn block_sum_f32(s: Scales, dots: vec2<f32>, x_sums: vec2<f32>) -> f32 {
  return dots.x + dots.y;
}
