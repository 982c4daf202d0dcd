// Rotary position embedding (Su et al. 2021, arXiv:2104.09864) in the NeoX pairing, dimension i with i + HEAD_DIM / 2:
//   (a, b) -> (a cos - b sin, b cos + a sin), angle = position * theta^(-2 i / HEAD_DIM), from a table
// Queries are rotated in place, keys on their way into the cache; values go beside them as they are.
// One invocation moves one pair of one head of one token.

override NUM_HEADS: u32;
override NUM_KV_HEADS: u32;
override HEAD_DIM: u32;
override WORKGROUP_SIZE: u32;

@group(0) @binding(0) var<storage, read> step: array<u32>;            // [0]: position of the first token
@group(0) @binding(1) var<storage, read> rotations: array<vec2<f32>>; // cos, sin [contextLength, HEAD_DIM / 2]
@group(0) @binding(2) var<storage, read_write> qkv: array<f32>;       // [numTokens, NUM_HEADS + 2 * NUM_KV_HEADS, HEAD_DIM]
@group(0) @binding(3) var<storage, read_write> keys: array<f32>;      // [contextLength, NUM_KV_HEADS, HEAD_DIM]
@group(0) @binding(4) var<storage, read_write> values: array<f32>;    // [contextLength, NUM_KV_HEADS, HEAD_DIM]

@compute @workgroup_size(WORKGROUP_SIZE)
fn rope(@builtin(global_invocation_id) id: vec3<u32>) {
  let half = HEAD_DIM / 2;
  let head = id.x / half;
  let i = id.x % half;
  if (head >= NUM_HEADS + 2 * NUM_KV_HEADS) { return; }

  let token = id.y;
  let position = step[0] + token;
  let source = (token * (NUM_HEADS + 2 * NUM_KV_HEADS) + head) * HEAD_DIM + i;
  let pair = vec2(qkv[source], qkv[source + half]);
  let rotation = rotations[position * half + i];
  let rotated = vec2(pair.x * rotation.x - pair.y * rotation.y, pair.y * rotation.x + pair.x * rotation.y);

  if (head < NUM_HEADS) {
    qkv[source] = rotated.x;
    qkv[source + half] = rotated.y;
  } else if (head < NUM_HEADS + NUM_KV_HEADS) {
    let target_ = (position * NUM_KV_HEADS + head - NUM_HEADS) * HEAD_DIM + i;
    keys[target_] = rotated.x;
    keys[target_ + half] = rotated.y;
  } else {
    let target_ = (position * NUM_KV_HEADS + head - NUM_HEADS - NUM_KV_HEADS) * HEAD_DIM + i;
    values[target_] = pair.x;
    values[target_ + half] = pair.y;
  }
}
