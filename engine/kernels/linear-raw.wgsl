// A block's quants as they lie in their plane, after linear-planes-in-*.wgsl. linear-quants-*.wgsl takes them apart.

alias Raw = array<vec4<u32>, QUANT_VECTORS>;

fn load_raw(row: u32, b: u32) -> Raw {
  var raw = Raw();
  for (var i = 0u; i < QUANT_VECTORS; i++) { raw[i] = quants_at(row, b, i); }
  return raw;
}

