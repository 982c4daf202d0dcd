// Where rope.wgsl leaves keys and values for attention-rows.wgsl.

@group(0) @binding(3) var keys: texture_storage_2d<rgba32float, write>;   // a row a position [NUM_KV_HEADS, HEAD_DIM / 4]
@group(0) @binding(4) var values: texture_storage_2d<rgba32float, write>; // likewise

fn store_key(position: u32, i: u32, key: vec4<f32>) { textureStore(keys, vec2(i, position), key); }
fn store_value(position: u32, i: u32, value: vec4<f32>) { textureStore(values, vec2(i, position), value); }
