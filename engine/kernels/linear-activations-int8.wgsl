// Activations as quantize-activations.wgsl leaves them.

@group(0) @binding(0) var<storage, read> x: array<vec4<u32>>;        // int8 [tokens, part.columns], 16 a vec4
@group(0) @binding(1) var<storage, read> x_scales: array<vec4<f32>>; // [tokens, part.columns / 32]: scale, ...

fn load_activations(token: u32, b: u32, half: u32) -> array<vec4<f32>, 4> { // 16 values, half a block
  let block = token * (part.columns / 32) + b;
  let q = x[block * 2 + half];
  let scale = x_scales[block].x;
  return array(
    vec4<f32>(unpack4xI8(q.x)) * scale, vec4<f32>(unpack4xI8(q.y)) * scale,
    vec4<f32>(unpack4xI8(q.z)) * scale, vec4<f32>(unpack4xI8(q.w)) * scale,
  );
}
