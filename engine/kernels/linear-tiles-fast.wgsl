// Blocks of a tile in workgroup memory, for linear-tiles.wgsl: products as in linear-columns-fast.wgsl, of integers within a block.

const STAGED = 2u; // blocks at once: of one lane of linear-lanes.wgsl

@group(0) @binding(0) var<storage, read> x: array<vec4<u32>>;        // int8 [tokens, part.columns], 16 a vec4
@group(0) @binding(1) var<storage, read> x_scales: array<vec4<f32>>; // [tokens, part.columns / 32]: scale, scale * sums of both halves, sum of squares

struct Invocation { @builtin(local_invocation_index) index: u32 }

var<workgroup> w_quants: array<array<vec4<u32>, GROUP_ROWS>, 2 * STAGED>; // halves of blocks
var<workgroup> w_scales: array<array<Scales, GROUP_ROWS>, STAGED>;
var<workgroup> t_quants: array<array<vec4<u32>, TOKENS>, 2 * STAGED>;
var<workgroup> t_scales: array<array<vec4<f32>, TOKENS>, STAGED>;

// Blocks b, b + LANES, ... as far as there are.
fn stage(first_row: u32, first_token: u32, b: u32, blocks: u32, in: Invocation) {
  for (var i = in.index; i < STAGED * GROUP_ROWS; i += INVOCATIONS) {
    let s = i / GROUP_ROWS;
    let row = min(first_row + i % GROUP_ROWS, part.rows - 1);
    if (b + s * LANES < blocks) {
      let rest = rest_at(row, b + s * LANES);
      let q = quants_of(load_raw(row, b + s * LANES), rest);
      w_quants[2 * s][i % GROUP_ROWS] = q[0];
      w_quants[2 * s + 1][i % GROUP_ROWS] = q[1];
      w_scales[s][i % GROUP_ROWS] = load_scales(rest);
    }
  }
  for (var i = in.index; i < STAGED * TOKENS; i += INVOCATIONS) {
    let s = i / TOKENS;
    if (b + s * LANES < blocks) {
      let x_at = (first_token + i % TOKENS) * blocks + b + s * LANES;
      t_quants[2 * s][i % TOKENS] = x[x_at * 2];
      t_quants[2 * s + 1][i % TOKENS] = x[x_at * 2 + 1];
      t_scales[s][i % TOKENS] = x_scales[x_at];
    }
  }
}

// Of the staged block s.
fn product(s: u32, row: u32, token: u32) -> f32 {
  let q_low = w_quants[2 * s][row];
  let q_high = w_quants[2 * s + 1][row];
  let low = t_quants[2 * s][token];
  let high = t_quants[2 * s + 1][token];
  var dots = vec2<i32>();
  for (var i = 0u; i < 4; i++) { dots += vec2(dot4I8Packed(q_low[i], low[i]), dot4I8Packed(q_high[i], high[i])); }
  return block_sum(w_scales[s][row], dots, t_scales[s][token]);
}

fn squares_of(s: u32, token: u32) -> f32 { return t_scales[s][token].w; }
