// Quants of 4 bits or fewer, behind quants_of of linear-quants-2.wgsl, -3 or -4.

alias Quants = array<vec4<u32>, 2>; // the block's halves: word i has values 4i .. 4i+3, a byte each

fn floats(q: Quants, i: u32) -> vec4<f32> { return vec4<f32>(unpack4xU8(q[i / 4][i % 4])); }

// All 16 products of at most 15 * 127 fit.
fn dot16(q: vec4<u32>, even: vec4<u32>, odd: vec4<u32>) -> i32 {
  return upper(four(q.x, even.x, odd.x) + four(q.y, even.y, odd.y) + four(q.z, even.z, odd.z) + four(q.w, even.w, odd.w));
}
