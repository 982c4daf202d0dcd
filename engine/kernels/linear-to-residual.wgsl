// Sums of products are added to the residual stream, y += x W^T, and its blocks are left for what follows. In front of a product,
// behind linear-to-blocks*.wgsl and the constants of the product's variant, as linear-to-rows.wgsl.

const GROUP_ROWS = 32u; // a workgroup: a block

@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>; // [tokens, part.y_rows]

fn take(group: u32, at: u32, token: u32, sums: array<f32, 2>) {
  for (var r = 0u; r < 2; r++) { block[token % TOKENS][at + r * ROW_STEP] = sums[r]; }
}

// Of block b, quad i.
fn result(token: u32, b: u32, i: u32, sums: vec4<f32>) -> vec4<f32> {
  let at = token * (part.y_rows / 4) + b * 8 + i;
  let value = y[at] + sums;
  y[at] = value;
  return value;
}
