// Where rope.wgsl leaves keys and values for attention.wgsl. A place is a block, and a token in it.

@group(0) @binding(3) var<storage, read_write> keys: array<vec4<f32>>;   // [blocks, BLOCK_TOKENS, NUM_KV_HEADS, HEAD_DIM / 4]
@group(0) @binding(4) var<storage, read_write> values: array<vec4<f32>>; // likewise

fn index_of(place: vec2<u32>, i: u32) -> u32 { return (place.x * BLOCK_TOKENS + place.y) * (NUM_KV_HEADS * HEAD_DIM / 4) + i; }
fn store_key(place: vec2<u32>, i: u32, key: vec4<f32>) { keys[index_of(place, i)] = key; }
fn store_value(place: vec2<u32>, i: u32, value: vec4<f32>) { values[index_of(place, i)] = value; }
