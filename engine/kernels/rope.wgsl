// Rotary position embedding, and the filling of the cache: queries are rotated in place (rotation.wgsl), keys on their way into
// the cache; values go beside them as they are.
// One invocation moves four pairs of one head of one token. In front of this file: place.wgsl; const BLOCK_TOKENS,
// tokens a block of the cache; rotation.wgsl; rope-to-*.wgsl.

override NUM_HEADS: u32;
override NUM_KV_HEADS: u32;
override HEAD_DIM: u32; // a multiple of 8
override WORKGROUP_SIZE: u32;

@group(0) @binding(0) var<storage, read> places: array<Place>; // of each token
@group(0) @binding(1) var<storage, read> block_tables: array<u32>;    // blocks of the cache, in the order of slots
@group(0) @binding(2) var<storage, read_write> qkv: array<vec4<f32>>; // [numTokens, NUM_HEADS + 2 * NUM_KV_HEADS, HEAD_DIM / 4]

@compute @workgroup_size(WORKGROUP_SIZE)
fn rope(@builtin(global_invocation_id) id: vec3<u32>) {
  let half = HEAD_DIM / 8; // quads of half a head
  let head = id.x / half;
  let i = id.x % half;
  if (head >= NUM_HEADS + 2 * NUM_KV_HEADS) { return; }

  let token = id.y;
  let slot = places[token].slot;
  let place = vec2(block_tables[places[token].table + slot / BLOCK_TOKENS], slot % BLOCK_TOKENS);
  let source = (token * (NUM_HEADS + 2 * NUM_KV_HEADS) + head) * 2 * half + i;
  let a = qkv[source];
  let b = qkv[source + half];
  let rotated = rotate(a, b, token * half + i);

  if (head < NUM_HEADS) {
    qkv[source] = rotated[0];
    qkv[source + half] = rotated[1];
  } else if (head < NUM_HEADS + NUM_KV_HEADS) {
    let at = (head - NUM_HEADS) * 2 * half + i;
    store_key(place, at, rotated[0]);
    store_key(place, at + half, rotated[1]);
  } else {
    let at = (head - NUM_HEADS - NUM_KV_HEADS) * 2 * half + i;
    store_value(place, at, a);
    store_value(place, at + half, b);
  }
}
