// Where a part of a weight lies, in front of every product. A uniform rather than overrides: one compiled pipeline serves all
// sizes (a software adapter takes a second for each), and no compiler unrolls a whole row.

struct Part {
  columns: u32,
  rows: u32,         // of this part
  first_row: u32,    // of this part in the weight, and in y
  y_rows: u32,       // of the whole weight
  row_stride: u32,   // within a tile of 8 rows, in blocks
  block_stride: u32, // in blocks
  accumulate: u32,   // not 0: y += instead of y =
}

@group(0) @binding(7) var<uniform> part: Part;

// Index of the block of columns 32b .. 32b+31 of a row. Tiles of 8 rows lie one after another.
fn block_index(row: u32, b: u32) -> u32 {
  return (row / 8) * (part.columns / 4) + (row % 8) * part.row_stride + b * part.block_stride;
}
