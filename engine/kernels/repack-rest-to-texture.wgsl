// Writes the plane of high bits and scales that linear-rest-in-texture.wgsl reads, into a buffer that becomes the texture, in
// front of the writers of quants and after one of linear-packed-*.wgsl: scales lie there as linear-scales-*.wgsl takes them. In front
// of this file: const HIGH_WORDS, SCALE_WORDS (a block, 1 or 2), REST_WORDS (of both, a power of two), REST_BLOCKS (a texel).

@group(0) @binding(3) var<storage, read_write> rest: array<u32>;

fn rest_index(row: u32, b: u32) -> u32 {
  let texel = (row / 8) * chunk.rest_pitch + (b / REST_BLOCKS) * 8 + row % 8;
  return texel * 4 + (b % REST_BLOCKS) * REST_WORDS;
}

fn write_high(row: u32, b: u32, i: u32, bits: u32) { rest[rest_index(row, b) + i] = bits; }

fn write_scales(row: u32, b: u32, base: u32, own: u32) {
  let scales = scale_words(base, own);
  let to = rest_index(row, b) + HIGH_WORDS;
  rest[to] = scales.x;
  if (SCALE_WORDS == 2) { rest[to + 1] = scales.y; }
}
