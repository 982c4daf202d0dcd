// y = x W^T + bias for TOKENS tokens (a constant in front of this file: 1, or the tile of a prompt), from activations as
// quantize-activations.wgsl leaves them; W as linear-quants-*.wgsl and linear-scales-*.wgsl (in front of this file) load it.
// Integer products within a block, f32 across blocks. The parallel split is that of linear-columns-exact.wgsl.

@group(0) @binding(0) var<storage, read> x: array<vec4<u32>>;        // int8 [tokens, part.columns], 16 a vec4
@group(0) @binding(1) var<storage, read> x_scales: array<vec4<f32>>; // [tokens, part.columns / 32]: scale, scale * sums of both halves, 0

@compute @workgroup_size(LANES, TOKENS)
fn linear_columns_fast(@builtin(workgroup_id) tile: vec3<u32>, @builtin(local_invocation_id) lane: vec3<u32>) {
  let first = tile.x * ROWS_PER_LANE;
  let token = tile.y * TOKENS + lane.y;
  var sums = array<f32, ROWS_PER_LANE>();
  let blocks = part.columns / 32;

  for (var b = lane.x; b < blocks; b += LANES) {
    let x_at = token * blocks + b;
    let low = x[x_at * 2];
    let high = x[x_at * 2 + 1];
    let x_scale = x_scales[x_at];
    for (var r = 0u; r < ROWS_PER_LANE; r++) {
      let row = min(first + r, part.rows - 1);
      let rest = rest_at(row, b);
      let q = quants_of(load_raw(row, b), rest);
      let s = load_scales(rest);
      var dots = vec2<i32>();
      for (var i = 0u; i < 4; i++) {
        dots += vec2(dot4I8Packed(q[0][i], low[i]), dot4I8Packed(q[1][i], high[i]));
      }
      sums[r] += block_sum(s, dots, x_scale);
    }
  }

  add_up(lane, sums, token, first);
}
