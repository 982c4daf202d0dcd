// The plane of a weight's high bits and scales, after linear-planes-in-buffer.wgsl, linear-rest-rows.wgsl and one of
// linear-packed-*.wgsl.

@group(0) @binding(5) var<storage, read> rest: array<u32>; // [rows, row_words(blocks)]

// A block's high words, and behind them its scales as linear-scales-*.wgsl takes them.
fn rest_at(row: u32, b: u32) -> vec4<u32> {
  let blocks = part.columns / 32;
  var base = 0u;
  if (BASE_WORDS > 0) { base = rest[base_index(row, blocks, b)]; }
  let own = rest[own_index(row, blocks, b)] >> own_shift(b);
  let scales = scale_words(base, own);

  if (HIGH_WORDS == 0) { return vec4(scales, 0, 0); }
  let high = rest[high_index(row, blocks, b, 0)];
  if (HIGH_WORDS == 1) { return vec4(high, scales, 0); }
  let second = rest[high_index(row, blocks, b, 1)];
  if (HIGH_WORDS == 2) { return vec4(high, second, scales); }
  return vec4(high, second, rest[high_index(row, blocks, b, 2)], scales.x);
}
