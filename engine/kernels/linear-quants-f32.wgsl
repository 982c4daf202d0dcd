// A plane of f32 values: eight vec4 a block of 32 values, in their order.

alias Quants = array<vec4<u32>, 8>;

fn quants_of(raw: Raw, rest: vec4<u32>) -> Quants { return raw; }

fn floats(q: Quants, i: u32) -> vec4<f32> { return bitcast<vec4<f32>>(q[i]); }
