// The split of linear-columns-*.wgsl, in front of them: a workgroup computes ROWS_AT_ONCE rows at once, ROWS_PER_LANE of them in each
// of ROW_LANES; for each of TOKENS tokens (constants in front of this file), LANES invocations take their blocks in turn and add up
// through workgroup memory.

const LANES = 32u;
const QUARTER = LANES / 4;
const ROWS_PER_LANE = 2u;

var<workgroup> partial_sums: array<array<array<vec3<f32>, LANES>, TOKENS>, ROW_LANES>;

// The sums of all lanes, in lane 0: of the two rows, then squares of x.
fn add_up(lane: vec3<u32>, sums: vec3<f32>) -> vec3<f32> {
  let own = &partial_sums[lane.z][lane.y];
  (*own)[lane.x] = sums;
  workgroupBarrier();
  if (lane.x < QUARTER) {
    (*own)[lane.x] = ((*own)[lane.x] + (*own)[lane.x + QUARTER]) + ((*own)[lane.x + 2 * QUARTER] + (*own)[lane.x + 3 * QUARTER]);
  }
  workgroupBarrier();
  var totals = vec3<f32>();
  if (lane.x == 0) {
    for (var i = 0u; i < QUARTER; i++) { totals += (*own)[i]; }
  }
  workgroupBarrier(); // before they are overwritten
  return totals;
}
