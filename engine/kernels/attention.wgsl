// Causal grouped-query attention over the KV cache, with the online softmax of FlashAttention (Dao et al. 2022,
// arXiv:2205.14135): y = sum_k softmax_k(q k / sqrt(head_dim)) v_k over the keys up to the token's own.
// One workgroup computes HEADS query heads that share a key head, of one token, over some slices of the keys (flash-decoding:
// one token alone would not fill a GPU), tile by tile: for the scores an invocation owns a key, for the sum it owns one quad
// of the values and every KEY_LANES-th key.
// In front of this file: place.wgsl; attention-slices.wgsl; const HEADS; const NUM_KV_HEADS; const GROUPS, of HEADS query heads, for each
// key head; const QUADS = head_dim / 4, a multiple of 8, at most TILE; const BLOCK_TOKENS, tokens a block of the cache;
// attention-rotated.wgsl, after rope.wgsl, or attention-rotating.wgsl, without it; attention-to-blocks.wgsl, for all slices, or
// attention-to-slices.wgsl, for one.

const KEY_LANES = TILE / QUADS;
const GROUP_HEADS = GROUPS * HEADS; // query heads for each key head
const SCALE = inverseSqrt(f32(QUADS * 4));

@group(0) @binding(0) var<storage, read> places: array<Place>; // of each token
@group(0) @binding(1) var<storage, read> qkv: array<vec4<f32>>;     // [numTokens, (GROUP_HEADS + 2) * NUM_KV_HEADS, QUADS]
@group(0) @binding(4) var<storage, read> block_tables: array<u32>;  // blocks of the cache, in the order of slots

var<workgroup> queries: array<vec4<f32>, HEADS * QUADS>;
var<workgroup> weights: array<f32, HEADS * TILE>;
var<workgroup> reduced: array<f32, HEADS * TILE>;
var<workgroup> partials: array<vec4<f32>, TILE>;

// Where a head begins in qkv; keys count after the queries, then values.
fn head_of(token: u32, head: u32) -> u32 { return (token * (GROUP_HEADS + 2) * NUM_KV_HEADS + head) * QUADS; }

// Where a position's key and value begin in the cache.
fn row_of(table: u32, position: u32, kv_head: u32) -> u32 {
  let block = block_tables[table + position / BLOCK_TOKENS];
  return ((block * BLOCK_TOKENS + position % BLOCK_TOKENS) * NUM_KV_HEADS + kv_head) * QUADS;
}

@compute @workgroup_size(TILE)
fn attention(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let token = group.y;
  let kv_head = group.x / GROUPS;
  let first_head = group.x * HEADS;
  let position = places[token].slot;
  let table = places[token].table;
  let quad = lane % QUADS;
  let key_lane = lane / QUADS;

  if (first_slice(group.z) >= num_slices(position)) { return; } // there are workgroups for the longest context
  load_queries(token, first_head, lane);
  let has_own = end_slice(group.z, position) == num_slices(position); // the last key is the token's own
  if (has_own) { cache_own(token, kv_head, position, lane); }
  storageBarrier(); // it is read as the others are
  workgroupBarrier();

  for (var slice = first_slice(group.z); slice < end_slice(group.z, position); slice++) {
    let begin = slice * slice_keys(position);
    let end = min(begin + slice_keys(position), position + 1);
    var highest: array<f32, HEADS>;
    var weight_sums: array<f32, HEADS>; // of the keys that this invocation owned
    var sums: array<vec4<f32>, HEADS>;
    for (var h = 0u; h < HEADS; h++) {
      highest[h] = LOWEST;
      weight_sums[h] = 0.0;
      sums[h] = vec4(0.0);
    }

    for (var first = begin; first < end; first += TILE) {
      let own = first + lane;
      let row = row_of(table, min(own, position), kv_head);
      var scores: array<f32, HEADS>;
      for (var h = 0u; h < HEADS; h++) { scores[h] = 0.0; } // Mesa 25.0 would go on from the last tile's
      for (var d = 0u; d < QUADS; d++) {
        let key = keys[row + d];
        for (var h = 0u; h < HEADS; h++) { scores[h] += dot(queries[h * QUADS + d], key); }
      }

      for (var h = 0u; h < HEADS; h++) { reduced[h * TILE + lane] = select(LOWEST, scores[h], own < end); }
      workgroupBarrier();
      for (var stride = TILE / 2; stride > 0; stride /= 2) {
        if (lane < stride) {
          for (var i = lane; i < HEADS * TILE; i += TILE) { reduced[i] = max(reduced[i], reduced[i + stride]); }
        }
        workgroupBarrier();
      }
      for (var h = 0u; h < HEADS; h++) {
        let most = max(highest[h], reduced[h * TILE]);
        let shrink = exp(highest[h] - most);
        let weight = select(0.0, exp(scores[h] - most), own < end);
        highest[h] = most;
        weights[h * TILE + lane] = weight;
        weight_sums[h] = weight_sums[h] * shrink + weight;
        sums[h] *= shrink;
      }
      workgroupBarrier();

      if (key_lane < KEY_LANES) {
        let keys_here = min(TILE, end - first);
        for (var k = key_lane; k < keys_here; k += KEY_LANES) {
          let value = values[row_of(table, first + k, kv_head) + quad];
          for (var h = 0u; h < HEADS; h++) { sums[h] += weights[h * TILE + k] * value; }
        }
      }
      workgroupBarrier();
    }

    for (var h = 0u; h < HEADS; h++) { reduced[h * TILE + lane] = weight_sums[h]; }
    workgroupBarrier();
    for (var stride = TILE / 2; stride > 0; stride /= 2) {
      if (lane < stride) {
        for (var i = lane; i < HEADS * TILE; i += TILE) { reduced[i] += reduced[i + stride]; }
      }
      workgroupBarrier();
    }
    for (var h = 0u; h < HEADS; h++) {
      partials[lane] = sums[h];
      workgroupBarrier();
      if (lane < QUADS) {
        var sum = sums[h];
        for (var i = 1u; i < KEY_LANES; i++) { sum += partials[i * QUADS + lane]; }
        leave_slice(token, slice, first_head, h, lane, Softmax(highest[h], reduced[h * TILE], sum));
      }
      workgroupBarrier();
    }
  }

  leave_token(token, first_head, lane);
}
