// Writes the plane of high bits and scales, in front of the writers of quants. In front of this file: const HIGH_WORDS,
// SCALES (f32 a block, 1 or 2), REST_WORDS (of both, a power of two).

@group(0) @binding(3) var<storage, read_write> rest: array<u32>; // [blocks, REST_WORDS]

fn write_scales(to: u32, scales: vec2<f32>) {
  rest[to * REST_WORDS + HIGH_WORDS] = bitcast<u32>(scales.x);
  if (SCALES == 2) { rest[to * REST_WORDS + HIGH_WORDS + 1] = bitcast<u32>(scales.y); }
}
