// The sum of a token's experts' results, by their weights. One invocation computes a block of 32 neighbouring columns of one token.
// In front of this file: const BLOCKS; store_block of activations.ts; const CHOSEN; what experts-mix-to-*.wgsl make of a sum.

@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;    // [results, 8 * BLOCKS]
@group(0) @binding(1) var<storage, read> weights: array<f32>;    // [tokens, CHOSEN + 1], as experts-choose.wgsl makes them
@group(0) @binding(2) var<storage, read> places: array<u32>;     // [tokens, CHOSEN]: rows of x

fn beside_weight(token: u32) -> f32 { return weights[token * (CHOSEN + 1) + CHOSEN]; }

@compute @workgroup_size(16)
fn mix_results(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= BLOCKS) { return; }
  var values = array<vec4<f32>, 8>();
  for (var c = 0u; c < CHOSEN; c++) {
    let weight = weights[id.y * (CHOSEN + 1) + c];
    let row = places[id.y * CHOSEN + c] * (BLOCKS * 8);
    for (var i = 0u; i < 8; i++) { values[i] += weight * x[row + id.x * 8 + i]; }
  }
  let first = (id.y * BLOCKS + id.x) * 8;
  for (var i = 0u; i < 8; i++) { values[i] = result(id.y, first + i, values[i]); }
  store_block(id.y, id.x, values);
}
