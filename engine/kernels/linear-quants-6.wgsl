// Planes of 6-bit quants: nibbles as in linear-quants-4.wgsl, and two words a block with the upper two bits: those of
// value 4j+c of the first half are at bit 8c+2j of the first word, those of the second half in the second word.

alias Quants = array<vec4<u32>, 2>; // the block's halves: word i has values 4i .. 4i+3, a byte each

fn quants_of(raw: Raw, rest: vec4<u32>) -> Quants {
  let q = raw[0];
  let bits = rest.xy;
  let shift = vec4(0u, 2u, 4u, 6u);
  let low = (q & vec4(0x0f0f0f0fu)) | (((vec4(bits.x) >> shift) & vec4(0x03030303u)) << vec4(4u));
  let high = ((q >> vec4(4u)) & vec4(0x0f0f0f0fu)) | (((vec4(bits.y) >> shift) & vec4(0x03030303u)) << vec4(4u));
  return Quants(low, high);
}

fn floats(q: Quants, i: u32) -> vec4<f32> { return vec4<f32>(unpack4xU8(q[i / 4][i % 4])); }

// 4 products of at most 63 * 127 fit.
fn dot16(q: vec4<u32>, even: vec4<u32>, odd: vec4<u32>) -> i32 {
  return upper(four(q.x, even.x, odd.x)) + upper(four(q.y, even.y, odd.y))
    + upper(four(q.z, even.z, odd.z)) + upper(four(q.w, even.w, odd.w));
}
