// Columns of one matrix become columns of another, of each token. One invocation copies one.

override X_COLUMNS: u32;
override X_FIRST: u32;
override COUNT: u32;
override Y_COLUMNS: u32;
override Y_FIRST: u32;

@group(0) @binding(0) var<storage, read> x: array<f32>;       // [tokens, X_COLUMNS]
@group(0) @binding(1) var<storage, read_write> y: array<f32>; // [tokens, Y_COLUMNS]

@compute @workgroup_size(64)
fn columns(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= COUNT) { return; }
  y[id.y * Y_COLUMNS + Y_FIRST + id.x] = x[id.y * X_COLUMNS + X_FIRST + id.x];
}
