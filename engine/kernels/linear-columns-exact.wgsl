// y = x W^T for TOKENS tokens (a constant in front of this file: 1, or the tile of a prompt), in f32; W as
// linear-quants-*.wgsl and linear-scales-*.wgsl (in front of this file) load it. The formula: linear-rows-exact.wgsl.
// For GPUs: for each row and token, LANES invocations take the blocks in turn, so that neighbours load neighbouring words, and add
// up as linear-columns-sum*.wgsl (in front of this file) says.

@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;   // f32 [tokens, part.columns]
@group(0) @binding(1) var<storage, read> x_squares: array<f32>; // [tokens, part.columns / 32]: sums of squares

@compute @workgroup_size(LANES, TOKENS, ROW_LANES)
fn linear_columns_exact(@builtin(workgroup_id) tile: vec3<u32>, @builtin(local_invocation_id) lane: vec3<u32>) {
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
      var x_block = array<vec4<f32>, 8>();
      var x_sums = vec2<f32>(); // of the block's two halves
      for (var i = 0u; i < 8; i++) {
        x_block[i] = x[x_row * (blocks * 8) + b * 8 + i];
        x_sums[i / 4] += x_block[i].x + x_block[i].y + x_block[i].z + x_block[i].w;
      }
      for (var r = 0u; r < ROWS_PER_LANE; r++) {
        let row = weight_row + min(first + r, part.rows - 1);
        let rest = rest_at(row, b);
        let q = quants_of(load_raw(row, b), rest);
        let s = load_scales(rest);
        var dots = vec2<f32>();
        for (var i = 0u; i < 4; i++) {
          dots += vec2(dot(floats(q, i), x_block[i]), dot(floats(q, i + 4), x_block[i + 4]));
        }
        sums[r] += block_sum_f32(s, dots, x_sums);
      }
      sums.z += x_squares[x_row * blocks + b];
    }

    let totals = add_up(lane, sums);
    let scale = row_scale(totals.z);
    if (lane.x == 0) { take(tile.x, at, token, array(totals.x * scale, totals.y * scale)); }
  }
  finish(tile.x, select(TOKENS, lane.x, lane.y + lane.z == 0), tile.y * TOKENS);
}
