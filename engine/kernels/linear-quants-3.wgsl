// 3-bit quants, all of them in the plane of high bits and scales: two words a block with the lower two bits as in
// linear-quants-2.wgsl, and a third with the third bits: that of value 4i+c is bit 8c+i.

fn quants_of(raw: Raw, rest: vec4<u32>) -> Quants {
  let shift = vec4(0u, 2u, 4u, 6u);
  let bits = rest.zzzz;
  let low = ((vec4(rest.x) >> shift) & vec4(0x03030303u)) | (((bits >> vec4(0u, 1u, 2u, 3u)) & vec4(0x01010101u)) << vec4(2u));
  let high = ((vec4(rest.y) >> shift) & vec4(0x03030303u)) | (((bits >> vec4(4u, 5u, 6u, 7u)) & vec4(0x01010101u)) << vec4(2u));
  return Quants(low, high);
}
