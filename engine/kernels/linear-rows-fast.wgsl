// y = x W^T + bias for one token, from activations as quantize-activations.wgsl leaves them; W as linear-quants-*.wgsl and
// linear-scales-*.wgsl (in front of this file) load it. Integer products within a block, f32 across blocks.
// For software adapters, whose subgroups are 8 lanes of one CPU core: a lane owns ROWS_PER_LANE rows; each lane loads
// one of a block's 8 words of activations and broadcasts it.

const ROWS_PER_LANE = 2u;

@group(0) @binding(0) var<storage, read> x: array<u32>;         // int8 [part.columns], 4 a word
@group(0) @binding(1) var<storage, read> x_scales: array<f32>;  // [part.columns / 32, 4]: scale, scale * sums of both halves, 0

fn of_lanes(v: u32) -> array<u32, 8> { // v of each lane
  return array(
    subgroupBroadcast(v, 0u), subgroupBroadcast(v, 1u), subgroupBroadcast(v, 2u), subgroupBroadcast(v, 3u),
    subgroupBroadcast(v, 4u), subgroupBroadcast(v, 5u), subgroupBroadcast(v, 6u), subgroupBroadcast(v, 7u),
  );
}

@compute @workgroup_size(8)
fn linear_rows_fast(@builtin(workgroup_id) tile: vec3<u32>, @builtin(subgroup_invocation_id) lane: u32) {
  let first = tile.x * 8 * ROWS_PER_LANE + lane;
  var sums = array<f32, ROWS_PER_LANE>();
  let blocks = part.columns / 32;

  for (var b = 0u; b < blocks; b++) {
    let own = vec4(x[b * 8 + lane]);
    let even = of_lanes(even_pairs(own).x);
    let odd = of_lanes(odd_pairs(own).x);
    let even_low = vec4(even[0], even[1], even[2], even[3]);
    let even_high = vec4(even[4], even[5], even[6], even[7]);
    let odd_low = vec4(odd[0], odd[1], odd[2], odd[3]);
    let odd_high = vec4(odd[4], odd[5], odd[6], odd[7]);
    let own_scale = x_scales[b * 4 + lane % 4];
    let x_scale = subgroupBroadcast(own_scale, 0u);
    let x_sums = vec2(subgroupBroadcast(own_scale, 1u), subgroupBroadcast(own_scale, 2u));

    var q = array<Quants, ROWS_PER_LANE>();
    var s = array<Scales, ROWS_PER_LANE>();
    for (var r = 0u; r < ROWS_PER_LANE; r++) {
      let block = block_index(min(first + r * 8, part.rows - 1), b);
      let rest = rest_at(block);
      q[r] = load_quants(block, rest);
      s[r] = load_scales(rest);
    }
    for (var r = 0u; r < ROWS_PER_LANE; r++) {
      let dots = vec2(dot16(q[r][0], even_low, odd_low), dot16(q[r][1], even_high, odd_high));
      sums[r] += dot(s[r].scale, x_scale * vec2<f32>(dots) - ZERO * x_sums) + s[r].offset * (x_sums.x + x_sums.y);
    }
  }

  for (var r = 0u; r < ROWS_PER_LANE; r++) { write_y(0, first + r * 8, sums[r]); }
}
