// y = x W^T for TOKENS tokens (a constant in front of this file: 1, or the tile of a prompt), from activations as
// activations-int8.wgsl leaves them; W as linear-quants-*.wgsl and linear-scales-*.wgsl (in front of this file) load it.
// Integer products within a block, f32 across blocks. The parallel split is that of linear-columns-exact.wgsl.

@group(0) @binding(0) var<storage, read> x: array<vec4<u32>>;        // int8 [tokens, part.columns], 16 a vec4
@group(0) @binding(1) var<storage, read> x_scales: array<vec4<f32>>; // [tokens, part.columns / 32]: scale, scale * sums of both halves, sum of squares

@compute @workgroup_size(LANES, TOKENS, ROW_LANES)
fn linear_columns_fast(@builtin(workgroup_id) tile: vec3<u32>, @builtin(local_invocation_id) lane: vec3<u32>) {
  if (!has_rows(tile.y)) { return; }
  let token = tile.y * TOKENS + lane.y;
  let x_row = row_of_x(token);
  let weight_row = first_row_of(tile.y);
  let blocks = part.columns / 32;

  let rows = min(GROUP_ROWS, part.rows - tile.x * GROUP_ROWS); // at the part's end fewer
  for (var first_at = 0u; first_at < rows; first_at += ROWS_AT_ONCE) {
    let at = first_at + lane.z * ROWS_PER_LANE; // of this lane
    let first = tile.x * GROUP_ROWS + at;
    var sums = vec3<f32>(); // of the two rows, then squares of x
    for (var b = lane.x; b < blocks; b += LANES) {
      let x_at = x_row * blocks + b;
      let low = x[x_at * 2];
      let high = x[x_at * 2 + 1];
      let x_scale = x_scales[x_at];
      for (var r = 0u; r < ROWS_PER_LANE; r++) {
        let row = weight_row + min(first + r, part.rows - 1);
        let rest = rest_at(row, b);
        let q = quants_of(load_raw(row, b), rest);
        let s = load_scales(rest);
        var dots = vec2<i32>();
        for (var i = 0u; i < 4; i++) {
          dots += vec2(dot4I8Packed(q[0][i], low[i]), dot4I8Packed(q[1][i], high[i]));
        }
        sums[r] += block_sum(s, dots, x_scale);
      }
      sums.z += x_scale.w;
    }

    let totals = add_up(lane, sums);
    let scale = row_scale(totals.z);
    if (lane.x == 0) { take(tile.x, at, token, array(totals.x * scale, totals.y * scale)); }
  }
  finish(tile.x, select(TOKENS, lane.x, lane.y + lane.z == 0), tile.y * TOKENS);
}
