// RMSNorm (rms-norm.wgsl) of each head of queries and keys, in place. LANES invocations share a head.
// In front of this file: const NUM_HEADS, of queries; NORMED, with those of keys; HEADS, with those of values; QUADS = HEAD_DIM / 4.

override EPS: f32;

const LANES = 8u;
const GROUP_HEADS = 4u;

@group(0) @binding(0) var<storage, read_write> qkv: array<vec4<f32>>; // [numTokens, HEADS, QUADS]
@group(0) @binding(1) var<storage, read> q_weight: array<vec4<f32>>;  // [QUADS]
@group(0) @binding(2) var<storage, read> k_weight: array<vec4<f32>>;  // [QUADS]

var<workgroup> partial_sums: array<array<f32, LANES>, GROUP_HEADS>;

@compute @workgroup_size(LANES, GROUP_HEADS)
fn head_norm(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) lane: vec3<u32>) {
  let head = min(group.x * GROUP_HEADS + lane.y, NORMED - 1); // those past the last read what they do not write
  let first = (group.y * HEADS + head) * QUADS;

  var sum = 0.0;
  for (var i = lane.x; i < QUADS; i += LANES) { sum += dot(qkv[first + i], qkv[first + i]); }
  partial_sums[lane.y][lane.x] = sum;
  workgroupBarrier();

  if (group.x * GROUP_HEADS + lane.y >= NORMED) { return; }
  var total = 0.0;
  for (var l = 0u; l < LANES; l++) { total += partial_sums[lane.y][l]; }
  let scale = inverseSqrt(total / f32(QUADS * 4) + EPS);
  for (var i = lane.x; i < QUADS; i += LANES) {
    let weight = select(k_weight[i], q_weight[i], head < NUM_HEADS);
    qkv[first + i] *= scale * weight;
  }
}
