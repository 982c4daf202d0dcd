// y = x W^T + bias for TOKENS tokens (a constant in front of this file: 1, or the tile of a prompt), in f32; W as
// linear-quants-*.wgsl and linear-scales-*.wgsl (in front of this file) load it. The formula: linear-rows-exact.wgsl.
// For GPUs: the LANES invocations of a row take its blocks in turn, so that neighbours load neighbouring words, and
// add up through workgroup memory; a workgroup computes ROWS_PER_GROUP rows. Needs no subgroups.

const LANES = 32u;
const ROWS_PER_GROUP = 4u;

override COLUMNS: u32;
override ROWS: u32;         // of this part of the weight
override FIRST_ROW: u32;    // where the part begins in y
override Y_ROWS: u32;       // of the whole weight
override ROW_STRIDE: u32;   // in blocks
override BLOCK_STRIDE: u32; // in blocks
override ACCUMULATE: bool;  // y += instead of y =

@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;   // f32 [tokens, COLUMNS]
@group(0) @binding(2) var<storage, read_write> y: array<f32>;   // [tokens, Y_ROWS]
@group(0) @binding(3) var<storage, read> bias: array<f32>;      // [Y_ROWS]

var<workgroup> partial_sums: array<array<array<f32, LANES>, ROWS_PER_GROUP>, TOKENS>;

@compute @workgroup_size(LANES, ROWS_PER_GROUP)
fn linear_columns_exact(@builtin(workgroup_id) tile: vec3<u32>, @builtin(local_invocation_id) lane: vec3<u32>) {
  let row = tile.x * ROWS_PER_GROUP + lane.y;
  let first_token = tile.y * TOKENS;
  var sums: array<f32, TOKENS>;

  for (var b = lane.x; b < COLUMNS / 32; b += LANES) {
    let block = min(row, ROWS - 1) * ROW_STRIDE + b * BLOCK_STRIDE;
    let q = load_quants(block);
    let s = load_scales(block);
    for (var half = 0u; half < 2; half++) {
      for (var t = 0u; t < TOKENS; t++) {
        var dots = 0.0;
        var x_sum = 0.0;
        for (var i = half * 4; i < half * 4 + 4; i++) {
          let x_t = x[(first_token + t) * (COLUMNS / 4) + b * 8 + i];
          dots += dot(floats(q, i), x_t);
          x_sum += x_t.x + x_t.y + x_t.z + x_t.w;
        }
        sums[t] += s.scale[half] * (dots - ZERO * x_sum) + s.offset * x_sum;
      }
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
