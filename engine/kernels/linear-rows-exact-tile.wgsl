// y = x W^T for tiles of TOKENS tokens, in f32: linear-rows-exact.wgsl for a prompt. A lane owns ROWS_PER_LANE rows of W
// for all TOKENS tokens, a constant in front of this file: 8 or 4; lane t loads the activations of token t and broadcasts them.

const ROWS_PER_LANE = 2u;

@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;   // [tokens, part.columns]
@group(0) @binding(1) var<storage, read> x_squares: array<f32>; // [tokens, part.columns / 32]: sums of squares

fn of_lanes(v: vec4<f32>) -> array<vec4<f32>, 8> { // v of each lane
  return array(
    subgroupBroadcast(v, 0u), subgroupBroadcast(v, 1u), subgroupBroadcast(v, 2u), subgroupBroadcast(v, 3u),
    subgroupBroadcast(v, 4u), subgroupBroadcast(v, 5u), subgroupBroadcast(v, 6u), subgroupBroadcast(v, 7u),
  );
}

@compute @workgroup_size(8)
fn linear_rows_exact_tile(@builtin(workgroup_id) tile: vec3<u32>, @builtin(subgroup_invocation_id) lane: u32) {
  if (!has_rows(tile.x)) { return; } // tiles of tokens run fastest: the rows are still in the core's cache
  let x_row = row_of_x(tile.x * TOKENS + lane % TOKENS);
  let weight_row = first_row_of(tile.x);
  let blocks = part.columns / 32;

  let rows = min(GROUP_ROWS, part.rows - tile.y * GROUP_ROWS); // at the part's end fewer
  for (var at = 0u; at < rows; at += ROWS_AT_ONCE) {
    let first = tile.y * GROUP_ROWS + at + lane;
    var sums = array<array<f32, TOKENS>, ROWS_PER_LANE>();
    var own_squares = 0.0;
    for (var b = 0u; b < blocks; b++) {
      var q = array<Quants, ROWS_PER_LANE>();
      var s = array<Scales, ROWS_PER_LANE>();
      for (var r = 0u; r < ROWS_PER_LANE; r++) {
        let row = weight_row + first + r * ROW_STEP;
        let rest = rest_at(row, b);
        q[r] = quants_of(load_raw(row, b), rest);
        s[r] = load_scales(rest);
      }
      for (var half = 0u; half < 2; half++) {
        var own = array<vec4<f32>, 4>();
        var own_sum = 0.0;
        for (var i = 0u; i < 4; i++) {
          own[i] = x[(x_row * blocks + b) * 8 + half * 4 + i];
          own_sum += own[i].x + own[i].y + own[i].z + own[i].w;
        }
        var dots = array<array<f32, TOKENS>, ROWS_PER_LANE>();
        for (var i = 0u; i < 4; i++) {
          var w = array<vec4<f32>, ROWS_PER_LANE>();
          for (var r = 0u; r < ROWS_PER_LANE; r++) { w[r] = floats(q[r], half * 4 + i); }
          let x_tokens = of_lanes(own[i]);
          for (var t = 0u; t < TOKENS; t++) {
            for (var r = 0u; r < ROWS_PER_LANE; r++) { dots[r][t] += dot(w[r], x_tokens[t]); }
          }
        }
        let x_sums = of_lanes(vec4(own_sum));
        for (var t = 0u; t < TOKENS; t++) {
          let x_sum = x_sums[t].x;
          for (var r = 0u; r < ROWS_PER_LANE; r++) {
            sums[r][t] += s[r].scale[half] * (dots[r][t] - ZERO * x_sum) + s[r].offset[half] * x_sum;
          }
        }
      }
      own_squares += x_squares[x_row * blocks + b];
    }

    let row_scales = of_lanes(vec4(row_scale(own_squares)));
    for (var t = 0u; t < TOKENS; t++) {
      take(tile.y, at + lane, tile.x * TOKENS + t, array(sums[0][t] * row_scales[t].x, sums[1][t] * row_scales[t].x));
    }
  }
  finish(tile.y, lane, tile.x * TOKENS);
}
