// RMSNorm (Zhang & Sennrich 2019, arXiv:1910.07467):
//   y[t, i] = x[t, i] / sqrt(mean_i(x[t, i]^2) + EPS) * weight[i]
// One workgroup normalises one token row t; its invocations stride over i, then over blocks of 32 of them.
// In front of this file: const BLOCKS; store_block of activations.ts.

override EPS: f32;
override WORKGROUP_SIZE: u32; // a power of two

const QUADS = BLOCKS * 8;

@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;      // [numTokens, QUADS]
@group(0) @binding(1) var<storage, read> weight: array<vec4<f32>>; // [QUADS]

var<workgroup> partial_sums: array<f32, WORKGROUP_SIZE>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn rms_norm(@builtin(workgroup_id) token: vec3<u32>, @builtin(local_invocation_id) lane: vec3<u32>) {
  let row = token.x * QUADS;

  var sum = 0.0;
  for (var i = lane.x; i < QUADS; i += WORKGROUP_SIZE) { sum += dot(x[row + i], x[row + i]); }
  partial_sums[lane.x] = sum;
  workgroupBarrier();

  for (var stride = WORKGROUP_SIZE / 2; stride > 0; stride /= 2) {
    if (lane.x < stride) { partial_sums[lane.x] += partial_sums[lane.x + stride]; }
    workgroupBarrier();
  }

  let scale = inverseSqrt(partial_sums[0] / f32(QUADS * 4) + EPS);
  for (var b = lane.x; b < BLOCKS; b += WORKGROUP_SIZE) {
    var values = array<vec4<f32>, 8>();
    for (var i = 0u; i < 8; i++) { values[i] = x[row + b * 8 + i] * scale * weight[b * 8 + i]; }
    store_block(token.x, b, values);
  }
}
