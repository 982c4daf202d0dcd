// Operands of linear-matrices.wgsl as f16, which holds every quant.

alias Component = f16;
alias Packed = f16;
alias Sum = f32;
const PACKED = 1u;  // column
const STRIDE = 40u; // values a row: 32 of a block, and 8 that spread rows over memory's banks

// Columns 4j .. 4j+3.
fn pack_four(row: u32, j: u32, four: u32) {
  let values = unpack4xI8(four);
  for (var c = 0u; c < 4; c++) { staged[row * STRIDE + 4 * j + c] = f16(values[c]); }
}
