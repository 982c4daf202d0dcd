// Operands of linear-matrices.wgsl as bytes, four a word.

alias Component = i8;
alias Packed = i32;
alias Sum = i32;
const PACKED = 4u;  // columns
const STRIDE = 12u; // words a row: 8 of a block, and 4 that spread rows over memory's banks

// Columns 4j .. 4j+3.
fn pack_four(row: u32, j: u32, four: u32) { staged[row * STRIDE + j] = bitcast<i32>(four); }
