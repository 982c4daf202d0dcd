// Blocks of 32 activations as int8 with an f32 scale: scale = max |x| / 127, q = round(x / scale).
// Also the sums of scale * q over each half block, which products need for quants that are not centred on zero.
// One invocation quantizes one block; a block of zeros has scale 0. Where they go stands in front of this file:
// quantize-to-buffer.wgsl, quantize-to-texture.wgsl.

@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>; // f32 [tokens, columns]

@compute @workgroup_size(8)
fn quantize_activations(@builtin(global_invocation_id) id: vec3<u32>) {
  let block = id.x;
  if (block >= arrayLength(&x) / 8) { return; }

  var largest = vec4<u32>(); // of absolute values as bits, which have the same order; what is no number is above all
  for (var i = 0u; i < 8; i++) { largest = max(largest, bitcast<vec4<u32>>(x[block * 8 + i]) & vec4(0x7fffffffu)); }
  let scale = bitcast<f32>(max(max(largest.x, largest.y), max(largest.z, largest.w))) / 127.0;
  let inverse = select(0.0, 1.0 / scale, scale > 1e-37); // the reciprocal of less overflows

  var sums = vec2(0.0);
  for (var half = 0u; half < 2; half++) {
    var words = vec4<u32>();
    for (var i = 0u; i < 4; i++) {
      let rounded = round(x[block * 8 + half * 4 + i] * inverse);
      sums[half] += rounded.x + rounded.y + rounded.z + rounded.w;
      words[i] = pack4xI8Clamp(vec4<i32>(rounded));
    }
    store_quants(block * 2 + half, words);
  }
  store_scales(block, vec4(scale, scale * sums, 0.0));
}
