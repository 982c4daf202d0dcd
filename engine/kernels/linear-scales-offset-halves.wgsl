// A scale and an offset for each half of a block of 32 values: weight = quant * scale + offset, ZERO is 0. They come as
// linear-packed-q2-k.wgsl leaves them in two words: with the quants' two words they fill a texel.

struct Scales { scale: vec2<f32>, offset: vec2<f32> } // of the block's two halves; weight = (quant - ZERO) * scale + offset

fn load_scales(rest: vec4<u32>) -> Scales {
  let d = unpack2x16float(rest[HIGH_WORDS]);
  let bytes = unpack4xU8(rest[HIGH_WORDS + 1]).xy;
  return Scales(d.x * vec2<f32>(bytes & vec2(15u)), -(d.y * vec2<f32>(bytes >> vec2(4u))));
}

// What a block adds to a product: dots of quants and quantized activations, by halves, whose scale and sums are x's.
fn block_sum(s: Scales, dots: vec2<i32>, x: vec4<f32>) -> f32 {
  return dot(s.scale, x.x * vec2<f32>(dots)) + dot(s.offset, x.yz);
}

// Likewise, of activations in f32 and their sums, by halves.
fn block_sum_f32(s: Scales, dots: vec2<f32>, x_sums: vec2<f32>) -> f32 {
  return dot(s.scale, dots) + dot(s.offset, x_sums);
}
