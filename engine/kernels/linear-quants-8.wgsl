// A plane of signed 8-bit quants: two vec4 a block of 32 values, in their order.

@group(0) @binding(4) var<storage, read> quants: array<vec4<u32>>; // [blocks, 2]

alias Quants = array<u32, 8>; // word i has values 4i .. 4i+3, a byte each

fn load_quants(i: u32) -> Quants {
  let low = quants[2 * i];
  let high = quants[2 * i + 1];
  return Quants(low.x, low.y, low.z, low.w, high.x, high.y, high.z, high.w);
}

fn floats(q: Quants, i: u32) -> vec4<f32> { return vec4<f32>(unpack4xI8(q[i])); }
