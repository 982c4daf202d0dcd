// The first half of a LoRA adapter's product (Hu et al. 2021, arXiv:2106.09685): z[t, r] = SCALE * sum_c a[r, c] x[t, c].
// One workgroup computes one r of one token; its invocations share the columns.

override COLUMNS: u32; // a multiple of 32
override RANK: u32;
override SCALE: f32;
override IS_NORMED: bool; // rows of x are still to be divided by the root of their mean square: activations-normed.wgsl
override EPS: f32;
override WORKGROUP_SIZE: u32; // a power of two

@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;   // [numTokens, COLUMNS / 4]
@group(0) @binding(1) var<storage, read> squares: array<f32>;   // [numTokens, COLUMNS / 32]
@group(0) @binding(2) var<storage, read> a: array<vec4<f32>>;   // [RANK, COLUMNS / 4]
@group(0) @binding(3) var<storage, read_write> z: array<f32>;   // [numTokens, RANK]

var<workgroup> sums: array<vec2<f32>, WORKGROUP_SIZE>; // of products, of squares

@compute @workgroup_size(WORKGROUP_SIZE)
fn lora_down(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let row = group.x;
  let token = group.y;
  var sum = vec2(0.0);
  for (var i = lane; i < COLUMNS / 4; i += WORKGROUP_SIZE) {
    sum.x += dot(a[row * (COLUMNS / 4) + i], x[token * (COLUMNS / 4) + i]);
  }
  for (var b = lane; b < COLUMNS / 32; b += WORKGROUP_SIZE) { sum.y += squares[token * (COLUMNS / 32) + b]; }
  sums[lane] = sum;
  workgroupBarrier();
  for (var stride = WORKGROUP_SIZE / 2; stride > 0; stride /= 2) {
    if (lane < stride) { sums[lane] += sums[lane + stride]; }
    workgroupBarrier();
  }
  if (lane > 0) { return; }
  let scale = select(1.0, inverseSqrt(sums[0].y / f32(COLUMNS) + EPS), IS_NORMED);
  z[token * RANK + row] = SCALE * scale * sums[0].x;
}
