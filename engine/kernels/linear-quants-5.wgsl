// Planes of 5-bit quants: nibbles as in linear-quants-4.wgsl, and a word a block with the fifth bits: that of value
// 4i+c is bit 8c+i.

alias Quants = array<vec4<u32>, 2>; // the block's halves: word i has values 4i .. 4i+3, a byte each

fn quants_of(raw: Raw, rest: vec4<u32>) -> Quants {
  let q = raw[0];
  let bits = rest.xxxx;
  let low = (q & vec4(0x0f0f0f0fu)) | (((bits >> vec4(0u, 1u, 2u, 3u)) & vec4(0x01010101u)) << vec4(4u));
  let high = ((q >> vec4(4u)) & vec4(0x0f0f0f0fu)) | (((bits >> vec4(4u, 5u, 6u, 7u)) & vec4(0x01010101u)) << vec4(4u));
  return Quants(low, high);
}

fn floats(q: Quants, i: u32) -> vec4<f32> { return vec4<f32>(unpack4xU8(q[i / 4][i % 4])); }

// 8 products of at most 31 * 127 fit.
fn dot16(q: vec4<u32>, even: vec4<u32>, odd: vec4<u32>) -> i32 {
  return upper(four(q.x, even.x, odd.x) + four(q.y, even.y, odd.y))
    + upper(four(q.z, even.z, odd.z) + four(q.w, even.w, odd.w));
}
