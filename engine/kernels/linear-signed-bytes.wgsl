// Quants that are signed bytes, behind quants_of of linear-quants-8.wgsl or linear-quants-4-nl.wgsl.

alias Quants = array<vec4<u32>, 2>; // the block's halves: word i has values 4i .. 4i+3, a byte each

fn floats(q: Quants, i: u32) -> vec4<f32> { return vec4<f32>(unpack4xI8(q[i / 4][i % 4])); }

// Two products of at most 128 * 127 fit. Fields are signed: bytes 0 and 2 of q as byte 0 + 2^16 byte 2.
fn fields(q: u32) -> u32 { return ((q ^ 0x00800080u) & 0x00ff00ffu) - 0x00800080u; }

fn dot16(q: vec4<u32>, even: vec4<u32>, odd: vec4<u32>) -> i32 {
  return upper(fields(q.x) * even.x) + upper(fields(q.x >> 8u) * odd.x)
    + upper(fields(q.y) * even.y) + upper(fields(q.y >> 8u) * odd.y)
    + upper(fields(q.z) * even.z) + upper(fields(q.z >> 8u) * odd.z)
    + upper(fields(q.w) * even.w) + upper(fields(q.w >> 8u) * odd.w);
}
