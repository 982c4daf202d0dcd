// store_f32 of activations-f32.wgsl for a quad of each of 8 lanes.

fn store_f32_in_lanes(token: u32, b: u32, lane: u32, values: vec4<f32>, squares: f32) {
  activations_f32[(token * BLOCKS + b) * 8 + lane] = values;
  if (lane == 0) { activation_squares[token * BLOCKS + b] = squares; }
}
