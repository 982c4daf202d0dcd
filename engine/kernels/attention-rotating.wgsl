// What rope.wgsl does, within attention, for a step of one token: several would need keys that other workgroups write.
// In front of this file: rotation.wgsl.

const HALF = QUADS / 2; // of a head

@group(0) @binding(2) var<storage, read_write> keys: array<vec4<f32>>;   // [blocks, BLOCK_TOKENS, NUM_KV_HEADS, QUADS]
@group(0) @binding(3) var<storage, read_write> values: array<vec4<f32>>; // likewise

fn load_queries(token: u32, first_head: u32, lane: u32) {
  let scale = SCALE * places[token].score_scale;
  for (var i = lane; i < HEADS * HALF; i += TILE) {
    let quad = i / HALF * QUADS + i % HALF; // of the workgroup's queries
    let source = head_of(token, first_head) + quad;
    let rotated = rotate(qkv[source], qkv[source + HALF], token * HALF + i % HALF);
    queries[quad] = scale * rotated[0];
    queries[quad + HALF] = scale * rotated[1];
  }
}

// Writes the token's own key and value of a head. Where several workgroups share the head (GROUPS > 1), each writes the same
// bits and reads what it wrote itself.
fn cache_own(token: u32, kv_head: u32, position: u32, lane: u32) {
  let row = row_of(places[token].table, position, kv_head);
  let key = head_of(token, GROUP_HEADS * NUM_KV_HEADS + kv_head);
  let value = head_of(token, (GROUP_HEADS + 1) * NUM_KV_HEADS + kv_head);
  if (lane < HALF) {
    let rotated = rotate(qkv[key + lane], qkv[key + lane + HALF], token * HALF + lane);
    keys[row + lane] = rotated[0];
    keys[row + lane + HALF] = rotated[1];
  }
  if (lane < QUADS) { values[row + lane] = qkv[value + lane]; }
}
