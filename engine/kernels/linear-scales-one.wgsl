// One scale a block of 32 values: weight = (quant - ZERO) * scale.

struct Scales { scale: vec2<f32>, offset: f32 } // scale: of the block's two halves; weight = (quant - ZERO) * scale + offset

fn load_scales(rest: vec4<u32>) -> Scales { return Scales(vec2(bitcast<f32>(rest[HIGH_WORDS])), 0.0); }
