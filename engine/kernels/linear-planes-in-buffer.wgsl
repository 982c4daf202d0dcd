// The planes of a weight, for GPUs: row by row. In front of this file: const QUANT_VECTORS, a block.

@group(0) @binding(4) var<storage, read> quants: array<vec4<u32>>; // [rows, blocks, QUANT_VECTORS]

fn quants_at(row: u32, b: u32, i: u32) -> vec4<u32> {
  return quants[(row * (part.columns / 32) + b) * QUANT_VECTORS + i];
}
