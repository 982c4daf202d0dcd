// y[t, c] = W[tokenIds[t], c], dequantized as linear-quants-*.wgsl and linear-scales-*.wgsl (in front of this file) say, and left for
// what follows by store_block of activations.ts, which also stands in front. An invocation decodes one block of 32 columns of one token, if this part of the weight has its row.

@group(0) @binding(0) var<storage, read> token_ids: array<u32>;      // [tokens]
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;  // f32 [tokens, part.columns]

@compute @workgroup_size(32)
fn linear_embedding(@builtin(global_invocation_id) id: vec3<u32>) {
  let b = id.x;
  let blocks = part.columns / 32;
  let row = min(token_ids[id.y], part.y_rows - 1) - part.first_row; // wraps for rows of earlier parts
  if (b >= blocks || row >= part.rows) { return; }

  let rest = rest_at(row, b);
  let q = quants_of(load_raw(row, b), rest);
  let s = load_scales(rest);
  var values = array<vec4<f32>, 8>();
  for (var i = 0u; i < 8; i++) {
    values[i] = (floats(q, i) - ZERO) * s.scale[i / 4] + s.offset[i / 4];
    y[id.y * (blocks * 8) + b * 8 + i] = values[i];
  }
  store_block(id.y, b, values);
}
