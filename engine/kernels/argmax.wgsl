// Greedy choice: the allowed token with the highest logit, the lowest id among equals; it may be the next step's input.
// A logit that is infinite or no number makes the choice NO_TOKEN: nothing that follows from it may be shown.
// One workgroup a row of logits; its invocations stride over the vocabulary.

override VOCAB_SIZE: u32;
override WORKGROUP_SIZE: u32; // a power of two

const NO_TOKEN = 0xffffffffu;
const LOWEST = -3.4028234e38; // of f32
const EXPONENT_BITS = 0x7f800000u; // all set: infinite or no number

@group(0) @binding(0) var<storage, read> logits: array<f32>;          // [rows, VOCAB_SIZE]
@group(0) @binding(1) var<storage, read> allowed: array<u32>;         // a bit a token, lowest first
@group(0) @binding(2) var<storage, read_write> token_ids: array<u32>; // [rows] become the choices

var<workgroup> best_logits: array<f32, WORKGROUP_SIZE>;
var<workgroup> best_ids: array<u32, WORKGROUP_SIZE>;
var<workgroup> broken: atomic<u32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn argmax(@builtin(workgroup_id) row: vec3<u32>, @builtin(local_invocation_id) lane: vec3<u32>) {
  var best = LOWEST;
  var best_id = NO_TOKEN;
  for (var id = lane.x; id < VOCAB_SIZE; id += WORKGROUP_SIZE) {
    let logit = logits[row.x * VOCAB_SIZE + id];
    if ((bitcast<u32>(logit) & EXPONENT_BITS) == EXPONENT_BITS) { atomicOr(&broken, 1u); }
    let is_allowed = ((allowed[id / 32] >> (id % 32)) & 1u) == 1u;
    if (is_allowed && logit > best) {
      best = logit;
      best_id = id;
    }
  }
  best_logits[lane.x] = best;
  best_ids[lane.x] = best_id;
  workgroupBarrier();

  for (var stride = WORKGROUP_SIZE / 2; stride > 0; stride /= 2) {
    if (lane.x < stride) {
      let other = best_logits[lane.x + stride];
      let other_id = best_ids[lane.x + stride];
      if (other > best_logits[lane.x] || (other == best_logits[lane.x] && other_id < best_ids[lane.x])) {
        best_logits[lane.x] = other;
        best_ids[lane.x] = other_id;
      }
    }
    workgroupBarrier();
  }

  if (lane.x == 0) { token_ids[row.x] = select(best_ids[0], NO_TOKEN, atomicLoad(&broken) != 0); }
}
