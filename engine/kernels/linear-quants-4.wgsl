// Planes of 4-bit quants: a vec4 a block of 32 values. Word j holds values 4j .. 4j+3 in the low nibbles of its bytes
// and values 16+4j .. 16+4j+3 in the high ones.

fn quants_of(raw: Raw, rest: vec4<u32>) -> Quants {
  let q = raw[0];
  let low = q & vec4(0x0f0f0f0fu);
  let high = (q >> vec4(4u)) & vec4(0x0f0f0f0fu);
  return Quants(low, high);
}
