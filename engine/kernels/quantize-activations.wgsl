// Blocks of 32 activations as int8 with an f32 scale: scale = max |x| / 127, q = round(x / scale).
// Also the sums of scale * q over each half block, which products need for quants that are not centred on zero.
// One invocation quantizes one block; a block of zeros has scale 0.

@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;              // f32 [tokens, columns]
@group(0) @binding(1) var<storage, read_write> q: array<u32>;              // int8 [tokens, columns], 4 a word
@group(0) @binding(2) var<storage, read_write> scales: array<vec4<f32>>;   // [tokens, columns / 32]: scale, both halves' sums, 0

@compute @workgroup_size(8)
fn quantize_activations(@builtin(global_invocation_id) id: vec3<u32>) {
  let block = id.x;
  if (block >= arrayLength(&scales)) { return; }

  var largest = vec4<u32>(); // of absolute values as bits, which have the same order; what is no number is above all
  for (var i = 0u; i < 8; i++) { largest = max(largest, bitcast<vec4<u32>>(x[block * 8 + i]) & vec4(0x7fffffffu)); }
  let scale = bitcast<f32>(max(max(largest.x, largest.y), max(largest.z, largest.w))) / 127.0;
  let inverse = select(0.0, 1.0 / scale, scale > 1e-37); // the reciprocal of less overflows

  var sums = vec2(0.0);
  for (var i = 0u; i < 8; i++) {
    let rounded = round(x[block * 8 + i] * inverse);
    let sum = rounded.x + rounded.y + rounded.z + rounded.w;
    sums += select(vec2(0.0, sum), vec2(sum, 0.0), i < 4);
    q[block * 8 + i] = pack4xI8Clamp(vec4<i32>(rounded));
  }
  scales[block] = vec4(scale, scale * sums, 0.0);
}
