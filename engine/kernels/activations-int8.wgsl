// Activations for products of int8, in front of the kernel that makes them: blocks of 32 with an f32 scale = max |x| / 127,
// q = round(x / scale); also the sums of scale * q over each half block, which products need for quants that are not centred
// on zero, and the sum of squares, for RMSNorm. A block of zeros has scale 0. Where they go stands in front of this file:
// activations-int8-in-*.wgsl.

fn store_int8(token: u32, b: u32, values: array<vec4<f32>, 8>, squares: f32) {
  var largest = vec4<u32>(); // of absolute values as bits, which have the same order; what is no number is above all
  for (var i = 0u; i < 8; i++) { largest = max(largest, bitcast<vec4<u32>>(values[i]) & vec4(0x7fffffffu)); }
  let scale = bitcast<f32>(max(max(largest.x, largest.y), max(largest.z, largest.w))) / 127.0;
  let inverse = select(0.0, 1.0 / scale, scale > 1e-37); // the reciprocal of less overflows

  var sums = vec2(0.0);
  for (var half = 0u; half < 2; half++) {
    var words = vec4<u32>();
    for (var i = 0u; i < 4; i++) {
      let rounded = round(values[half * 4 + i] * inverse);
      sums[half] += rounded.x + rounded.y + rounded.z + rounded.w;
      words[i] = pack4xI8Clamp(vec4<i32>(rounded));
    }
    store_quants(token, b * 2 + half, words);
  }
  store_scales(token, b, vec4(scale, scale * sums, squares));
}
