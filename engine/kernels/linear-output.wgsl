// Where sums of products go, in front of every product.

@group(0) @binding(2) var<storage, read_write> y: array<f32>; // [tokens, part.y_rows]
@group(0) @binding(3) var<storage, read> bias: array<f32>;    // [part.y_rows]

fn write_y(token: u32, row: u32, sum: f32) { // row: of the part; those past its end are no rows
  if (row >= part.rows) { return; }
  let at = token * part.y_rows + part.first_row + row;
  var value = sum + bias[part.first_row + row];
  if (part.accumulate != 0) { value += y[at]; }
  y[at] = value;
}
