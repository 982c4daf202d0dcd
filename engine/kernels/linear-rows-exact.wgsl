// y = x W^T for tiles of one token, in f32; W as linear-quants-*.wgsl and linear-scales-*.wgsl (in front of this file) load it:
//   y[r] = sum over blocks of scale * (sum_i quant_i x_i - ZERO * sum_i x_i) + offset * sum_i x_i
// For software adapters, whose subgroups are 8 lanes of one CPU core: a lane owns ROWS_PER_LANE rows; each lane loads
// 4 of a block's 32 activations and broadcasts them.

const ROWS_PER_LANE = 2u;

@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;   // f32 [tokens, part.columns]
@group(0) @binding(1) var<storage, read> x_squares: array<f32>; // [tokens, part.columns / 32]: sums of squares

fn of_lanes(v: vec4<f32>) -> array<vec4<f32>, 8> { // v of each lane
  return array(
    subgroupBroadcast(v, 0u), subgroupBroadcast(v, 1u), subgroupBroadcast(v, 2u), subgroupBroadcast(v, 3u),
    subgroupBroadcast(v, 4u), subgroupBroadcast(v, 5u), subgroupBroadcast(v, 6u), subgroupBroadcast(v, 7u),
  );
}

@compute @workgroup_size(8)
fn linear_rows_exact(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  if (!has_rows(group.y)) { return; }
  let x_row = row_of_x(group.y);
  let weight_row = first_row_of(group.y);
  let blocks = part.columns / 32;

  let rows = min(GROUP_ROWS, part.rows - group.x * GROUP_ROWS); // at the part's end fewer
  for (var at = 0u; at < rows; at += ROWS_AT_ONCE) {
    let first = group.x * GROUP_ROWS + at + lane;
    var sums = array<f32, ROWS_PER_LANE>();
    var squares = 0.0;
    for (var b = 0u; b < blocks; b++) {
      let own = x[(x_row * blocks + b) * 8 + lane];
      let x_block = of_lanes(own);
      let x_sum4s = of_lanes(vec4(own.x + own.y + own.z + own.w));
      let x_sums = vec2( // of the block's two halves
        x_sum4s[0].x + x_sum4s[1].x + x_sum4s[2].x + x_sum4s[3].x,
        x_sum4s[4].x + x_sum4s[5].x + x_sum4s[6].x + x_sum4s[7].x,
      );

      var q = array<Quants, ROWS_PER_LANE>();
      var s = array<Scales, ROWS_PER_LANE>();
      var dots = array<vec2<f32>, ROWS_PER_LANE>();
      for (var r = 0u; r < ROWS_PER_LANE; r++) {
        let row = weight_row + first + r * ROW_STEP;
        let rest = rest_at(row, b);
        q[r] = quants_of(load_raw(row, b), rest);
        s[r] = load_scales(rest);
      }
      for (var i = 0u; i < 4; i++) {
        for (var r = 0u; r < ROWS_PER_LANE; r++) {
          dots[r] += vec2(dot(floats(q[r], i), x_block[i]), dot(floats(q[r], i + 4), x_block[i + 4]));
        }
      }
      for (var r = 0u; r < ROWS_PER_LANE; r++) {
        for (var half = 0u; half < 2; half++) { // in the tile's order: a token's numbers are the same alone
          sums[r] += s[r].scale[half] * (dots[r][half] - ZERO * x_sums[half]) + s[r].offset[half] * x_sums[half];
        }
      }
      squares += x_squares[x_row * blocks + b];
    }

    for (var r = 0u; r < ROWS_PER_LANE; r++) { sums[r] *= row_scale(squares); }
    take(group.x, at + lane, group.y, sums);
  }
  finish(group.x, lane, group.y);
}
