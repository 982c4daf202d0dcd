// Rotary position embedding of heads, by itself. One invocation turns four pairs of one head of one token.
// In front of this file: rotation.wgsl.

override NUM_HEADS: u32;
override HEAD_DIM: u32; // a multiple of 8

@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;       // [numTokens, NUM_HEADS, HEAD_DIM / 4]
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>; // likewise

@compute @workgroup_size(32)
fn rotate_heads(@builtin(global_invocation_id) id: vec3<u32>) {
  let half = HEAD_DIM / 8; // quads of half a head
  let head = id.x / half;
  let i = id.x % half;
  if (head >= NUM_HEADS) { return; }
  let at = (id.y * NUM_HEADS + head) * 2 * half + i;
  let rotated = rotate(x[at], x[at + half], id.y * half + i);
  y[at] = rotated[0];
  y[at + half] = rotated[1];
}
