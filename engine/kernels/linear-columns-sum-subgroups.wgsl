// linear-columns-sum.wgsl for adapters with subgroups: sums within one take no memory and no barrier. Drivers choose their
// size, so that only what all have is counted on: SUBGROUP_SIZE invocations (a constant in front of this file, LANES or a
// divisor of it, FOUR at least). Neighbouring invocations are taken to be of one subgroup, which WebGPU does not promise and
// every driver tried does; linear.test.ts would show it.

const ROWS_PER_LANE = 2u;
const SUBGROUPS = LANES / SUBGROUP_SIZE; // a token

var<workgroup> partial_sums: array<array<array<vec3<f32>, LANES / FOUR>, TOKENS>, ROW_LANES>;

// The sums of all lanes, in lane 0: of the two rows, then squares of x.
fn add_up(lane: vec3<u32>, sums: vec3<f32>) -> vec3<f32> {
  let four = sums + subgroupShuffleDown(sums, 1u) + subgroupShuffleDown(sums, 2u) + subgroupShuffleDown(sums, 3u);
  var totals = vec3<f32>();
  if (SUBGROUPS == 1) {
    for (var l = 0u; l < LANES; l += FOUR) { totals += subgroupShuffleDown(four, l); }
    return totals;
  }
  if (lane.x % FOUR == 0) { partial_sums[lane.z][lane.y][lane.x / FOUR] = four; }
  workgroupBarrier();
  if (lane.x == 0) {
    for (var i = 0u; i < LANES / FOUR; i++) { totals += partial_sums[lane.z][lane.y][i]; }
  }
  workgroupBarrier(); // before they are overwritten
  return totals;
}
