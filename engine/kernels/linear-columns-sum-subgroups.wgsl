// linear-columns-sum.wgsl for adapters with subgroups: sums within one take no memory and no barrier. Drivers choose their
// size, so that only what all have is counted on: SUBGROUP_SIZE invocations (a constant in front of this file, a divisor of
// LANES). Neighbouring invocations are taken to be of one subgroup, which WebGPU does not promise and every driver tried
// does; linear.test.ts would show it.

const LANES = 32u;
const ROWS_PER_LANE = 2u;
const SUBGROUPS = LANES / SUBGROUP_SIZE; // a token

var<workgroup> partial_sums: array<array<array<vec3<f32>, SUBGROUPS>, TOKENS>, ROW_LANES>;

// The sums of all lanes, in lane 0: of the two rows, then squares of x.
fn add_up(lane: vec3<u32>, sums: vec3<f32>) -> vec3<f32> {
  var own = sums;
  for (var distance = SUBGROUP_SIZE / 2; distance > 0; distance /= 2) { own += subgroupShuffleXor(own, distance); }
  if (SUBGROUPS == 1) { return own; }
  if (lane.x % SUBGROUP_SIZE == 0) { partial_sums[lane.z][lane.y][lane.x / SUBGROUP_SIZE] = own; }
  workgroupBarrier();
  var totals = vec3<f32>();
  for (var s = 0u; s < SUBGROUPS; s++) { totals += partial_sums[lane.z][lane.y][s]; }
  workgroupBarrier(); // before they are overwritten
  return totals;
}
