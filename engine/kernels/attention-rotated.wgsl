// Queries as rope.wgsl has left them; the cache holds the tokens' own keys and values.

@group(0) @binding(2) var<storage, read> keys: array<vec4<f32>>;   // [blocks, BLOCK_TOKENS, NUM_KV_HEADS, QUADS]
@group(0) @binding(3) var<storage, read> values: array<vec4<f32>>; // likewise

fn load_queries(token: u32, first_head: u32, lane: u32) {
  let scale = SCALE * places[token].score_scale;
  for (var i = lane; i < HEADS * QUADS; i += TILE) { queries[i] = scale * qkv[head_of(token, first_head) + i]; }
}

fn cache_own(token: u32, kv_head: u32, position: u32, lane: u32) {}
