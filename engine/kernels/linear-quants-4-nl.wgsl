// Planes of 4-bit quants as in linear-quants-4.wgsl, of which each stands for one of 16 signed bytes: IQ4_NL, IQ4_XS.

const VALUES = array(
  0x81u, 0x98u, 0xadu, 0xbfu, 0xcfu, 0xddu, 0xeau, 0xf6u, 0x01u, 0x0du, 0x19u, 0x26u, 0x35u, 0x45u, 0x59u, 0x71u,
);

fn values_of(nibbles: u32) -> u32 {
  return VALUES[nibbles & 15] | (VALUES[(nibbles >> 8) & 15] << 8) | (VALUES[(nibbles >> 16) & 15] << 16) | (VALUES[(nibbles >> 24) & 15] << 24);
}

fn quants_of(raw: Raw, rest: vec4<u32>) -> Quants {
  let q = raw[0];
  var quants = Quants();
  for (var i = 0u; i < 4; i++) {
    quants[0][i] = values_of(q[i]);
    quants[1][i] = values_of(q[i] >> 4);
  }
  return quants;
}
