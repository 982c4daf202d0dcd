// Causal grouped-query attention over the KV cache, with the online softmax of FlashAttention (Dao et al. 2022,
// arXiv:2205.14135): y = sum_k softmax_k(q k / sqrt(HEAD_DIM)) v_k over the keys up to the token's position.
// One workgroup computes one query head of one token, tile by tile of WORKGROUP_SIZE keys: for the scores an invocation
// owns a key, for the sum it owns one quad of HEAD_DIM and every KEY_LANES-th key.
// In front of this file: const BLOCK_TOKENS, tokens a block of the cache; store_block of activations.ts, for [numTokens, NUM_HEADS * HEAD_DIM].

override NUM_HEADS: u32;
override NUM_KV_HEADS: u32;
override HEAD_DIM: u32;
override WORKGROUP_SIZE: u32; // a power of two, at least QUADS
override QUADS: u32;          // HEAD_DIM / 4
override KEY_LANES: u32;      // floor(WORKGROUP_SIZE / QUADS)

const LOWEST = -3.4028234e38; // of f32

@group(0) @binding(0) var<storage, read> places: array<vec2<u32>>;        // of each token: position, where its block table begins
@group(0) @binding(1) var<storage, read> qkv: array<vec4<f32>>;           // [numTokens, NUM_HEADS + 2 * NUM_KV_HEADS, QUADS]
@group(0) @binding(2) var<storage, read> keys: array<vec4<f32>>;          // [blocks, BLOCK_TOKENS, NUM_KV_HEADS, QUADS]
@group(0) @binding(3) var<storage, read> values: array<vec4<f32>>;        // likewise
@group(0) @binding(4) var<storage, read> block_tables: array<u32>;        // blocks of the cache, in the order of positions

var<workgroup> query: array<vec4<f32>, QUADS>;
var<workgroup> weights: array<f32, WORKGROUP_SIZE>;
var<workgroup> reduced: array<f32, WORKGROUP_SIZE>;
var<workgroup> partials: array<vec4<f32>, WORKGROUP_SIZE>;

// Where a position's key and value begin.
fn row_of(table: u32, position: u32, kv_head: u32) -> u32 {
  let block = block_tables[table + position / BLOCK_TOKENS];
  return ((block * BLOCK_TOKENS + position % BLOCK_TOKENS) * NUM_KV_HEADS + kv_head) * QUADS;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn attention(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let head = group.x;
  let kv_head = head / (NUM_HEADS / NUM_KV_HEADS);
  let position = places[group.y].x;
  let table = places[group.y].y;
  let quad = lane % QUADS;
  let key_lane = lane / QUADS;

  if (lane < QUADS) {
    let q = qkv[(group.y * (NUM_HEADS + 2 * NUM_KV_HEADS) + head) * QUADS + lane];
    query[lane] = q * inverseSqrt(f32(HEAD_DIM));
  }
  workgroupBarrier();

  var highest = LOWEST;
  var weight_sum = 0.0; // of the keys that this invocation owned
  var sum = vec4(0.0);
  for (var first = 0u; first <= position; first += WORKGROUP_SIZE) {
    let own = first + lane;
    let row = row_of(table, min(own, position), kv_head);
    var score = 0.0;
    for (var d = 0u; d < QUADS; d++) { score += dot(query[d], keys[row + d]); }

    reduced[lane] = select(LOWEST, score, own <= position);
    workgroupBarrier();
    for (var stride = WORKGROUP_SIZE / 2; stride > 0; stride /= 2) {
      if (lane < stride) { reduced[lane] = max(reduced[lane], reduced[lane + stride]); }
      workgroupBarrier();
    }
    let new_highest = max(highest, reduced[0]);
    let shrink = exp(highest - new_highest);
    highest = new_highest;

    let weight = select(0.0, exp(score - highest), own <= position);
    weights[lane] = weight;
    weight_sum = weight_sum * shrink + weight;
    workgroupBarrier();

    if (key_lane < KEY_LANES) {
      sum *= shrink;
      let keys_here = min(WORKGROUP_SIZE, position + 1 - first);
      for (var k = key_lane; k < keys_here; k += KEY_LANES) {
        sum += weights[k] * values[row_of(table, first + k, kv_head) + quad];
      }
    }
    workgroupBarrier();
  }

  reduced[lane] = weight_sum;
  partials[lane] = sum;
  workgroupBarrier();
  for (var stride = WORKGROUP_SIZE / 2; stride > 0; stride /= 2) {
    if (lane < stride) { reduced[lane] += reduced[lane + stride]; }
    workgroupBarrier();
  }
  if (lane < QUADS) {
    for (var i = 1u; i < KEY_LANES; i++) { sum += partials[i * QUADS + lane]; }
    query[lane] = sum / reduced[0]; // its queries are used up
  }
  workgroupBarrier();
  if (lane < QUADS / 8) {
    var values = array<vec4<f32>, 8>();
    for (var i = 0u; i < 8; i++) { values[i] = query[lane * 8 + i]; }
    store_block(group.y, head * (QUADS / 8) + lane, values);
  }
}
