// Where a part of a weight lies, in front of every product. A uniform rather than overrides: one compiled pipeline serves all
// sizes (a software adapter takes a second for each), and no compiler unrolls a whole row.

struct Part {
  columns: u32,
  rows: u32,         // of this part
  first_row: u32,    // of this part in the weight, and in y
  y_rows: u32,       // of the whole weight
  accumulate: u32,   // not 0: y += instead of y =
}

@group(0) @binding(7) var<uniform> part: Part;
