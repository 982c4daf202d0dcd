// Blocks of a tile in workgroup memory, for linear-tiles.wgsl: products as in linear-columns-exact.wgsl, in f32.

const STAGED = 1u; // block at once: in f32 they are large

@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;   // f32 [tokens, part.columns]
@group(0) @binding(1) var<storage, read> x_squares: array<f32>; // [tokens, part.columns / 32]: sums of squares

struct Invocation { @builtin(local_invocation_index) index: u32 }

var<workgroup> w_values: array<array<vec4<f32>, GROUP_ROWS>, 8>; // quants
var<workgroup> w_scales: array<Scales, GROUP_ROWS>;
var<workgroup> t_values: array<array<vec4<f32>, TOKENS>, 8>;
var<workgroup> t_sums: array<vec3<f32>, TOKENS>; // of the block's two halves, then of squares

fn stage(first_row: u32, first_token: u32, b: u32, blocks: u32, in: Invocation) {
  for (var i = in.index; i < GROUP_ROWS; i += INVOCATIONS) {
    let row = min(first_row + i, part.rows - 1);
    let rest = rest_at(row, b);
    let q = quants_of(load_raw(row, b), rest);
    for (var j = 0u; j < 8; j++) { w_values[j][i] = floats(q, j); }
    w_scales[i] = load_scales(rest);
  }
  for (var i = in.index; i < TOKENS; i += INVOCATIONS) {
    let x_at = (first_token + i) * blocks + b;
    var sums = vec3(0.0, 0.0, x_squares[x_at]);
    for (var j = 0u; j < 8; j++) {
      let values = x[x_at * 8 + j];
      sums[j / 4] += values.x + values.y + values.z + values.w;
      t_values[j][i] = values;
    }
    t_sums[i] = sums;
  }
}

// Of the staged block.
fn product(s: u32, row: u32, token: u32) -> f32 {
  var dots = vec2<f32>();
  for (var i = 0u; i < 4; i++) {
    dots += vec2(dot(w_values[i][row], t_values[i][token]), dot(w_values[i + 4][row], t_values[i + 4][token]));
  }
  return block_sum_f32(w_scales[row], dots, t_sums[token].xy);
}

fn squares_of(s: u32, token: u32) -> f32 { return t_sums[token].z; }
