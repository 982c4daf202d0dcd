// Where sums of products go: y = x W^T + bias. In front of a product, behind the constants of its variant: ROWS_AT_ONCE, which a
// workgroup computes, and ROW_STEP from one of a lane's two rows to the other.

const GROUP_ROWS = ROWS_AT_ONCE; // a workgroup

@group(0) @binding(2) var<storage, read_write> y: array<f32>; // [tokens, part.y_rows]
@group(0) @binding(3) var<storage, read> bias: array<f32>;    // [part.y_rows]

// `at`: of the first row, in the workgroup's; rows past the part's end are no rows.
fn take(group: u32, at: u32, token: u32, sums: array<f32, 2>) {
  for (var r = 0u; r < 2; r++) {
    let row = group * GROUP_ROWS + at + r * ROW_STEP;
    if (row < part.rows) { y[token * part.y_rows + part.first_row + row] = sums[r] + bias[part.first_row + row]; }
  }
}

fn finish(group: u32, lane: u32, first_token: u32) {}
