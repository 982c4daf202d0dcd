// Slices of a token's keys, and how what they give is added up. Which keys a slice holds follows from the token's position
// alone, and slices are added in their order: a token's attention is the same in whatever step it is computed.
// In front of this file: const SLICES, at most.

const TILE = 64u;           // keys at once
const MIN_SLICE_TILES = 4u; // fewer are not worth a workgroup of their own
const LOWEST = -3.4028234e38; // of f32

fn slice_keys(position: u32) -> u32 {
  let tiles = position / TILE + 1;
  return max(MIN_SLICE_TILES, (tiles + SLICES - 1) / SLICES) * TILE;
}

fn num_slices(position: u32) -> u32 { return position / slice_keys(position) + 1; }

// Of some keys, for one head and one quad of its values.
struct Softmax {
  highest: f32,    // score
  weight_sum: f32, // of exp(score - highest)
  sum: vec4<f32>,  // of exp(score - highest) * value
}

fn no_keys() -> Softmax { return Softmax(LOWEST, 0.0, vec4(0.0)); }

fn add(a: Softmax, b: Softmax) -> Softmax {
  let highest = max(a.highest, b.highest);
  let of_a = exp(a.highest - highest);
  let of_b = exp(b.highest - highest);
  return Softmax(highest, a.weight_sum * of_a + b.weight_sum * of_b, a.sum * of_a + b.sum * of_b);
}
