// linear-to-blocks.wgsl for linear-rows-*.wgsl, whose workgroup is one subgroup of 8 lanes: each takes a quad of the block. In
// front of this file: const TOKENS; store_block_in_lanes of activations.ts.

var<workgroup> block: array<array<f32, 32>, TOKENS>; // what `take` leaves; a workgroup makes one for each of its tokens

fn finish(group: u32, lane: u32, first_token: u32) {
  workgroupBarrier();
  let b = part.first_row / GROUP_ROWS + group;
  let tokens = min(TOKENS, part.rows); // TOKENS, but Mesa does not know it, and unrolls nothing
  for (var t = 0u; t < tokens; t++) {
    let quad = vec4(block[t][4 * lane], block[t][4 * lane + 1], block[t][4 * lane + 2], block[t][4 * lane + 3]);
    store_block_in_lanes(first_token + t, b, lane, result(first_token + t, b, lane, quad));
  }
}
