// y = x W^T for a tile of TOKENS tokens of a prompt (a constant in front of this file), for GPUs: the products of
// linear-columns-*.wgsl, with each weight unpacked once for all of them. A workgroup computes GROUP_ROWS rows, an invocation SIDE
// rows for SIDE tokens, from blocks in workgroup memory: linear-tiles-fast.wgsl, linear-tiles-exact.wgsl or linear-matrices.wgsl, in
// front of this file.
// Blocks are added up in the order of linear-lanes.wgsl.

const SIDE = 4u;
const TOKEN_GROUPS = TOKENS / SIDE;
const INVOCATIONS = GROUP_ROWS / SIDE * TOKEN_GROUPS;

// Rows of an invocation come in pairs, as `take` wants them.
fn row_of(rows: u32, r: u32) -> u32 { return rows * 2 + r / 2 * (GROUP_ROWS / 2) + r % 2; }

@compute @workgroup_size(INVOCATIONS)
fn linear_tiles(@builtin(workgroup_id) tile: vec3<u32>, in: Invocation) {
  let invocation = in.index;
  let blocks = part.columns / 32;
  let first_token = tile.x * TOKENS; // tiles of tokens run fastest: the rows are still in the cache
  let first_row = tile.y * GROUP_ROWS;
  let own_rows = invocation / TOKEN_GROUPS;
  let own_token = invocation % TOKEN_GROUPS;

  var totals = array<array<f32, SIDE>, SIDE>(); // [tokens, rows]
  var total_squares = array<f32, SIDE>();
  var fours = array<array<f32, SIDE>, SIDE>();
  var four_squares = array<f32, SIDE>();
  for (var lane = 0u; lane < LANES; lane++) {
    var sums = array<array<f32, SIDE>, SIDE>();
    var squares = array<f32, SIDE>();
    for (var b = lane; b < blocks; b += STAGED * LANES) {
      workgroupBarrier(); // what was staged before has been used
      stage(first_row, first_token, b, blocks, in);
      workgroupBarrier();
      for (var s = 0u; s < STAGED && b + s * LANES < blocks; s++) {
        for (var t = 0u; t < SIDE; t++) {
          let token = own_token + t * TOKEN_GROUPS;
          for (var r = 0u; r < SIDE; r++) { sums[t][r] += product(s, row_of(own_rows, r), token); }
          squares[t] += squares_of(s, token);
        }
      }
    }
    for (var t = 0u; t < SIDE; t++) {
      for (var r = 0u; r < SIDE; r++) { fours[t][r] = select(fours[t][r], 0.0, lane % FOUR == 0) + sums[t][r]; }
      four_squares[t] = select(four_squares[t], 0.0, lane % FOUR == 0) + squares[t];
      if (lane % FOUR == FOUR - 1) {
        for (var r = 0u; r < SIDE; r++) { totals[t][r] += fours[t][r]; }
        total_squares[t] += four_squares[t];
      }
    }
  }

  for (var t = 0u; t < SIDE; t++) {
    let token = first_token + own_token + t * TOKEN_GROUPS;
    let scale = row_scale(total_squares[t]);
    take(tile.y, row_of(own_rows, 0), token, array(totals[t][0] * scale, totals[t][1] * scale));
    take(tile.y, row_of(own_rows, 2), token, array(totals[t][2] * scale, totals[t][3] * scale));
  }
  finish(tile.y, invocation, first_token);
}
