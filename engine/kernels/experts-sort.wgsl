// Results by expert, in tiles of TILE of one expert, so that each weight is read once for a tile. Where an expert's last tile has
// fewer, its results are computed for the first of the tile again, and nobody reads them. Which place an expert's result
// gets is left to chance: none of its numbers depends on it.
// Of the workgroups, one for each token, the first does everything. In front of this file: const EXPERTS, CHOSEN, TILE, NO_EXPERT.

const LANES = 256u;

@group(0) @binding(0) var<storage, read> results: array<vec2<u32>>;      // [tokens, CHOSEN]: the token, and its expert
@group(0) @binding(1) var<storage, read_write> sorted: array<vec2<u32>>; // the same, and behind them NO_EXPERT
@group(0) @binding(2) var<storage, read_write> places: array<u32>;       // [tokens, CHOSEN]: where in `sorted` each is

var<workgroup> counts: array<atomic<u32>, EXPERTS>;
var<workgroup> starts: array<u32, EXPERTS + 1>; // of each expert's tiles, in `sorted`

@compute @workgroup_size(LANES)
fn sort(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) tokens: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  if (group.x > 0) { return; }
  let all = tokens.x * CHOSEN;
  for (var i = lane; i < all; i += LANES) { atomicAdd(&counts[results[i].y], 1u); }
  workgroupBarrier();
  if (lane == 0) {
    var next = 0u;
    for (var e = 0u; e < EXPERTS; e++) {
      starts[e] = next;
      next += (atomicLoad(&counts[e]) + TILE - 1) / TILE * TILE;
      atomicStore(&counts[e], 0u);
    }
    starts[EXPERTS] = next;
  }
  workgroupBarrier();
  for (var i = lane; i < all; i += LANES) {
    let expert = results[i].y;
    let place = starts[expert] + atomicAdd(&counts[expert], 1u);
    sorted[place] = results[i];
    places[i] = place;
  }
  for (var i = starts[EXPERTS] + lane; i < arrayLength(&sorted); i += LANES) { sorted[i] = vec2(0u, NO_EXPERT); }
  workgroupBarrier();
  for (var e = lane; e < EXPERTS; e += LANES) {
    let end = starts[e] + atomicLoad(&counts[e]);
    for (var i = end; i < starts[e + 1]; i++) { sorted[i] = vec2(0u, e); }
  }
}
