// Where results of products go that are the input of what follows, in blocks of 32, in front of linear-to-residual.wgsl or
// linear-to-gated.wgsl. In front of this file: const TOKENS; store_block of activations.ts.

var<workgroup> block: array<array<f32, 32>, TOKENS>; // what `take` leaves; a workgroup makes one for each of its tokens

// All lanes call it; lane t leaves the block of token t.
fn finish(group: u32, lane: u32, first_token: u32) {
  workgroupBarrier();
  if (lane >= TOKENS) { return; }
  let b = part.first_row / GROUP_ROWS + group;
  var values = array<vec4<f32>, 8>();
  for (var i = 0u; i < 8; i++) {
    let quad = vec4(block[lane][4 * i], block[lane][4 * i + 1], block[lane][4 * i + 2], block[lane][4 * i + 3]);
    values[i] = result(first_token + lane, b, i, quad);
  }
  store_block(first_token + lane, b, values);
}
