// SwiGLU (Shazeer 2020, arXiv:2002.05202): y[t, i] = silu(gate[t, i]) * up[t, i], silu(g) = g / (1 + exp(-g))
// One invocation computes a block of 32 neighbouring i of one token.
// In front of this file: const BLOCKS; store_block of activations.ts.

override WORKGROUP_SIZE: u32;

@group(0) @binding(0) var<storage, read> gate_up: array<vec4<f32>>; // [numTokens, 2, 8 * BLOCKS]

const MAX_EXPONENT = vec4(80.0); // exp of more is no f32; silu is 0 long before

@compute @workgroup_size(WORKGROUP_SIZE)
fn swiglu(@builtin(global_invocation_id) id: vec3<u32>) {
  let b = id.x;
  if (b >= BLOCKS) { return; }
  var values = array<vec4<f32>, 8>();
  for (var i = 0u; i < 8; i++) {
    let gate = gate_up[(id.y * 2 * BLOCKS + b) * 8 + i];
    let up = gate_up[((id.y * 2 + 1) * BLOCKS + b) * 8 + i];
    values[i] = gate / (1 + exp(min(-gate, MAX_EXPONENT))) * up;
  }
  store_block(id.y, b, values);
}
