// A plane of f32 values: eight vec4 a block of 32 values, in their order.

alias Quants = array<vec4<u32>, 8>;

fn load_quants(i: u32, rest: vec4<u32>) -> Quants {
  return Quants(
    quants_at(8 * i), quants_at(8 * i + 1), quants_at(8 * i + 2), quants_at(8 * i + 3),
    quants_at(8 * i + 4), quants_at(8 * i + 5), quants_at(8 * i + 6), quants_at(8 * i + 7),
  );
}

fn floats(q: Quants, i: u32) -> vec4<f32> { return bitcast<vec4<f32>>(q[i]); }
