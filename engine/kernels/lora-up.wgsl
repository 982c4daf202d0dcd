// The second half of a LoRA adapter's product: y[t, i] += sum_r b[i, r] z[t, r], where the base's product has left y, or adds to it
// afterwards. One invocation computes one i of one token.

override ROWS: u32;
override RANK: u32;
override WIDTH: u32;  // of a row of y
// Where i is in it: STEP rows lie together, and the next of them are STRIDE behind.
override FIRST: u32;
override STEP: u32;
override STRIDE: u32;

@group(0) @binding(0) var<storage, read> z: array<f32>;       // [numTokens, RANK]
@group(0) @binding(1) var<storage, read> b: array<f32>;       // [ROWS, RANK]
@group(0) @binding(2) var<storage, read_write> y: array<f32>; // [numTokens, WIDTH]

@compute @workgroup_size(64)
fn lora_up(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.x;
  if (i >= ROWS) { return; }
  var sum = 0.0;
  for (var r = 0u; r < RANK; r++) { sum += b[i * RANK + r] * z[id.y * RANK + r]; }
  y[id.y * WIDTH + FIRST + i / STEP * STRIDE + i % STEP] += sum;
}
