// The split of linear-columns-*.wgsl, in front of them: a workgroup computes ROWS_PER_LANE rows; for each of TOKENS tokens
// (a constant in front of this file), LANES invocations take their blocks in turn and add up through workgroup memory.

const LANES = 32u;
const ROWS_PER_LANE = 2u;

var<workgroup> partial_sums: array<array<array<f32, ROWS_PER_LANE>, LANES>, TOKENS>;

fn add_up(lane: vec3<u32>, sums: array<f32, ROWS_PER_LANE>, token: u32, first_row: u32) {
  partial_sums[lane.y][lane.x] = sums;
  workgroupBarrier();
  for (var stride = LANES / 2; stride > 0; stride /= 2) {
    if (lane.x < stride) {
      for (var r = 0u; r < ROWS_PER_LANE; r++) {
        partial_sums[lane.y][lane.x][r] += partial_sums[lane.y][lane.x + stride][r];
      }
    }
    workgroupBarrier();
  }
  if (lane.x < ROWS_PER_LANE) { write_y(token, first_row + lane.x, partial_sums[lane.y][0][lane.x]); } // lane r: row r
}
