// Quantized activations for linear-columns-fast.wgsl, in front of quantize-activations.wgsl.

@group(0) @binding(1) var<storage, read_write> q: array<vec4<u32>>;      // int8 [tokens, columns], 16 a vec4
@group(0) @binding(2) var<storage, read_write> scales: array<vec4<f32>>; // [tokens, columns / 32]: scale, both halves' sums, 0

fn store_quants(i: u32, words: vec4<u32>) { q[i] = words; }
fn store_scales(i: u32, values: vec4<f32>) { scales[i] = values; }
