// Planes of 4-bit quants: a vec4 a block of 32 values. Word j holds values 4j .. 4j+3 in the low nibbles of its bytes
// and values 16+4j .. 16+4j+3 in the high ones.

alias Quants = array<vec4<u32>, 2>; // the block's halves: word i has values 4i .. 4i+3, a byte each

fn quants_of(raw: Raw, rest: vec4<u32>) -> Quants {
  let q = raw[0];
  let low = q & vec4(0x0f0f0f0fu);
  let high = (q >> vec4(4u)) & vec4(0x0f0f0f0fu);
  return Quants(low, high);
}

fn floats(q: Quants, i: u32) -> vec4<f32> { return vec4<f32>(unpack4xU8(q[i / 4][i % 4])); }

// All 16 products of at most 15 * 127 fit.
fn dot16(q: vec4<u32>, even: vec4<u32>, odd: vec4<u32>) -> i32 {
  return upper(four(q.x, even.x, odd.x) + four(q.y, even.y, odd.y) + four(q.z, even.z, odd.z) + four(q.w, even.w, odd.w));
}
