// linear-columns-sum.wgsl for adapters whose subgroups all have SUBGROUP_SIZE invocations (a constant in front of this
// file, a divisor of LANES): sums within a subgroup take no memory and no barrier. Neighbouring invocations are taken to
// be of one subgroup, which WebGPU does not promise and every driver tried does; linear.test.ts would show it.

const LANES = 32u;
const ROWS_PER_LANE = 2u;
const SUBGROUPS = LANES / SUBGROUP_SIZE; // a token

var<workgroup> partial_sums: array<array<array<f32, ROWS_PER_LANE>, SUBGROUPS>, TOKENS>;

fn add_up(lane: vec3<u32>, sums: array<f32, ROWS_PER_LANE>, token: u32, first_row: u32) {
  var totals = array<f32, ROWS_PER_LANE>();
  for (var r = 0u; r < ROWS_PER_LANE; r++) { totals[r] = subgroupAdd(sums[r]); }
  if (SUBGROUPS > 1) {
    if (lane.x % SUBGROUP_SIZE == 0) { partial_sums[lane.y][lane.x / SUBGROUP_SIZE] = totals; }
    workgroupBarrier();
    totals = array<f32, ROWS_PER_LANE>();
    for (var i = 0u; i < SUBGROUPS; i++) {
      for (var r = 0u; r < ROWS_PER_LANE; r++) { totals[r] += partial_sums[lane.y][i][r]; }
    }
  }
  if (lane.x < ROWS_PER_LANE) { write_y(token, first_row + lane.x, totals[lane.x]); } // lane r: row r
}
