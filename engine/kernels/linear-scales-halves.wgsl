// A scale for each half of a block of 32 values: weight = (quant - ZERO) * scale.

@group(0) @binding(6) var<storage, read> scales: array<vec2<f32>>; // [blocks]

struct Scales { scale: vec2<f32>, offset: f32 } // scale: of the block's two halves; weight = (quant - ZERO) * scale + offset

fn load_scales(i: u32) -> Scales { return Scales(scales[i], 0.0); }
