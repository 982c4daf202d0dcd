// Where repacked blocks go for linear-planes-in-buffer.wgsl.

fn quant_index(row: u32, b: u32, i: u32) -> u32 { return (row * chunk.row_blocks + b) * QUANT_VECTORS + i; }
