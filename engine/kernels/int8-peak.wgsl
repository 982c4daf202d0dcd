// As many products of int8 as an adapter makes, from registers. In front of this file: const PAIRS, for products in pairs of
// 16-bit fields (linear-pairs.wgsl) instead of dot4I8Packed.

const ROUNDS = 256u;

@group(0) @binding(0) var<storage, read_write> y: array<u32>;

fn products(a: u32, b: u32) -> u32 {
  if (PAIRS) { return a * b; }
  return u32(dot4I8Packed(a, b));
}

@compute @workgroup_size(64)
fn int8_peak(@builtin(global_invocation_id) id: vec3<u32>) {
  let b = y[id.x] + 0x01020304u;
  var s = array<u32, 8>(id.x, 1u, 2u, 3u, 4u, 5u, 6u, 7u); // chains, so that none waits for its own last product
  for (var i = 0u; i < ROUNDS; i++) {
    s[0] += products(s[0], b);
    s[1] += products(s[1], b);
    s[2] += products(s[2], b);
    s[3] += products(s[3], b);
    s[4] += products(s[4], b);
    s[5] += products(s[5], b);
    s[6] += products(s[6], b);
    s[7] += products(s[7], b);
  }
  y[id.x] = s[0] ^ s[1] ^ s[2] ^ s[3] ^ s[4] ^ s[5] ^ s[6] ^ s[7];
}
