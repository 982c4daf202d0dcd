// Activations for products in f32, in front of the kernel that makes them. In front of this file: const BLOCKS, of 32 columns.

@group(0) @binding(8) var<storage, read_write> activations_f32: array<vec4<f32>>; // f32 [tokens, 32 * BLOCKS]
@group(0) @binding(12) var<storage, read_write> activation_squares: array<f32>;   // [tokens, BLOCKS]: sums of squares, for RMSNorm

fn store_f32(token: u32, b: u32, values: array<vec4<f32>, 8>, squares: f32) {
  for (var i = 0u; i < 8; i++) { activations_f32[(token * BLOCKS + b) * 8 + i] = values[i]; }
  activation_squares[token * BLOCKS + b] = squares;
}
