// SwiGLU as in swiglu.wgsl, of a product whose columns are STEP of the gate's and STEP of up's in turn.
// One invocation computes a block of 32 neighbouring i of one token.
// In front of this file: const BLOCKS; store_block of activations.ts.

override STEP: u32; // BLOCKS * 32: the gate's, then up's

@group(0) @binding(0) var<storage, read> gate_up: array<f32>; // [numTokens, 2 * BLOCKS * 32]

const MAX_EXPONENT = vec4(80.0); // exp of more is no f32; silu is 0 long before

@compute @workgroup_size(16)
fn swiglu_in_turn(@builtin(global_invocation_id) id: vec3<u32>) {
  let b = id.x;
  if (b >= BLOCKS) { return; }
  var values = array<vec4<f32>, 8>();
  for (var quad = 0u; quad < 8; quad++) {
    var gate = vec4<f32>();
    var up = vec4<f32>();
    for (var j = 0u; j < 4; j++) {
      let i = b * 32 + quad * 4 + j;
      let at = id.y * 2 * BLOCKS * 32 + i / STEP * 2 * STEP + i % STEP;
      gate[j] = gate_up[at];
      up[j] = gate_up[at + STEP];
    }
    values[quad] = gate / (1 + exp(min(-gate, MAX_EXPONENT))) * up;
  }
  store_block(id.y, b, values);
}
