// y[t, c] = W[tokenIds[t], c], dequantized as linear-quants-*.wgsl and linear-scales-*.wgsl (in front of this file) say.
// An invocation decodes one block of 32 columns of one token, if this part of the weight has its row.

override COLUMNS: u32;
override ROWS: u32;         // of this part of the weight
override FIRST_ROW: u32;    // where the part begins in the weight
override Y_ROWS: u32;       // of the whole weight
override ROW_STRIDE: u32;   // in blocks
override BLOCK_STRIDE: u32; // in blocks

@group(0) @binding(0) var<storage, read> token_ids: array<u32>;      // [tokens]
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;  // f32 [tokens, COLUMNS]

@compute @workgroup_size(32)
fn linear_embedding(@builtin(global_invocation_id) id: vec3<u32>) {
  let b = id.x;
  let row = min(token_ids[id.y], Y_ROWS - 1) - FIRST_ROW; // wraps for rows of earlier parts
  if (b >= COLUMNS / 32 || row >= ROWS) { return; }

  let block = row * ROW_STRIDE + b * BLOCK_STRIDE;
  let q = load_quants(block);
  let s = load_scales(block);
  for (var i = 0u; i < 8; i++) {
    y[id.y * (COLUMNS / 4) + b * 8 + i] = (floats(q, i) - ZERO) * s.scale[i / 4] + s.offset;
  }
}
