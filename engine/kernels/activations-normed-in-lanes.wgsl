// store_block of activations-normed.wgsl for a quad of each of 8 lanes.

@group(0) @binding(11) var<storage, read> norm_weight: array<vec4<f32>>; // f32 [32 * BLOCKS]

fn store_block_in_lanes(token: u32, b: u32, lane: u32, x: vec4<f32>) {
  let s = of_8_lanes(dot(x, x));
  let squares = s[0] + s[1] + s[2] + s[3] + s[4] + s[5] + s[6] + s[7];
  store_values_in_lanes(token, b, lane, x * norm_weight[b * 8 + lane], squares);
}
