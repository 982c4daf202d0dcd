// Where repacked blocks go for linear-planes-in-texture.wgsl: into a buffer that becomes the texture.

fn quant_index(row: u32, b: u32, i: u32) -> u32 {
  return ((row / 8) * QUANT_VECTORS + i) * chunk.quants_pitch + b * 8 + row % 8;
}
