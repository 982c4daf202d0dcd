// Writes the planes that linear-quants-5.wgsl reads. One invocation repacks 32 values of a row.

@group(0) @binding(2) var<storage, read_write> quants: array<vec4<u32>>;

@compute @workgroup_size(64)
fn repack(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= chunk.rows) { return; }
  let block = id.x * chunk.row_bytes + (id.y / RUNS) * BLOCK_BYTES;
  let run = id.y % RUNS;
  let row = plane_row(id.x);

  var q = vec4<u32>();
  var bits = 0u;
  for (var j = 0u; j < 4; j++) {
    let low = raw_quants(block, run, j);
    let high = raw_quants(block, run, 4 + j);
    q[j] = (low & 0x0f0f0f0fu) | ((high & 0x0f0f0f0fu) << 4u);
    bits |= ((low >> 4u) & 0x01010101u) << j;
    bits |= ((high >> 4u) & 0x01010101u) << (4 + j);
  }
  quants[quant_index(row, id.y, 0)] = q;
  write_high(row, id.y, 0, bits);

  write_scales(row, id.y, raw_base(block), raw_own(block, run));
}
