// Planes of 4-bit quants as in linear-quants-4.wgsl, each of which stands for one of 16 signed bytes: IQ4_NL, IQ4_XS.

// Bit `bit` of each byte, in all bits of the byte.
fn mask(nibbles: vec4<u32>, bit: u32) -> vec4<u32> { return ((nibbles >> vec4(bit)) & vec4(0x01010101u)) * 255; }

fn choose(mask: vec4<u32>, zero: vec4<u32>, one: vec4<u32>) -> vec4<u32> { return zero ^ ((zero ^ one) & mask); }

fn bytes(value: i32) -> vec4<u32> { return vec4((u32(value) & 0xffu) * 0x01010101u); }

// What nibbles stand for, four a word, a byte each: choices, bit by bit. A table in memory would be read value by value.
fn values_of(nibbles: vec4<u32>) -> vec4<u32> {
  let m0 = mask(nibbles, 0);
  let m1 = mask(nibbles, 1);
  let m2 = mask(nibbles, 2);
  let m3 = mask(nibbles, 3);
  let of_0 = choose(m1, choose(m0, bytes(-127), bytes(-104)), choose(m0, bytes(-83), bytes(-65)));
  let of_4 = choose(m1, choose(m0, bytes(-49), bytes(-35)), choose(m0, bytes(-22), bytes(-10)));
  let of_8 = choose(m1, choose(m0, bytes(1), bytes(13)), choose(m0, bytes(25), bytes(38)));
  let of_12 = choose(m1, choose(m0, bytes(53), bytes(69)), choose(m0, bytes(89), bytes(113)));
  return choose(m3, choose(m2, of_0, of_4), choose(m2, of_8, of_12));
}

fn quants_of(raw: Raw, rest: vec4<u32>) -> Quants {
  let q = raw[0];
  return Quants(values_of(q & vec4(0x0f0f0f0fu)), values_of((q >> vec4(4u)) & vec4(0x0f0f0f0fu)));
}
