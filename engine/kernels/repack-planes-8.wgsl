// Writes the planes that linear-quants-8.wgsl reads. One invocation repacks 32 values of a row.

@group(0) @binding(2) var<storage, read_write> quants: array<u32>;

@compute @workgroup_size(64)
fn repack(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= chunk.rows) { return; }
  let block = id.x * chunk.row_bytes + (id.y / RUNS) * BLOCK_BYTES;
  let run = id.y % RUNS;
  let row = plane_row(id.x);

  for (var i = 0u; i < 8; i++) { quants[quant_index(row, id.y, i / 4) * 4 + i % 4] = raw_quants(block, run, i); }

  write_scales(row, id.y, raw_base(block), raw_own(block, run));
}
