// Where rope.wgsl leaves keys and values for attention.wgsl.

@group(0) @binding(3) var<storage, read_write> keys: array<vec4<f32>>;   // [contextLength, NUM_KV_HEADS, HEAD_DIM / 4]
@group(0) @binding(4) var<storage, read_write> values: array<vec4<f32>>; // likewise

fn store_key(position: u32, i: u32, key: vec4<f32>) { keys[position * (NUM_KV_HEADS * HEAD_DIM / 4) + i] = key; }
fn store_value(position: u32, i: u32, value: vec4<f32>) { values[position * (NUM_KV_HEADS * HEAD_DIM / 4) + i] = value; }
