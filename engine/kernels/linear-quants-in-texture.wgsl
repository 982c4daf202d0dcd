// The plane of a weight's quants, for software adapters: lavapipe loads four words of a texel for all lanes together, but
// words of a buffer one by one, lane by lane, which takes three times as long. In front of this file: const TEXTURE_WIDTH.

@group(0) @binding(4) var quants: texture_storage_2d<rgba32uint, read>;

fn texel(i: u32) -> vec2<u32> { return vec2(i % TEXTURE_WIDTH, i / TEXTURE_WIDTH); }

fn quants_at(i: u32) -> vec4<u32> { return textureLoad(quants, texel(i)); }
