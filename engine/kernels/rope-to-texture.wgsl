// Where rope.wgsl leaves keys and values for attention-rows.wgsl. A place is a block, and a token in it.

@group(0) @binding(3) var keys: texture_storage_2d<rgba32float, write>;   // a row a block [BLOCK_TOKENS, NUM_KV_HEADS, HEAD_DIM / 4]
@group(0) @binding(4) var values: texture_storage_2d<rgba32float, write>; // likewise

fn texel_of(place: vec2<u32>, i: u32) -> vec2<u32> { return vec2(place.y * (NUM_KV_HEADS * HEAD_DIM / 4) + i, place.x); }
fn store_key(place: vec2<u32>, i: u32, key: vec4<f32>) { textureStore(keys, texel_of(place, i), key); }
fn store_value(place: vec2<u32>, i: u32, value: vec4<f32>) { textureStore(values, texel_of(place, i), value); }
