// y = x W^T + bias for tiles of 8 tokens, with integer products: linear-rows-fast.wgsl for a prompt.
// For software adapters, whose subgroups are 8 lanes of one CPU core: a lane owns ROWS_PER_LANE rows of W for all 8
// tokens; lane t loads the activations of token t and broadcasts them.

const ROWS_PER_LANE = 2u;
const TOKENS = 8u;

@group(0) @binding(0) var<storage, read> x: array<vec4<u32>>;        // int8 [tokens, part.columns], 16 a vec4
@group(0) @binding(1) var<storage, read> x_scales: array<vec4<f32>>; // [tokens, part.columns / 32]: scale, scale * sums of both halves, 0
@group(0) @binding(2) var<storage, read_write> y: array<f32>;        // [tokens, part.y_rows]
@group(0) @binding(3) var<storage, read> bias: array<f32>;           // [part.y_rows]

fn of_lanes(v: vec4<u32>) -> array<vec4<u32>, 8> { // v of each lane
  return array(
    subgroupBroadcast(v, 0u), subgroupBroadcast(v, 1u), subgroupBroadcast(v, 2u), subgroupBroadcast(v, 3u),
    subgroupBroadcast(v, 4u), subgroupBroadcast(v, 5u), subgroupBroadcast(v, 6u), subgroupBroadcast(v, 7u),
  );
}

@compute @workgroup_size(8)
fn linear_rows_fast_tile(@builtin(workgroup_id) tile: vec3<u32>, @builtin(subgroup_invocation_id) lane: u32) {
  let blocks = part.columns / 32;
  let first = tile.x * 8 * ROWS_PER_LANE + lane;
  let own_blocks = (tile.y * TOKENS + lane) * blocks;
  var sums = array<array<f32, TOKENS>, ROWS_PER_LANE>();
  for (var b = 0u; b < blocks; b++) {
    var q = array<Quants, ROWS_PER_LANE>();
    var s = array<Scales, ROWS_PER_LANE>();
    for (var r = 0u; r < ROWS_PER_LANE; r++) {
      let block = block_index(min(first + r * 8, part.rows - 1), b);
      q[r] = load_quants(block);
      s[r] = load_scales(block);
    }
    let low = of_lanes(x[(own_blocks + b) * 2]);
    let high = of_lanes(x[(own_blocks + b) * 2 + 1]);
    let token_scales = of_lanes(bitcast<vec4<u32>>(x_scales[own_blocks + b]));
    for (var t = 0u; t < TOKENS; t++) {
      let token_scale = bitcast<vec4<f32>>(token_scales[t]);
      let x_scale = token_scale.x;
      let x_sums = token_scale.yz;
      for (var r = 0u; r < ROWS_PER_LANE; r++) {
        var dots = vec2(0);
        for (var i = 0u; i < 4; i++) {
          dots += vec2(dot4I8Packed(q[r][i], low[t][i]), dot4I8Packed(q[r][i + 4], high[t][i]));
        }
        sums[r][t] += dot(s[r].scale, x_scale * vec2<f32>(dots) - ZERO * x_sums) + s[r].offset * (x_sums.x + x_sums.y);
      }
    }
  }

  for (var r = 0u; r < ROWS_PER_LANE; r++) {
    let row = first + r * 8;
    if (row < part.rows) {
      for (var t = 0u; t < TOKENS; t++) {
        let at = (tile.y * TOKENS + t) * part.y_rows + part.first_row + row;
        var sum = sums[r][t] + bias[part.first_row + row];
        if (part.accumulate != 0) { sum += y[at]; }
        y[at] = sum;
      }
    }
  }
}
