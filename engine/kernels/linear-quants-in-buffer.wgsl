// The plane of a weight's quants, for GPUs.

@group(0) @binding(4) var<storage, read> quants: array<vec4<u32>>;

fn quants_at(i: u32) -> vec4<u32> { return quants[i]; }
