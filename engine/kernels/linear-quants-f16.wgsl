// A plane of f16 values: four vec4 a block of 32 values, in their order.

alias Quants = array<vec4<u32>, 4>;

fn quants_of(raw: Raw, rest: vec4<u32>) -> Quants { return raw; }

fn floats(q: Quants, i: u32) -> vec4<f32> {
  let words = q[i / 2];
  let j = (i % 2) * 2;
  return vec4(unpack2x16float(words[j]), unpack2x16float(words[j + 1]));
}
