// 2-bit quants, all of them in the plane of high bits and scales: two words a block of 32 values. Those of value 4j+c of the first
// half are at bit 8c+2j of the first word, those of the second half in the second word.

fn quants_of(raw: Raw, rest: vec4<u32>) -> Quants {
  let shift = vec4(0u, 2u, 4u, 6u);
  let low = (vec4(rest.x) >> shift) & vec4(0x03030303u);
  let high = (vec4(rest.y) >> shift) & vec4(0x03030303u);
  return Quants(low, high);
}
