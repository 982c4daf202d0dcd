// Sums of products are added to the residual stream, y += x W^T, and its blocks are left for what follows. In front of a product,
// behind linear-to-blocks.wgsl and the constants of the product's variant, as linear-to-rows.wgsl.

const GROUP_ROWS = 32u; // a workgroup: a block

@group(0) @binding(2) var<storage, read_write> y: array<f32>; // [tokens, part.y_rows]

fn take(group: u32, at: u32, token: u32, sums: array<f32, 2>) {
  for (var r = 0u; r < 2; r++) {
    let i = at + r * ROW_STEP;
    let to = token * part.y_rows + part.first_row + group * GROUP_ROWS + i;
    let value = y[to] + sums[r];
    y[to] = value;
    block[token % TOKENS][i] = value;
  }
}
