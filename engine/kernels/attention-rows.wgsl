// What attention.wgsl computes, for software adapters, whose subgroups are 8 lanes of one CPU core.
// One workgroup, one subgroup, computes the HEADS query heads that share a key head, for one token, tile by tile of 32
// keys: for the scores a lane owns 4 keys, for the sum it owns quads of HEAD_DIM. What all lanes need (queries, then
// weights) is loaded by lane h for head h and broadcast.
// In front of this file: enable subgroups; place.wgsl; const HEADS, at most 8; const NUM_KV_HEADS; const QUADS = HEAD_DIM / 4, a multiple of 8; store_block
// of activations.ts, for [numTokens, HEADS * NUM_KV_HEADS * HEAD_DIM].

override HEAD_DIM: u32;

const LANES = 8u;
const KEYS_PER_LANE = 4u;
const TILE = LANES * KEYS_PER_LANE; // two blocks of the cache
const OWN_QUADS = QUADS / LANES;
const TOKEN_QUADS = NUM_KV_HEADS * QUADS;
const BLOCK_TOKENS = 2 * LANES; // of the cache
const LOWEST = -3.4028234e38; // of f32

@group(0) @binding(0) var<storage, read> places: array<Place>; // of each token
@group(0) @binding(1) var<storage, read> qkv: array<vec4<f32>>;           // [numTokens, (HEADS + 2) * NUM_KV_HEADS, QUADS]
@group(0) @binding(2) var keys: texture_storage_2d<rgba32float, read>;    // a row a block [BLOCK_TOKENS, NUM_KV_HEADS, QUADS]
@group(0) @binding(3) var values: texture_storage_2d<rgba32float, read>;  // likewise
@group(0) @binding(4) var<storage, read> block_tables: array<u32>;        // blocks of the cache, in the order of slots

var<workgroup> weights: array<f32, HEADS * TILE>;
var<workgroup> results: array<vec4<f32>, HEADS * QUADS>;

fn quads_of_lanes(v: vec4<f32>) -> array<vec4<f32>, LANES> { // v of each lane
  return array(
    subgroupBroadcast(v, 0u), subgroupBroadcast(v, 1u), subgroupBroadcast(v, 2u), subgroupBroadcast(v, 3u),
    subgroupBroadcast(v, 4u), subgroupBroadcast(v, 5u), subgroupBroadcast(v, 6u), subgroupBroadcast(v, 7u),
  );
}

fn of_lanes(v: f32) -> array<f32, LANES> { // v of each lane
  return array(
    subgroupBroadcast(v, 0u), subgroupBroadcast(v, 1u), subgroupBroadcast(v, 2u), subgroupBroadcast(v, 3u),
    subgroupBroadcast(v, 4u), subgroupBroadcast(v, 5u), subgroupBroadcast(v, 6u), subgroupBroadcast(v, 7u),
  );
}

fn highest_of_lanes(v: f32) -> f32 {
  let l = of_lanes(v);
  return max(max(max(l[0], l[1]), max(l[2], l[3])), max(max(l[4], l[5]), max(l[6], l[7])));
}

fn sum_of_lanes(v: f32) -> f32 {
  let l = of_lanes(v);
  return ((l[0] + l[1]) + (l[2] + l[3])) + ((l[4] + l[5]) + (l[6] + l[7]));
}

