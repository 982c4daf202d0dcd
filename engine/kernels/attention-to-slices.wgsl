// One slice, left for attention-merge.wgsl.
// In front of this file: attention-slices.wgsl.

const NUM_HEADS = GROUPS * HEADS * NUM_KV_HEADS;

@group(0) @binding(6) var<storage, read_write> slice_sums: array<vec4<f32>>;    // [numTokens, NUM_HEADS, SLICES, QUADS]
@group(0) @binding(7) var<storage, read_write> slice_weights: array<vec2<f32>>; // highest score, sum of weights [numTokens, NUM_HEADS, SLICES]

fn first_slice(group: u32) -> u32 { return group; }

fn end_slice(group: u32, position: u32) -> u32 { return min(group + 1, num_slices(position)); }

fn leave_slice(token: u32, slice: u32, first_head: u32, h: u32, quad: u32, of_slice: Softmax) {
  let i = (token * NUM_HEADS + first_head + h) * SLICES + slice;
  slice_sums[i * QUADS + quad] = of_slice.sum;
  if (quad == 0) { slice_weights[i] = vec2(of_slice.highest, of_slice.weight_sum); }
}

fn leave_token(token: u32, first_head: u32, lane: u32) {}
