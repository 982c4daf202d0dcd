// RMSNorm (Zhang & Sennrich 2019, arXiv:1910.07467):
//   y[t, i] = x[t, i] / sqrt(mean_i(x[t, i]^2) + EPS) * weight[i]
// One workgroup normalises one token row t; its invocations stride over i.

override HIDDEN_SIZE: u32;
override EPS: f32;
override WORKGROUP_SIZE: u32; // a power of two

@group(0) @binding(0) var<storage, read> x: array<f32>;       // [numTokens, HIDDEN_SIZE]
@group(0) @binding(1) var<storage, read> weight: array<f32>;  // [HIDDEN_SIZE]
@group(0) @binding(2) var<storage, read_write> y: array<f32>; // [numTokens, HIDDEN_SIZE]

var<workgroup> partial_sums: array<f32, WORKGROUP_SIZE>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn rms_norm(@builtin(workgroup_id) token: vec3<u32>, @builtin(local_invocation_id) lane: vec3<u32>) {
  let row = token.x * HIDDEN_SIZE;

  var sum = 0.0;
  for (var i = lane.x; i < HIDDEN_SIZE; i += WORKGROUP_SIZE) {
    sum += x[row + i] * x[row + i];
  }
  partial_sums[lane.x] = sum;
  workgroupBarrier();

  for (var stride = WORKGROUP_SIZE / 2; stride > 0; stride /= 2) {
    if (lane.x < stride) { partial_sums[lane.x] += partial_sums[lane.x + stride]; }
    workgroupBarrier();
  }

  let scale = inverseSqrt(partial_sums[0] / f32(HIDDEN_SIZE) + EPS);
  for (var i = lane.x; i < HIDDEN_SIZE; i += WORKGROUP_SIZE) {
    y[row + i] = x[row + i] * scale * weight[i];
  }
}
