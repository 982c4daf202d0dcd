// y = x W^T for a tile of TOKENS tokens of a prompt, in f32, for GPUs: linear-columns-exact.wgsl with each weight unpacked once
// for all of them. The split is that of linear-tiles-fast.wgsl; one block at once is in workgroup memory, as f32.

const SIDE = 4u;
const TOKEN_GROUPS = TOKENS / SIDE;
const INVOCATIONS = GROUP_ROWS / SIDE * TOKEN_GROUPS;

@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;   // f32 [tokens, part.columns]
@group(0) @binding(1) var<storage, read> x_squares: array<f32>; // [tokens, part.columns / 32]: sums of squares

var<workgroup> w_values: array<array<vec4<f32>, GROUP_ROWS>, 8>; // quants
var<workgroup> w_scales: array<Scales, GROUP_ROWS>;
var<workgroup> t_values: array<array<vec4<f32>, TOKENS>, 8>;
var<workgroup> t_sums: array<vec3<f32>, TOKENS>; // of the block's two halves, then of squares

fn stage(first_row: u32, first_token: u32, b: u32, blocks: u32, invocation: u32) {
  for (var i = invocation; i < GROUP_ROWS; i += INVOCATIONS) {
    let row = min(first_row + i, part.rows - 1);
    let rest = rest_at(row, b);
    let q = quants_of(load_raw(row, b), rest);
    for (var j = 0u; j < 8; j++) { w_values[j][i] = floats(q, j); }
    w_scales[i] = load_scales(rest);
  }
  for (var i = invocation; i < TOKENS; i += INVOCATIONS) {
    let x_at = (first_token + i) * blocks + b;
    var sums = vec3(0.0, 0.0, x_squares[x_at]);
    for (var j = 0u; j < 8; j++) {
      let values = x[x_at * 8 + j];
      sums[j / 4] += values.x + values.y + values.z + values.w;
      t_values[j][i] = values;
    }
    t_sums[i] = sums;
  }
}

// Rows of an invocation come in pairs, as `take` wants them.
fn row_of(rows: u32, r: u32) -> u32 { return rows * 2 + r / 2 * (GROUP_ROWS / 2) + r % 2; }

@compute @workgroup_size(INVOCATIONS)
fn linear_tiles_exact(@builtin(workgroup_id) tile: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {
  let blocks = part.columns / 32;
  let first_token = tile.x * TOKENS;
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
    for (var b = lane; b < blocks; b += LANES) {
      workgroupBarrier(); // what was staged before has been used
      stage(first_row, first_token, b, blocks, invocation);
      workgroupBarrier();
      for (var t = 0u; t < SIDE; t++) {
        let token = own_token + t * TOKEN_GROUPS;
        let x_sums = t_sums[token];
        for (var r = 0u; r < SIDE; r++) {
          let row = row_of(own_rows, r);
          let s = w_scales[row];
          var dots = vec2<f32>();
          for (var i = 0u; i < 4; i++) {
            dots += vec2(dot(w_values[i][row], t_values[i][token]), dot(w_values[i + 4][row], t_values[i + 4][token]));
          }
          sums[t][r] += dot(s.scale, dots - ZERO * x_sums.xy) + s.offset * (x_sums.x + x_sums.y);
        }
        squares[t] += x_sums.z;
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
