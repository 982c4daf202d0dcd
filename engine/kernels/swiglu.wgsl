// SwiGLU (Shazeer 2020, arXiv:2002.05202): y[t, i] = silu(gate[t, i]) * up[t, i], silu(g) = g / (1 + exp(-g))
// One invocation computes four neighbouring i of one token.

override INTERMEDIATE_SIZE: u32; // a multiple of 4
override WORKGROUP_SIZE: u32;

@group(0) @binding(0) var<storage, read> gate_up: array<vec4<f32>>; // [numTokens, 2, INTERMEDIATE_SIZE / 4]
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>; // [numTokens, INTERMEDIATE_SIZE / 4]

const MAX_EXPONENT = vec4(80.0); // exp of more is no f32; silu is 0 long before

@compute @workgroup_size(WORKGROUP_SIZE)
fn swiglu(@builtin(global_invocation_id) id: vec3<u32>) {
  let quads = INTERMEDIATE_SIZE / 4;
  if (id.x >= quads) { return; }
  let gate = gate_up[id.y * 2 * quads + id.x];
  let up = gate_up[(id.y * 2 + 1) * quads + id.x];
  y[id.y * quads + id.x] = gate / (1 + exp(min(-gate, MAX_EXPONENT))) * up;
}
