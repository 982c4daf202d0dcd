// The planes of a weight, for software adapters: lavapipe loads the four words of a texel for all lanes together, but words
// of a buffer one by one, lane by lane, which takes three times as long. A row of texels is a tile of 8 rows, whose blocks
// lie side by side: neighbouring lanes, which own neighbouring rows, load neighbouring texels, and coordinates cost next to
// nothing. In front of this file: const QUANT_VECTORS, a block.

@group(0) @binding(4) var quants: texture_storage_2d<rgba32uint, read>; // [tiles * QUANT_VECTORS, blocks * 8]

fn quants_at(row: u32, b: u32, i: u32) -> vec4<u32> {
  return textureLoad(quants, vec2(b * 8 + row % 8, (row / 8) * QUANT_VECTORS + i));
}
