// Blocks of a tile in workgroup memory, for linear-tiles.wgsl: products as in linear-tiles-fast.wgsl, of integers within a block, by
// subgroup matrices. Their sums are whole numbers below 2^24, which f32 holds as well as i32: the same bits as everywhere, in
// whichever type the adapter multiplies. A block's sums go through memory, since only from there an invocation can scale its own.
// In front of this file: the types and sizes that the adapter has, linear-matrices-*.wgsl and const MATRIX_ROWS, MATRIX_TOKENS,
// MATRIX_COLUMNS.
// The extension: https://dawn.googlesource.com/dawn/+/refs/heads/main/docs/dawn/features/subgroup_matrix.md

const STAGED = 1u; // block at once: its sums take the memory
const ROW_MATRICES = GROUP_ROWS / MATRIX_ROWS;
const TOKEN_MATRICES = TOKENS / MATRIX_TOKENS;
const DOT_COLUMNS = 32 / DOTS;
const SUMS_STRIDE = TOKENS + 4; // the 4 spread rows over memory's banks

alias Left = subgroup_matrix_left<Component, MATRIX_COLUMNS, MATRIX_ROWS>;
alias Right = subgroup_matrix_right<Component, MATRIX_TOKENS, MATRIX_COLUMNS>;
alias Sums = subgroup_matrix_result<Sum, MATRIX_TOKENS, MATRIX_ROWS>;

struct Invocation {
  @builtin(local_invocation_index) index: u32,
  @builtin(subgroup_id) subgroup: u32,
  @builtin(num_subgroups) subgroups: u32,
}

@group(0) @binding(0) var<storage, read> x: array<vec4<u32>>;        // int8 [tokens, part.columns], 16 a vec4
@group(0) @binding(1) var<storage, read> x_scales: array<vec4<f32>>; // [tokens, part.columns / 32]: scale, scale * sums of both halves, sum of squares

var<workgroup> staged: array<Packed, (GROUP_ROWS + TOKENS) * STRIDE>; // of the weight's rows, then of the tokens
var<workgroup> w_scales: array<Scales, GROUP_ROWS>;
var<workgroup> t_scales: array<vec4<f32>, TOKENS>;
var<workgroup> sums: array<Sum, DOTS * GROUP_ROWS * SUMS_STRIDE>;

fn stage(first_row: u32, first_token: u32, b: u32, blocks: u32, in: Invocation) {
  for (var i = in.index; i < GROUP_ROWS + TOKENS; i += INVOCATIONS) {
    if (i < GROUP_ROWS) {
      let row = min(first_row + i, part.rows - 1);
      let rest = rest_at(row, b);
      let q = quants_of(load_raw(row, b), rest);
      for (var j = 0u; j < 8; j++) { pack_four(i, j, q[j / 4][j % 4]); }
      w_scales[i] = load_scales(rest);
    } else {
      let x_at = (first_token + i - GROUP_ROWS) * blocks + b;
      for (var j = 0u; j < 8; j++) { pack_four(i, j, x[x_at * 2 + j / 4][j % 4]); }
      t_scales[i - GROUP_ROWS] = x_scales[x_at];
    }
  }
  workgroupBarrier();
  multiply(in.subgroup, in.subgroups);
}

// A subgroup makes some of the tile's matrices.
fn multiply(subgroup: u32, subgroups: u32) {
  for (var m = subgroup; m < DOTS * ROW_MATRICES * TOKEN_MATRICES; m += subgroups) {
    let token = m % TOKEN_MATRICES * MATRIX_TOKENS;
    let row = m / TOKEN_MATRICES % ROW_MATRICES * MATRIX_ROWS;
    let d = m / TOKEN_MATRICES / ROW_MATRICES;
    var sum = Sums();
    for (var k = d * DOT_COLUMNS; k < (d + 1) * DOT_COLUMNS; k += MATRIX_COLUMNS) {
      let left = subgroupMatrixLoad<Left, row_major>(&staged, row * STRIDE + k / PACKED, STRIDE);
      let right = subgroupMatrixLoad<Right, col_major>(&staged, (GROUP_ROWS + token) * STRIDE + k / PACKED, STRIDE);
      sum = subgroupMatrixMultiplyAccumulate(left, right, sum);
    }
    subgroupMatrixStore<row_major>(&sums, (d * GROUP_ROWS + row) * SUMS_STRIDE + token, sum, SUMS_STRIDE);
  }
}

// Of the staged block.
fn product(s: u32, row: u32, token: u32) -> f32 {
  var dots = vec2<i32>();
  for (var d = 0u; d < DOTS; d++) { dots[d] = i32(sums[(d * GROUP_ROWS + row) * SUMS_STRIDE + token]); }
  return block_sum(w_scales[row], dots, t_scales[token]);
}

fn squares_of(s: u32, token: u32) -> f32 { return t_scales[token].w; }
