// Where a part of a weight lies, in front of every product. `part` itself stands in front of this file, as an immediate or as a
// uniform, rather than overrides: one compiled pipeline serves all sizes (a software adapter takes a second for each), and no
// compiler unrolls a whole row.

struct Part {
  columns: u32,
  rows: u32,         // of this part; of experts, of each
  first_row: u32,    // of this part in the weight, and in y
  y_rows: u32,       // of the whole weight
  is_normed: u32,    // not 0: rows of x are still to be divided by the root of their mean square: activations-normed.wgsl
  norm_eps: f32,
  first_expert: u32, // of those whose rows are in this part
  experts: u32,      // so many
}

// What a sum of products is multiplied by, with `squares` the sum of squares of the row of x: the rest of RMSNorm.
fn row_scale(squares: f32) -> f32 {
  if (part.is_normed == 0) { return 1.0; }
  return inverseSqrt(squares / f32(part.columns) + part.norm_eps);
}
