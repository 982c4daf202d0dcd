// Adds up the slices that attention-to-slices.wgsl left. One workgroup an attention head of one token, an invocation a quad.
// In front of this file: place.wgsl; attention-slices.wgsl; const NUM_HEADS; const QUADS = head_dim / 4, a multiple of 8, at most TILE;
// store_block of activations.ts, for [numTokens, NUM_HEADS * QUADS * 4].

@group(0) @binding(0) var<storage, read> places: array<Place>; // of each token
@group(0) @binding(1) var<storage, read> slice_sums: array<vec4<f32>>;    // [numTokens, NUM_HEADS, SLICES, QUADS]
@group(0) @binding(2) var<storage, read> slice_weights: array<vec2<f32>>; // highest score, sum of weights [numTokens, NUM_HEADS, SLICES]

var<workgroup> results: array<vec4<f32>, QUADS>;

@compute @workgroup_size(TILE)
fn merge_slices(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let head = group.x;
  let token = group.y;
  if (lane < QUADS) {
    var folded = no_keys();
    for (var slice = 0u; slice < num_slices(places[token].slot); slice++) {
      let i = (token * NUM_HEADS + head) * SLICES + slice;
      folded = add(folded, Softmax(slice_weights[i].x, slice_weights[i].y, slice_sums[i * QUADS + lane]));
    }
    results[lane] = folded.sum / folded.weight_sum;
  }
  workgroupBarrier();
  if (lane < QUADS / 8) {
    var block: array<vec4<f32>, 8>;
    for (var i = 0u; i < 8; i++) { block[i] = results[lane * 8 + i]; }
    store_block(token, head * QUADS / 8 + lane, block);
  }
}
