// Two integer products in one 32-bit multiplication, for adapters without products of bytes. Fields of 16 bits:
//   (q0 + 2^16 q2) * (x2 + 2^16 x0) = q0 x2 + 2^16 (q0 x0 + q2 x2)   modulo 2^32
// and sums of such products likewise, as long as the sums of both fields stay within signed 16 bits: `dot16` of
// linear-quants-*.wgsl takes the upper field before it could overflow.

fn pair(low: vec4<i32>, high: vec4<i32>) -> vec4<u32> { return vec4<u32>(low + (high << vec4(16u))); }

// Activations of 16 columns, 4 a word, as the other factor: of columns 4i and 4i+2, and of 4i+1 and 4i+3.
fn even_pairs(x: vec4<u32>) -> vec4<u32> {
  let words = vec4<i32>(x);
  return pair((words << vec4(8u)) >> vec4(24u), (words << vec4(24u)) >> vec4(24u));
}
fn odd_pairs(x: vec4<u32>) -> vec4<u32> { return even_pairs(x >> vec4(8u)); }

// The products of a word's 4 unsigned bytes.
fn four(q: u32, even: u32, odd: u32) -> u32 { return (q & 0x00ff00ffu) * even + ((q >> 8u) & 0x00ff00ffu) * odd; }

fn upper(sum: u32) -> i32 { return i32(sum + 0x8000u) >> 16u; } // rounded: what the signed lower field took is given back

