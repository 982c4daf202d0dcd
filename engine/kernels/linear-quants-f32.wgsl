// A plane of f32 values: eight vec4 a block of 32 values, in their order.

@group(0) @binding(4) var<storage, read> quants: array<vec4<f32>>; // [blocks, 8]

alias Quants = array<vec4<f32>, 8>;

fn load_quants(i: u32) -> Quants {
  return Quants(
    quants[8 * i], quants[8 * i + 1], quants[8 * i + 2], quants[8 * i + 3],
    quants[8 * i + 4], quants[8 * i + 5], quants[8 * i + 6], quants[8 * i + 7],
  );
}

fn floats(q: Quants, i: u32) -> vec4<f32> { return q[i]; }
