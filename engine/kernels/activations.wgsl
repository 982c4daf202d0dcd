// Leaves a buffer's rows as activations for products. In front of this file: const BLOCKS; store_block of activations.ts.
// One invocation moves one block of 32 columns of one token.

@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>; // f32 [tokens, 32 * BLOCKS]

@compute @workgroup_size(8)
fn activations(@builtin(global_invocation_id) id: vec3<u32>) {
  let b = id.x;
  if (b >= BLOCKS) { return; }
  var values = array<vec4<f32>, 8>();
  for (var i = 0u; i < 8; i++) { values[i] = x[(id.y * BLOCKS + b) * 8 + i]; }
  store_block(id.y, b, values);
}
