// y = x W^T + bias for one token, from activations as quantize-activations.wgsl leaves them; W as linear-quants-*.wgsl and
// linear-scales-*.wgsl (in front of this file) load it. Integer products within a block, f32 across blocks.
// For software adapters, whose subgroups are 8 lanes of one CPU core: a lane owns ROWS_PER_LANE rows; each lane loads
// the activations of half of one of 4 blocks and broadcasts them.

const ROWS_PER_LANE = 2u;

@group(0) @binding(0) var x: texture_storage_2d<rgba32uint, read>;         // int8 [part.columns], 16 a texel
@group(0) @binding(1) var x_scales: texture_storage_2d<rgba32float, read>; // [part.columns / 32]: scale, scale * sums of both halves, 0

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
fn linear_rows_fast(@builtin(workgroup_id) tile: vec3<u32>, @builtin(subgroup_invocation_id) lane: u32) {
  let first = tile.x * 8 * ROWS_PER_LANE + lane;
  var sums = array<f32, ROWS_PER_LANE>();
  let blocks = part.columns / 32;

  for (var b = 0u; b < blocks; b += 4) {
    let own = textureLoad(x, texel(b * 2 + lane));
    let even = of_lanes(even_pairs(own));
    let odd = of_lanes(odd_pairs(own));
    let own_block = b + lane % 4;
    let x_scale = of_4_lanes(select(vec4<f32>(), textureLoad(x_scales, texel(own_block)), own_block < blocks));

    for (var j = 0u; j < 4; j++) { // past the row's end its last block counts nothing
      for (var r = 0u; r < ROWS_PER_LANE; r++) {
        let block = block_index(min(first + r * 8, part.rows - 1), min(b + j, blocks - 1));
        let rest = rest_at(block);
        let q = load_quants(block, rest);
        let s = load_scales(rest);
        let dots = vec2(dot16(q[0], even[2 * j], odd[2 * j]), dot16(q[1], even[2 * j + 1], odd[2 * j + 1]));
        sums[r] += block_sum(s, dots, x_scale[j]);
      }
    }
  }

  for (var r = 0u; r < ROWS_PER_LANE; r++) { write_y(0, first + r * 8, sums[r]); }
}
