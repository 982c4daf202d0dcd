// A mixture's sums are added to the residual stream, which is the result. In front of experts-mix.wgsl; in front of this file:
// with_beside.

@group(0) @binding(3) var<storage, read_write> hidden: array<vec4<f32>>; // [tokens, 8 * BLOCKS]

fn result(token: u32, at: u32, sum: vec4<f32>) -> vec4<f32> {
  let value = hidden[at] + with_beside(token, at, sum);
  hidden[at] = value;
  return value;
}
