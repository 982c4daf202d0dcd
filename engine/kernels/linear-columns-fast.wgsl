// y = x W^T + bias for TOKENS tokens (a constant in front of this file: 1, or the tile of a prompt), from activations as
// quantize-activations.wgsl leaves them; W as linear-quants-*.wgsl and linear-scales-*.wgsl (in front of this file) load it.
// Integer products within a block, f32 across blocks. The parallel split is that of linear-columns-exact.wgsl.

const LANES = 32u;
const ROWS_PER_GROUP = 4u;

override COLUMNS: u32;
override ROWS: u32;         // of this part of the weight
override FIRST_ROW: u32;    // where the part begins in y
override Y_ROWS: u32;       // of the whole weight
override ROW_STRIDE: u32;   // in blocks
override BLOCK_STRIDE: u32; // in blocks
override ACCUMULATE: bool;  // y += instead of y =

@group(0) @binding(0) var<storage, read> x: array<vec4<u32>>;        // int8 [tokens, COLUMNS], 16 a vec4
@group(0) @binding(1) var<storage, read> x_scales: array<vec4<f32>>; // [tokens, COLUMNS / 32]: scale, scale * sums of both halves, 0
@group(0) @binding(2) var<storage, read_write> y: array<f32>;        // [tokens, Y_ROWS]
@group(0) @binding(3) var<storage, read> bias: array<f32>;           // [Y_ROWS]

var<workgroup> partial_sums: array<array<array<f32, LANES>, ROWS_PER_GROUP>, TOKENS>;

@compute @workgroup_size(LANES, ROWS_PER_GROUP)
fn linear_columns_fast(@builtin(workgroup_id) tile: vec3<u32>, @builtin(local_invocation_id) lane: vec3<u32>) {
  let row = tile.x * ROWS_PER_GROUP + lane.y;
  let first_token = tile.y * TOKENS;
  var sums: array<f32, TOKENS>;

  for (var b = lane.x; b < COLUMNS / 32; b += LANES) {
    let block = min(row, ROWS - 1) * ROW_STRIDE + b * BLOCK_STRIDE;
    let q = load_quants(block);
    let s = load_scales(block);
    for (var t = 0u; t < TOKENS; t++) {
      let x_block = (first_token + t) * (COLUMNS / 32) + b;
      let low = x[x_block * 2];
      let high = x[x_block * 2 + 1];
      var dots = vec2(0);
      for (var i = 0u; i < 4; i++) {
        dots += vec2(dot4I8Packed(q[i], low[i]), dot4I8Packed(q[i + 4], high[i]));
      }
      let x_scale = x_scales[x_block];
      sums[t] += dot(s.scale, x_scale.x * vec2<f32>(dots) - ZERO * x_scale.yz) + s.offset * (x_scale.y + x_scale.z);
    }
  }

  for (var t = 0u; t < TOKENS; t++) { partial_sums[t][lane.y][lane.x] = sums[t]; }
  workgroupBarrier();
  for (var stride = LANES / 2; stride > 0; stride /= 2) {
    if (lane.x < stride) {
      for (var t = 0u; t < TOKENS; t++) {
        partial_sums[t][lane.y][lane.x] += partial_sums[t][lane.y][lane.x + stride];
      }
    }
    workgroupBarrier();
  }

  if (lane.x < TOKENS && row < ROWS) { // lane t writes token t
    let at = (first_token + lane.x) * Y_ROWS + FIRST_ROW + row;
    var sum = partial_sums[lane.x][lane.y][0] + bias[FIRST_ROW + row];
    if (ACCUMULATE) { sum += y[at]; }
    y[at] = sum;
  }
}
