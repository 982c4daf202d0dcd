// Of sums of products, gate and up, SwiGLU (swiglu.wgsl) is left for what follows. Rows of the weight are gate and up in turn,
// ROW_STEP of each, so that a lane's two rows are gate and up of one value. In front of a product, behind linear-to-blocks.wgsl and
// the constants of the product's variant, as linear-to-rows.wgsl.

const GROUP_ROWS = 64u; // a workgroup: a block of gate, and one of up
const MAX_EXPONENT = 80.0; // exp of more is no f32; silu is 0 long before

fn take(group: u32, at: u32, token: u32, sums: array<f32, 2>) {
  let gate = sums[0];
  block[token % TOKENS][at / (2 * ROW_STEP) * ROW_STEP + at % ROW_STEP] = gate / (1 + exp(min(-gate, MAX_EXPONENT))) * sums[1];
}

fn result(token: u32, b: u32, i: u32, gated: vec4<f32>) -> vec4<f32> { return gated; }
