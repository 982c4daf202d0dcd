// A plane of bf16 values (the upper halves of f32): four vec4 a block of 32 values, in their order.

alias Quants = array<vec4<u32>, 4>;

fn quants_of(raw: Raw, rest: vec4<u32>) -> Quants { return raw; }

fn floats(q: Quants, i: u32) -> vec4<f32> {
  let words = q[i / 2];
  let j = (i % 2) * 2;
  return bitcast<vec4<f32>>(vec4(words[j] << 16u, words[j] & 0xffff0000u, words[j + 1] << 16u, words[j + 1] & 0xffff0000u));
}
