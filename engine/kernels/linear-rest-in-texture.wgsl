// The plane of a weight's high bits and scales, for software adapters, after linear-quants-in-texture.wgsl.

@group(0) @binding(5) var rest: texture_storage_2d<REST_FORMAT, read>;

fn rest_at(i: u32) -> vec4<u32> { return textureLoad(rest, texel(i)); }