@compute @workgroup_size(8)
fn attention_rows(@builtin(workgroup_id) group: vec3<u32>, @builtin(subgroup_invocation_id) lane: u32) {
  let kv_head = group.x;
  let own_head = min(lane, HEADS - 1);
  let position = places[group.y].slot;
  let table = places[group.y].table;
  let own_query = (group.y * (HEADS + 2) * NUM_KV_HEADS + kv_head * HEADS + own_head) * QUADS;
  let scale = inverseSqrt(f32(HEAD_DIM)) * places[group.y].score_scale;
  let own_key = lane * TOKEN_QUADS + kv_head * QUADS; // in a row of the cache

  var highest: array<f32, HEADS>;
  var weight_sums: array<f32, HEADS>; // of the keys that this lane owned
  for (var h = 0u; h < HEADS; h++) { highest[h] = LOWEST; }
  var sums = array<array<vec4<f32>, HEADS>, OWN_QUADS>(); // weighted values so far, of quads lane, lane + LANES, ...

  for (var first = 0u; first <= position; first += TILE) {
    let last = position / BLOCK_TOKENS; // of the table's blocks
    let block = first / BLOCK_TOKENS;
    let blocks = array(block_tables[table + block], block_tables[table + min(block + 1, last)]);
    var scores: array<array<f32, KEYS_PER_LANE>, HEADS>;
    for (var h = 0u; h < HEADS; h++) { // Mesa 25.0 would go on from the last tile's
      for (var j = 0u; j < KEYS_PER_LANE; j++) { scores[h][j] = 0.0; }
    }
    for (var d = 0u; d < QUADS; d++) {
      var key = array<vec4<f32>, KEYS_PER_LANE>();
      for (var j = 0u; j < KEYS_PER_LANE; j++) {
        key[j] = textureLoad(keys, vec2(own_key + d + j % 2 * LANES * TOKEN_QUADS, blocks[j / 2]));
      }
      let queries = quads_of_lanes(qkv[own_query + d] * scale);
      for (var h = 0u; h < HEADS; h++) {
        for (var j = 0u; j < KEYS_PER_LANE; j++) { scores[h][j] += dot(queries[h], key[j]); }
      }
    }

    var shrinks: array<f32, HEADS>;
    for (var h = 0u; h < HEADS; h++) {
      var most = highest[h];
      for (var j = 0u; j < KEYS_PER_LANE; j++) {
        scores[h][j] = select(LOWEST, scores[h][j], first + j * LANES + lane <= position);
        most = max(most, scores[h][j]);
      }
      most = highest_of_lanes(most);
      shrinks[h] = exp(highest[h] - most);
      highest[h] = most;
      weight_sums[h] *= shrinks[h];
      for (var j = 0u; j < KEYS_PER_LANE; j++) {
        let weight = exp(scores[h][j] - most);
        weights[h * TILE + j * LANES + lane] = weight;
        weight_sums[h] += weight;
      }
    }
    workgroupBarrier();

    for (var i = 0u; i < OWN_QUADS; i++) {
      for (var h = 0u; h < HEADS; h++) { sums[i][h] *= shrinks[h]; }
    }
    let keys_here = min(TILE, position + 1 - first);
    for (var k = 0u; k < keys_here; k += 2) { // two at a time: the sums are in memory
      let to_next = select(0u, TOKEN_QUADS, k + 1 < keys_here);
      let block_of_k = select(blocks[0], blocks[1], k >= BLOCK_TOKENS);
      var value = array<array<vec4<f32>, OWN_QUADS>, 2>();
      for (var i = 0u; i < OWN_QUADS; i++) {
        let column = k % BLOCK_TOKENS * TOKEN_QUADS + kv_head * QUADS + i * LANES + lane;
        value[0][i] = textureLoad(values, vec2(column, block_of_k));
        value[1][i] = textureLoad(values, vec2(column + to_next, block_of_k));
      }
      let w0 = of_lanes(weights[own_head * TILE + k]);
      let w1 = of_lanes(weights[own_head * TILE + k + 1]);
      for (var i = 0u; i < OWN_QUADS; i++) {
        for (var h = 0u; h < HEADS; h++) { sums[i][h] += w0[h] * value[0][i] + w1[h] * value[1][i]; }
      }
    }
    workgroupBarrier();
  }

  for (var h = 0u; h < HEADS; h++) {
    let weight_sum = sum_of_lanes(weight_sums[h]);
    for (var i = 0u; i < OWN_QUADS; i++) { results[h * QUADS + i * LANES + lane] = sums[i][h] / weight_sum; }
  }
  workgroupBarrier();
  for (var b = lane; b < HEADS * QUADS / 8; b += LANES) {
    var block = array<vec4<f32>, 8>();
    for (var i = 0u; i < 8; i++) { block[i] = results[b * 8 + i]; }
    store_block(group.y, kv_head * HEADS * QUADS / 8 + b, block);
  }
}
