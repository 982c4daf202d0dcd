// Planes of 4-bit quants: a vec4 a block of 32 values. Word j holds values 4j .. 4j+3 in the low nibbles of its bytes
// and values 16+4j .. 16+4j+3 in the high ones.

@group(0) @binding(4) var<storage, read> quants: array<vec4<u32>>; // [blocks]

alias Quants = array<u32, 8>; // word i has values 4i .. 4i+3, a byte each

fn load_quants(i: u32) -> Quants {
  let q = quants[i];
  let low = q & vec4(0x0f0f0f0fu);
  let high = (q >> vec4(4u)) & vec4(0x0f0f0f0fu);
  return Quants(low.x, low.y, low.z, low.w, high.x, high.y, high.z, high.w);
}

fn floats(q: Quants, i: u32) -> vec4<f32> { return vec4<f32>(unpack4xU8(q[i])); }
