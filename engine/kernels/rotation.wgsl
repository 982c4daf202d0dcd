// Rotary position embedding (Su et al. 2021, arXiv:2104.09864) in the NeoX pairing, dimension i with i + HEAD_DIM / 2:
//   (a, b) -> (a cos - b sin, b cos + a sin), of angles that are the step's to say
// In front of rope.wgsl, and of attention.wgsl where it rotates by itself: both get the same bits.

@group(0) @binding(5) var<storage, read> rotations: array<vec4<f32>>; // cos, sin, cos, sin [numTokens, HEAD_DIM / 4]

// Of four pairs: a quad of a head's first half, and the one of its second half.
// at: of the quad, in [numTokens, HEAD_DIM / 8]
fn rotate(a: vec4<f32>, b: vec4<f32>, at: u32) -> array<vec4<f32>, 2> {
  let pairs = array(rotations[at * 2], rotations[at * 2 + 1]);
  let cos = vec4(pairs[0].xz, pairs[1].xz);
  let sin = vec4(pairs[0].yw, pairs[1].yw);
  return array(a * cos - b * sin, b * cos + a * sin);
}
