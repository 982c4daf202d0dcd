// Activations for products in f32, in front of the kernel that makes them. In front of this file: const BLOCKS, of 32 columns.

@group(0) @binding(8) var<storage, read_write> activations_f32: array<vec4<f32>>; // f32 [tokens, 32 * BLOCKS]

fn store_f32(token: u32, b: u32, values: array<vec4<f32>, 8>) {
  for (var i = 0u; i < 8; i++) { activations_f32[(token * BLOCKS + b) * 8 + i] = values[i]; }
}
