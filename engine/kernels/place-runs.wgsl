// The tokens of one sequence follow each other in a step. In front of this file: place.wgsl.

@group(0) @binding(0) var<storage, read> places: array<Place>; // of each token

fn begins_run(token: u32) -> bool {
  return token == 0 || places[token - 1].sequence != places[token].sequence;
}
