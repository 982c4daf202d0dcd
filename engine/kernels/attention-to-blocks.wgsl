// All slices, added up and left as activations.
// In front of this file: attention-slices.wgsl; store_block of activations.ts, for [numTokens, GROUPS * HEADS * NUM_KV_HEADS * QUADS * 4].

var<private> folded: array<Softmax, HEADS>; // of the invocation's own quad, each head
var<workgroup> results: array<vec4<f32>, HEADS * QUADS>;

fn first_slice(group: u32) -> u32 { return 0u; }

fn end_slice(group: u32, position: u32) -> u32 { return num_slices(position); }

fn leave_slice(token: u32, slice: u32, first_head: u32, h: u32, quad: u32, of_slice: Softmax) {
  if (slice == 0) { folded[h] = no_keys(); }
  folded[h] = add(folded[h], of_slice);
}

fn leave_token(token: u32, first_head: u32, lane: u32) {
  if (lane < QUADS) {
    for (var h = 0u; h < HEADS; h++) { results[h * QUADS + lane] = folded[h].sum / folded[h].weight_sum; }
  }
  workgroupBarrier();
  for (var b = lane; b < HEADS * QUADS / 8; b += TILE) {
    var block: array<vec4<f32>, 8>;
    for (var i = 0u; i < 8; i++) { block[i] = results[b * 8 + i]; }
    store_block(token, first_head * QUADS / 8 + b, block);
  }
}
