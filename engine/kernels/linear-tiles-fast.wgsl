// y = x W^T for a tile of TOKENS tokens of a prompt, for GPUs: linear-columns-fast.wgsl with each weight unpacked once for all of
// them. A workgroup computes GROUP_ROWS rows, an invocation SIDE rows for SIDE tokens, from quants in workgroup memory.
// Integer products within a block, f32 across blocks, in the order of linear-lanes.wgsl.

const SIDE = 4u;
const STAGED = 2u; // blocks at once in workgroup memory, of one lane of linear-lanes.wgsl
const TOKEN_GROUPS = TOKENS / SIDE;
const INVOCATIONS = GROUP_ROWS / SIDE * TOKEN_GROUPS;

@group(0) @binding(0) var<storage, read> x: array<vec4<u32>>;        // int8 [tokens, part.columns], 16 a vec4
@group(0) @binding(1) var<storage, read> x_scales: array<vec4<f32>>; // [tokens, part.columns / 32]: scale, scale * sums of both halves, sum of squares

var<workgroup> w_quants: array<array<vec4<u32>, GROUP_ROWS>, 2 * STAGED>; // halves of blocks
var<workgroup> w_scales: array<array<Scales, GROUP_ROWS>, STAGED>;
var<workgroup> t_quants: array<array<vec4<u32>, TOKENS>, 2 * STAGED>;
var<workgroup> t_scales: array<array<vec4<f32>, TOKENS>, STAGED>;

// Blocks b, b + LANES, ... as far as there are.
fn stage(first_row: u32, first_token: u32, b: u32, blocks: u32, invocation: u32) {
  for (var i = invocation; i < STAGED * GROUP_ROWS; i += INVOCATIONS) {
    let s = i / GROUP_ROWS;
    let row = min(first_row + i % GROUP_ROWS, part.rows - 1);
    if (b + s * LANES < blocks) {
      let rest = rest_at(row, b + s * LANES);
      let q = quants_of(load_raw(row, b + s * LANES), rest);
      w_quants[2 * s][i % GROUP_ROWS] = q[0];
      w_quants[2 * s + 1][i % GROUP_ROWS] = q[1];
      w_scales[s][i % GROUP_ROWS] = load_scales(rest);
    }
  }
  for (var i = invocation; i < STAGED * TOKENS; i += INVOCATIONS) {
    let s = i / TOKENS;
    if (b + s * LANES < blocks) {
      let x_at = (first_token + i % TOKENS) * blocks + b + s * LANES;
      t_quants[2 * s][i % TOKENS] = x[x_at * 2];
      t_quants[2 * s + 1][i % TOKENS] = x[x_at * 2 + 1];
      t_scales[s][i % TOKENS] = x_scales[x_at];
    }
  }
}

// Rows of an invocation come in pairs, as `take` wants them.
fn row_of(rows: u32, r: u32) -> u32 { return rows * 2 + r / 2 * (GROUP_ROWS / 2) + r % 2; }

@compute @workgroup_size(INVOCATIONS)
fn linear_tiles_fast(@builtin(workgroup_id) tile: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {
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
      stage(first_row, first_token, b, blocks, invocation);
      workgroupBarrier();
      for (var s = 0u; s < STAGED && b + s * LANES < blocks; s++) {
        for (var t = 0u; t < SIDE; t++) {
          let token = own_token + t * TOKEN_GROUPS;
          let low = t_quants[2 * s][token];
          let high = t_quants[2 * s + 1][token];
          let x_scale = t_scales[s][token];
          for (var r = 0u; r < SIDE; r++) {
            let row = row_of(own_rows, r);
            let q_low = w_quants[2 * s][row];
            let q_high = w_quants[2 * s + 1][row];
            var dots = vec2<i32>();
            for (var i = 0u; i < 4; i++) { dots += vec2(dot4I8Packed(q_low[i], low[i]), dot4I8Packed(q_high[i], high[i])); }
            sums[t][r] += block_sum(w_scales[s][row], dots, x_scale);
          }
          squares[t] += x_scale.w;
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
