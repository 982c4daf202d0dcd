// A scale and an offset a block of 32 values: weight = quant * scale + offset, ZERO is 0.

struct Scales { scale: vec2<f32>, offset: f32 } // scale: of the block's two halves; weight = (quant - ZERO) * scale + offset

fn load_scales(rest: vec4<u32>) -> Scales {
  return Scales(vec2(bitcast<f32>(rest[HIGH_WORDS])), bitcast<f32>(rest[HIGH_WORDS + 1]));
}

// What a block adds to a product: dots of quants and quantized activations, by halves, whose scale and sums are x's.
fn block_sum(s: Scales, dots: vec2<i32>, x: vec4<f32>) -> f32 {
  return s.scale.x * (x.x * f32(dots.x + dots.y)) + s.offset * (x.y + x.z);
}
