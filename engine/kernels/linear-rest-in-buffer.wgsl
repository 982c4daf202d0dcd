// The plane of a weight's high bits and scales, after linear-planes-in-buffer.wgsl.

@group(0) @binding(5) var<storage, read> rest: array<Rest>; // [rows, blocks]

fn rest_at(row: u32, b: u32) -> vec4<u32> { return widened(rest[row * (part.columns / 32) + b]); }
