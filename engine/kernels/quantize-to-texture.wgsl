// Quantized activations for linear-rows-fast*.wgsl, in front of quantize-activations.wgsl; const TEXTURE_WIDTH before it.

@group(0) @binding(1) var q: texture_storage_2d<rgba32uint, write>;       // int8 [tokens, columns], 16 a texel
@group(0) @binding(2) var scales: texture_storage_2d<rgba32float, write>; // [tokens, columns / 32]: scale, both halves' sums, 0

fn texel(i: u32) -> vec2<u32> { return vec2(i % TEXTURE_WIDTH, i / TEXTURE_WIDTH); }

fn store_quants(i: u32, words: vec4<u32>) { textureStore(q, texel(i), words); }
fn store_scales(i: u32, values: vec4<f32>) { textureStore(scales, texel(i), values); }
