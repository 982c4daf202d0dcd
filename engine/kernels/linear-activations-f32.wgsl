// Activations in f32.

@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>; // f32 [tokens, part.columns]

fn load_activations(token: u32, b: u32, half: u32) -> array<vec4<f32>, 4> { // 16 values, half a block
  let at = (token * (part.columns / 32) + b) * 8 + half * 4;
  return array(x[at], x[at + 1], x[at + 2], x[at + 3]);
}
