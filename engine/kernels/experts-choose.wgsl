// Of each token the CHOSEN experts with the highest scores, and what each one's result counts: softmax of all scores
// (arXiv:1701.06538), of which the chosen ones are made to add up to 1 again where IS_NORMALIZED. Of equal scores the first is taken.
// One workgroup for each token. In front of this file: const EXPERTS, CHOSEN, IS_NORMALIZED; weight_beside.

const LANES = 32u;
const TAKEN = -3.0e38; // less than any score

@group(0) @binding(0) var<storage, read> scores: array<f32>;              // [tokens, EXPERTS]
@group(0) @binding(1) var<storage, read_write> weights: array<f32>;       // [tokens, CHOSEN + 1]: and of what is beside them
@group(0) @binding(2) var<storage, read_write> results: array<vec2<u32>>; // [tokens, CHOSEN]: the token, and its expert
@group(0) @binding(3) var<storage, read_write> places: array<u32>;        // [tokens, CHOSEN]: where in `results` each is

var<workgroup> left: array<f32, EXPERTS>; // scores of those that are not chosen yet
var<workgroup> best: array<vec2<u32>, LANES>; // of each lane: its highest score's bits, and the expert
var<workgroup> chosen: array<u32, CHOSEN>;

@compute @workgroup_size(LANES)
fn choose(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let token = group.x;
  for (var e = lane; e < EXPERTS; e += LANES) { left[e] = scores[token * EXPERTS + e]; }
  workgroupBarrier();
  for (var i = 0u; i < CHOSEN; i++) {
    var own = vec2(bitcast<u32>(TAKEN), lane % EXPERTS);
    for (var e = lane; e < EXPERTS; e += LANES) {
      if (left[e] > bitcast<f32>(own.x)) { own = vec2(bitcast<u32>(left[e]), e); }
    }
    best[lane] = own;
    workgroupBarrier();
    if (lane == 0) {
      for (var l = 1u; l < LANES; l++) {
        let is_higher = bitcast<f32>(best[l].x) > bitcast<f32>(own.x);
        if (is_higher || (best[l].x == own.x && best[l].y < own.y)) { own = best[l]; }
      }
      chosen[i] = own.y;
      left[own.y] = TAKEN;
    }
    workgroupBarrier();
  }
  if (lane > 0) { return; }

  let most = scores[token * EXPERTS + chosen[0]];
  var sum = 0.0;
  for (var e = 0u; e < EXPERTS; e++) { sum += exp(scores[token * EXPERTS + e] - most); }
  if (IS_NORMALIZED) {
    sum = 0.0;
    for (var i = 0u; i < CHOSEN; i++) { sum += exp(scores[token * EXPERTS + chosen[i]] - most); }
  }
  for (var i = 0u; i < CHOSEN; i++) {
    let at = token * CHOSEN + i;
    weights[token * (CHOSEN + 1) + i] = exp(scores[token * EXPERTS + chosen[i]] - most) / sum;
    results[at] = vec2(token, chosen[i]);
    places[at] = at;
  }
  weights[token * (CHOSEN + 1) + CHOSEN] = weight_beside(token);
}
