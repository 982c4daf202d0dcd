// Quantized activations for linear-columns-fast.wgsl, in front of activations-int8.wgsl.

@group(0) @binding(9) var<storage, read_write> activations_int8: array<vec4<u32>>;    // int8 [tokens, 32 * BLOCKS], 16 a vec4
@group(0) @binding(10) var<storage, read_write> activation_scales: array<vec4<f32>>;  // [tokens, BLOCKS]: scale, both halves' sums, sum of squares

fn store_quants(token: u32, half_block: u32, words: vec4<u32>) { activations_int8[token * BLOCKS * 2 + half_block] = words; }
fn store_scales(token: u32, b: u32, values: vec4<f32>) { activation_scales[token * BLOCKS + b] = values; }
