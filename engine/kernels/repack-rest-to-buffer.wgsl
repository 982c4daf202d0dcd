// Writes the plane of high bits and scales that linear-rest-in-buffer.wgsl reads, in front of the writers of quants and after
// linear-rest-rows.wgsl.

@group(0) @binding(3) var<storage, read_write> rest: array<atomic<u32>>; // zeros at first: two blocks may share a word

fn write_high(row: u32, b: u32, i: u32, bits: u32) {
  atomicStore(&rest[high_index(row, chunk.row_blocks, b, i)], bits);
}

fn write_scales(row: u32, b: u32, base: u32, own: u32) {
  if (BASE_WORDS > 0 && b % 8 == 0) { atomicStore(&rest[base_index(row, chunk.row_blocks, b)], base); }
  atomicOr(&rest[own_index(row, chunk.row_blocks, b)], own << own_shift(b));
}
