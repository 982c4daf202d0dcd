// The split of linear-columns-*.wgsl, in front of them: a workgroup computes ROWS_AT_ONCE rows at once, ROWS_PER_LANE of them in each
// of ROW_LANES; for each of TOKENS tokens (constants in front of this file), LANES invocations take their blocks in turn and add up
// through workgroup memory, in the order of linear-lanes.wgsl (in front of this file).

const ROWS_PER_LANE = 2u;

var<workgroup> partial_sums: array<array<array<vec3<f32>, LANES>, TOKENS>, ROW_LANES>;

// The sums of all lanes, in lane 0: of the two rows, then squares of x.
fn add_up(lane: vec3<u32>, sums: vec3<f32>) -> vec3<f32> {
  let own = &partial_sums[lane.z][lane.y];
  (*own)[lane.x] = sums;
  workgroupBarrier();
  if (lane.x % FOUR == 0) { (*own)[lane.x] = sums + (*own)[lane.x + 1] + (*own)[lane.x + 2] + (*own)[lane.x + 3]; }
  workgroupBarrier();
  var totals = vec3<f32>();
  if (lane.x == 0) {
    for (var l = 0u; l < LANES; l += FOUR) { totals += (*own)[l]; }
  }
  workgroupBarrier(); // before they are overwritten
  return totals;
}
