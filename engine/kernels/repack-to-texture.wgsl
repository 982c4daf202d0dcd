// Where repacked blocks go for linear-planes-in-texture.wgsl: into a buffer that becomes the texture.

fn quant_index(row: u32, b: u32, i: u32) -> u32 {
  return ((row / 8) * QUANT_VECTORS + i) * chunk.quants_pitch + b * 8 + row % 8;
}
fn rest_index(row: u32, b: u32) -> u32 {
  let texel = (row / 8) * chunk.rest_pitch + (b / REST_BLOCKS) * 8 + row % 8;
  return texel * 4 + (b % REST_BLOCKS) * REST_WORDS;
}
