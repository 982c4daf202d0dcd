// y = x W^T + bias for TOKENS tokens (a constant in front of this file: 1, or the tile of a prompt), in f32; W as
// linear-quants-*.wgsl and linear-scales-*.wgsl (in front of this file) load it. The formula: linear-rows-exact.wgsl.
// For GPUs: a workgroup computes ROWS_PER_LANE rows; for each token, LANES invocations take their blocks in turn, so that
// neighbours load neighbouring words, and add up through workgroup memory. Needs no subgroups.

@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;   // f32 [tokens, part.columns]

@compute @workgroup_size(LANES, TOKENS)
fn linear_columns_exact(@builtin(workgroup_id) tile: vec3<u32>, @builtin(local_invocation_id) lane: vec3<u32>) {
  let first = tile.x * ROWS_PER_LANE;
  let token = tile.y * TOKENS + lane.y;
  var sums = array<f32, ROWS_PER_LANE>();
  let blocks = part.columns / 32;

  for (var b = lane.x; b < blocks; b += LANES) {
    var x_block = array<vec4<f32>, 8>();
    var x_sums = vec2<f32>(); // of the block's two halves
    for (var i = 0u; i < 8; i++) {
      x_block[i] = x[token * (blocks * 8) + b * 8 + i];
      x_sums[i / 4] += x_block[i].x + x_block[i].y + x_block[i].z + x_block[i].w;
    }
    for (var r = 0u; r < ROWS_PER_LANE; r++) {
      let row = min(first + r, part.rows - 1);
      let rest = rest_at(row, b);
      let q = quants_of(load_raw(row, b), rest);
      let s = load_scales(rest);
      var dots = vec2<f32>();
      for (var i = 0u; i < 4; i++) {
        dots += vec2(dot(floats(q, i), x_block[i]), dot(floats(q, i + 4), x_block[i + 4]));
      }
      sums[r] += dot(s.scale, dots - ZERO * x_sums) + s.offset * (x_sums.x + x_sums.y);
    }
  }

  add_up(lane, sums, token, first);
}
