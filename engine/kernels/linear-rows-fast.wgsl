// y = x W^T for tiles of one token, from activations as activations-int8.wgsl leaves them; W as linear-quants-*.wgsl and
// linear-scales-*.wgsl (in front of this file) load it. Integer products within a block, f32 across blocks.
// For software adapters, whose subgroups are 8 lanes of one CPU core: a lane owns ROWS_PER_LANE rows; each lane loads
// the activations of half of one of 4 blocks and broadcasts them.

const ROWS_PER_LANE = 2u;

@group(0) @binding(0) var x: texture_storage_2d<rgba32uint, read>;         // int8 [tokens, part.columns], 16 a texel
@group(0) @binding(1) var x_scales: texture_storage_2d<rgba32float, read>; // [tokens, part.columns / 32]: scale, scale * sums of both halves, sum of squares

fn of_lanes(v: vec4<u32>) -> array<vec4<u32>, 8> { // v of each lane
  return array(
    subgroupBroadcast(v, 0u), subgroupBroadcast(v, 1u), subgroupBroadcast(v, 2u), subgroupBroadcast(v, 3u),
    subgroupBroadcast(v, 4u), subgroupBroadcast(v, 5u), subgroupBroadcast(v, 6u), subgroupBroadcast(v, 7u),
  );
}

fn of_4_lanes(v: vec4<f32>) -> array<vec4<f32>, 4> {
  return array(subgroupBroadcast(v, 0u), subgroupBroadcast(v, 1u), subgroupBroadcast(v, 2u), subgroupBroadcast(v, 3u));
}

@compute @workgroup_size(8)
fn linear_rows_fast(@builtin(workgroup_id) group: vec3<u32>, @builtin(subgroup_invocation_id) lane: u32) {
  if (!has_rows(group.y)) { return; }
  let x_row = row_of_x(group.y);
  let weight_row = first_row_of(group.y);
  let blocks = part.columns / 32;

  let rows = min(GROUP_ROWS, part.rows - group.x * GROUP_ROWS); // at the part's end fewer
  for (var at = 0u; at < rows; at += ROWS_AT_ONCE) {
    let first = group.x * GROUP_ROWS + at + lane;
    var sums = array<f32, ROWS_PER_LANE>();
    var squares = 0.0;
    for (var b = 0u; b < blocks; b += 4) {
      // All loads first: what is in registers is saved before each, and restored.
      let own = textureLoad(x, vec2(b * 2 + lane, x_row));
      let own_scale = textureLoad(x_scales, vec2(b + lane % 4, x_row));
      var raw = array<array<Raw, 4>, ROWS_PER_LANE>();
      var rests = array<array<vec4<u32>, 4>, ROWS_PER_LANE>();
      for (var r = 0u; r < ROWS_PER_LANE; r++) { // past the row's end there are blocks of zeros
        let row = weight_row + first + r * ROW_STEP;
        for (var j = 0u; j < 4; j++) {
          raw[r][j] = load_raw(row, b + j);
          if (j % REST_BLOCKS == 0) { rests[r][j] = rests_from(row, b + j); } else { rests[r][j] = next_rest(rests[r][j - 1]); }
        }
      }
      let even = of_lanes(even_pairs(own));
      let odd = of_lanes(odd_pairs(own));
      let x_scale = of_4_lanes(own_scale);
      for (var j = 0u; j < 4; j++) {
        for (var r = 0u; r < ROWS_PER_LANE; r++) {
          let q = quants_of(raw[r][j], rests[r][j]);
          let dots = vec2(dot16(q[0], even[2 * j], odd[2 * j]), dot16(q[1], even[2 * j + 1], odd[2 * j + 1]));
          sums[r] += block_sum(load_scales(rests[r][j]), dots, x_scale[j]);
        }
        squares += select(0.0, x_scale[j].w, b + j < blocks);
      }
    }

    for (var r = 0u; r < ROWS_PER_LANE; r++) { sums[r] *= row_scale(squares); }
    take(group.x, at + lane, group.y, sums);
  }
  finish(group.x, lane, group.y);
}
