// RMSNorm, y = x / sqrt(mean(x^2) + eps) * weight, in two halves: who makes a row multiplies by the weight and leaves each block's
// sum of squares; who multiplies by a matrix divides its sums (row_scale of linear-part.wgsl). So no kernel waits for a whole row,
// and int8 loses nothing, since its scales are the blocks' own. In front of the kernel that makes the row.

@group(0) @binding(11) var<storage, read> norm_weight: array<vec4<f32>>; // f32 [32 * BLOCKS]

fn store_block(token: u32, b: u32, x: array<vec4<f32>, 8>) {
  var values = array<vec4<f32>, 8>();
  var squares = 0.0;
  for (var i = 0u; i < 8; i++) {
    squares += dot(x[i], x[i]);
    values[i] = x[i] * norm_weight[b * 8 + i];
  }
  store_values(token, b, values, squares);
}
