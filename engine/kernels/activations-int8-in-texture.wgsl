// Quantized activations for linear-rows-fast*.wgsl, in front of activations-int8.wgsl.

@group(0) @binding(9) var activations_int8: texture_storage_2d<rgba32uint, write>;    // int8 [tokens, 32 * BLOCKS], 16 a texel
@group(0) @binding(10) var activation_scales: texture_storage_2d<rgba32float, write>; // [tokens, BLOCKS]: scale, both halves' sums, sum of squares

fn store_quants(token: u32, half_block: u32, words: vec4<u32>) { textureStore(activations_int8, vec2(half_block, token), words); }
fn store_scales(token: u32, b: u32, values: vec4<f32>) { textureStore(activation_scales, vec2(b, token), values); }
