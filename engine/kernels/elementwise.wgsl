// y[t, i] = apply(a[t, i], b[t, i]); of functions of one value, b is a.
// One invocation computes a block of 32 neighbouring i of one token.
// In front of this file: const BLOCKS; store_block of activations.ts; b_at and apply of elementwise.ts.

const MAX_EXPONENT = vec4(80.0); // exp of more is no f32

@group(0) @binding(0) var<storage, read> a: array<vec4<f32>>; // [tokens, 8 * BLOCKS]

@compute @workgroup_size(16)
fn elementwise(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= BLOCKS) { return; }
  var values = array<vec4<f32>, 8>();
  for (var i = 0u; i < 8; i++) {
    let at = (id.y * BLOCKS + id.x) * 8 + i;
    values[i] = apply(a[at], b_at(id.y, at));
  }
  store_block(id.y, id.x, values);
}
