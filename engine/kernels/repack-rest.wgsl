// Writes the plane of high bits and scales, in front of the writers of quants. In front of this file: const HIGH_WORDS,
// SCALES (f32 a block, 1 or 2), REST_WORDS (of both, a power of two).

@group(0) @binding(3) var<storage, read_write> rest: array<u32>;

fn write_high(row: u32, b: u32, i: u32, bits: u32) { rest[rest_index(row, b) + i] = bits; }

fn write_scales(row: u32, b: u32, scales: vec2<f32>) {
  let to = rest_index(row, b) + HIGH_WORDS;
  rest[to] = bitcast<u32>(scales.x);
  if (SCALES == 2) { rest[to + 1] = bitcast<u32>(scales.y); }
}
