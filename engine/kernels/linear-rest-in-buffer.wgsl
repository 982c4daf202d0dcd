// The plane of a weight's high bits and scales, for GPUs. In front of this file: alias Rest; fn widened, with zeros behind.

@group(0) @binding(5) var<storage, read> rest: array<Rest>; // [blocks]

fn rest_at(i: u32) -> vec4<u32> { return widened(rest[i]); }
