// Writes the plane that linear-quants-3.wgsl reads. One invocation repacks 32 values of a row.

@compute @workgroup_size(64)
fn repack(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= chunk.rows) { return; }
  let block = id.x * chunk.row_bytes + (id.y / RUNS) * BLOCK_BYTES;
  let run = id.y % RUNS;
  let row = plane_row(id.x);

  var pairs = vec2<u32>();
  var bits = 0u;
  for (var j = 0u; j < 4; j++) {
    let low = raw_quants(block, run, j);
    let high = raw_quants(block, run, 4 + j);
    pairs |= (vec2(low, high) & vec2(0x03030303u)) << vec2(2 * j);
    bits |= ((low >> 2u) & 0x01010101u) << j;
    bits |= ((high >> 2u) & 0x01010101u) << (4 + j);
  }
  write_high(row, id.y, 0, pairs.x);
  write_high(row, id.y, 1, pairs.y);
  write_high(row, id.y, 2, bits);

  write_scales(row, id.y, raw_base(block), raw_own(block, run));
}
