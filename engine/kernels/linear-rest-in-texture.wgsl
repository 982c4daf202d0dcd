// The plane of a weight's high bits and scales, after linear-planes-in-texture.wgsl. A texel holds REST_BLOCKS blocks of a row,
// REST_WORDS each; both constants stand in front of this file.

@group(0) @binding(5) var rest: texture_storage_2d<rgba32uint, read>; // [tiles, blocks / REST_BLOCKS * 8]

// Block b's words, and behind them those of the blocks that share its texel.
fn rests_from(row: u32, b: u32) -> vec4<u32> {
  return textureLoad(rest, vec2((b / REST_BLOCKS) * 8 + row % 8, row / 8));
}

// From a block's words to the next block's.
fn next_rest(r: vec4<u32>) -> vec4<u32> {
  if (REST_WORDS == 1) { return r.yzwx; }
  if (REST_WORDS == 2) { return r.zwxy; }
  return r;
}

fn rest_at(row: u32, b: u32) -> vec4<u32> {
  var r = rests_from(row, b);
  for (var i = 0u; i < b % REST_BLOCKS; i++) { r = next_rest(r); }
  return r;
}
