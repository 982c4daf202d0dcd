// The gated delta rule (Yang et al. 2024, arXiv:2412.06464), of each head:
//   S = exp(decay * softplus(a + bias)) S;  S = S + k (sigmoid(beta) (v - S^T k))^T;  y = S^T q / sqrt(KEY_DIM)
// with q and k of length 1. S [KEY_DIM, VALUE_DIM] is its sequence's state, zeros before the sequence's first token. Heads of values
// share those of queries and keys evenly.
// One invocation computes one column of S for all tokens that a sequence has in the step, one after another.
// In front of this file: place.wgsl; place-runs.wgsl; const KEY_DIM.

override KEY_HEADS: u32;
override VALUE_HEADS: u32;
override VALUE_DIM: u32;

@group(0) @binding(1) var<storage, read> qkv: array<f32>;         // [numTokens, 2 * KEY_HEADS * KEY_DIM + VALUE_HEADS * VALUE_DIM]
@group(0) @binding(2) var<storage, read> gates: array<f32>;       // a, then beta [numTokens, 2, VALUE_HEADS]
@group(0) @binding(3) var<storage, read> weights: array<f32>;     // decay, then bias [2, VALUE_HEADS]
@group(0) @binding(4) var<storage, read_write> state: array<f32>; // [sequences, VALUE_HEADS, KEY_DIM, VALUE_DIM]
@group(0) @binding(5) var<storage, read_write> y: array<f32>;     // [numTokens, VALUE_HEADS, VALUE_DIM]

const MAX_EXPONENT = 80.0; // exp of more is no f32
const EPS = 1e-6; // as in flash-linear-attention's l2norm

fn softplus(x: f32) -> f32 { return max(x, 0.0) + log(1.0 + exp(-abs(x))); }

// 1 / length of KEY_DIM numbers.
fn inverse_length(at: u32) -> f32 {
  var sum = 0.0;
  for (var i = 0u; i < KEY_DIM; i++) { sum += qkv[at + i] * qkv[at + i]; }
  return inverseSqrt(sum + EPS);
}

@compute @workgroup_size(64)
fn delta_rule(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
  let head = id.x / VALUE_DIM;
  let column = id.x % VALUE_DIM;
  let first = id.y;
  if (head >= VALUE_HEADS || !begins_run(first)) { return; }
  let sequence = places[first].sequence;
  let kept = (sequence * VALUE_HEADS + head) * KEY_DIM * VALUE_DIM + column;
  let key_head = head / (VALUE_HEADS / KEY_HEADS);
  let keys = KEY_HEADS * KEY_DIM; // of a row of qkv

  var own: array<f32, KEY_DIM>;
  for (var i = 0u; i < KEY_DIM; i++) {
    own[i] = 0.0;
    if (places[first].slot > 0) { own[i] = state[kept + i * VALUE_DIM]; }
  }
  for (var token = first; token < workgroups.y && places[token].sequence == sequence; token++) {
    let row = token * (2 * keys + VALUE_HEADS * VALUE_DIM);
    let query = row + key_head * KEY_DIM;
    let key = query + keys;
    let value = row + 2 * keys + id.x;
    let a = gates[token * 2 * VALUE_HEADS + head];
    let beta = gates[(token * 2 + 1) * VALUE_HEADS + head];
    let decay = exp(weights[head] * softplus(a + weights[VALUE_HEADS + head]));
    let query_scale = inverse_length(query) * inverseSqrt(f32(KEY_DIM));
    let key_scale = inverse_length(key);

    var found = 0.0;
    for (var i = 0u; i < KEY_DIM; i++) {
      own[i] *= decay;
      found += own[i] * (qkv[key + i] * key_scale);
    }
    let change = (qkv[value] - found) / (1.0 + exp(min(-beta, MAX_EXPONENT)));
    var sum = 0.0;
    for (var i = 0u; i < KEY_DIM; i++) {
      own[i] += qkv[key + i] * key_scale * change;
      sum += own[i] * (qkv[query + i] * query_scale);
    }
    y[token * VALUE_HEADS * VALUE_DIM + id.x] = sum;
  }
  for (var i = 0u; i < KEY_DIM; i++) { state[kept + i * VALUE_DIM] = own[i]; }
}
