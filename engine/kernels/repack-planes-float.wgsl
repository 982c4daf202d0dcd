// Writes the planes that linear-quants-f16.wgsl, -bf16 and -f32 read: the same words, by blocks of 32 values.
// One invocation moves 32 values of a row. BLOCK_BYTES stands in front of this file.

const RUNS = 1u;

@group(0) @binding(2) var<storage, read_write> quants: array<u32>;

@compute @workgroup_size(64)
fn repack(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= chunk.rows) { return; }
  let block = id.x * chunk.row_bytes + (id.y / RUNS) * BLOCK_BYTES;
  let row = plane_row(id.x);

  let words = BLOCK_BYTES / 4;
  for (var i = 0u; i < words; i++) { quants[quant_index(row, id.y, i / 4) * 4 + i % 4] = raw_word(block + 4 * i); }
}
