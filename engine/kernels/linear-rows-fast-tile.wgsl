// y = x W^T for tiles of TOKENS tokens: linear-rows-fast.wgsl for a prompt. A lane owns ROWS_PER_LANE rows of W for all
// TOKENS tokens, a constant in front of this file: 8 or 4; lane t loads the activations of token t and broadcasts them.

const ROWS_PER_LANE = 2u;

@group(0) @binding(0) var x: texture_storage_2d<rgba32uint, read>;         // int8 [tokens, part.columns], 16 a texel
@group(0) @binding(1) var x_scales: texture_storage_2d<rgba32float, read>; // [tokens, part.columns / 32]: scale, scale * sums of both halves, sum of squares

fn of_lanes(v: vec4<u32>) -> array<vec4<u32>, 8> { // v of each lane
  return array(
    subgroupBroadcast(v, 0u), subgroupBroadcast(v, 1u), subgroupBroadcast(v, 2u), subgroupBroadcast(v, 3u),
    subgroupBroadcast(v, 4u), subgroupBroadcast(v, 5u), subgroupBroadcast(v, 6u), subgroupBroadcast(v, 7u),
  );
}

fn scales_of_lanes(v: vec4<f32>) -> array<vec4<f32>, 8> {
  return array(
    subgroupBroadcast(v, 0u), subgroupBroadcast(v, 1u), subgroupBroadcast(v, 2u), subgroupBroadcast(v, 3u),
    subgroupBroadcast(v, 4u), subgroupBroadcast(v, 5u), subgroupBroadcast(v, 6u), subgroupBroadcast(v, 7u),
  );
}

@compute @workgroup_size(8)
fn linear_rows_fast_tile(@builtin(workgroup_id) tile: vec3<u32>, @builtin(subgroup_invocation_id) lane: u32) {
  if (!has_rows(tile.x)) { return; } // tiles of tokens run fastest: the rows are still in the core's cache
  let x_row = row_of_x(tile.x * TOKENS + lane % TOKENS);
  let weight_row = first_row_of(tile.x);
  let blocks = part.columns / 32;

  let rows = min(GROUP_ROWS, part.rows - tile.y * GROUP_ROWS); // at the part's end fewer
  for (var at = 0u; at < rows; at += ROWS_AT_ONCE) {
    let first = tile.y * GROUP_ROWS + at + lane;
    var sums = array<array<f32, TOKENS>, ROWS_PER_LANE>();
    var rests = array<vec4<u32>, ROWS_PER_LANE>();
    var own_squares = 0.0;
    for (var b = 0u; b < blocks; b++) {
      // All loads first: what is in registers is saved before each, and restored.
      let own = array(textureLoad(x, vec2(b * 2, x_row)), textureLoad(x, vec2(b * 2 + 1, x_row)));
      let own_scale = textureLoad(x_scales, vec2(b, x_row));
      var raw = array<Raw, ROWS_PER_LANE>();
      for (var r = 0u; r < ROWS_PER_LANE; r++) {
        let row = weight_row + first + r * ROW_STEP;
        raw[r] = load_raw(row, b);
        if (b % REST_BLOCKS == 0) { rests[r] = rests_from(row, b); } else { rests[r] = next_rest(rests[r]); }
      }

      var q = array<Quants, ROWS_PER_LANE>();
      for (var r = 0u; r < ROWS_PER_LANE; r++) { q[r] = quants_of(raw[r], rests[r]); }
      var dots = array<array<vec2<i32>, TOKENS>, ROWS_PER_LANE>();
      for (var half = 0u; half < 2; half++) {
        let even = of_lanes(even_pairs(own[half]));
        let odd = of_lanes(odd_pairs(own[half]));
        for (var r = 0u; r < ROWS_PER_LANE; r++) {
          for (var t = 0u; t < TOKENS; t++) { dots[r][t][half] = dot16(q[r][half], even[t], odd[t]); }
        }
      }
      let x_scale = scales_of_lanes(own_scale);
      for (var r = 0u; r < ROWS_PER_LANE; r++) {
        for (var t = 0u; t < TOKENS; t++) {
          sums[r][t] += block_sum(load_scales(rests[r]), dots[r][t], x_scale[t]);
        }
      }
      own_squares += own_scale.w;
    }

    let row_scales = scales_of_lanes(vec4(row_scale(own_squares)));
    for (var t = 0u; t < TOKENS; t++) {
      take(tile.y, at + lane, tile.x * TOKENS + t, array(sums[0][t] * row_scales[t].x, sums[1][t] * row_scales[t].x));
    }
  }
  finish(tile.y, lane, tile.x * TOKENS);
}
