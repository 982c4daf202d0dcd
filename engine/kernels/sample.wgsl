// A choice by chance: penalties, temperature, top-k, top-p and min-p, then the kept token with the highest
//   logit / temperature + gumbel(seed, position, token)
// which is a draw from their softmax (Gumbel-max: Maddison et al. 2014, arXiv:1411.0030).
// Each of the three limits is a lowest logit; top-k's and top-p's are found without sorting: a histogram of distances
// from the best token lists the few that are near enough, and radix selection finds the limit among them, bit by bit.
// Tokens equal to the last one kept are kept as well. Weights are whole numbers: sums do not depend on their order.
// A logit that is infinite or no number makes the choice NO_TOKEN, as in argmax.wgsl.
// One workgroup a row of logits; its invocations stride over the vocabulary.

override WORKGROUP_SIZE: u32; // 1024 at most

const NO_TOKEN = 0xffffffffu;
const EXPONENT_BITS = 0x7f800000u; // all set: infinite or no number
const SIGN_BIT = 0x80000000u;
const IN_PROMPT = 0x80000000u; // in `seen`, beside the number of times that a token was chosen
const WHOLE = 0x1p31; // what the weights of all kept tokens add up to, in whole numbers
const LIST_SIZE = 1024; // candidates; where there are more, all tokens are
const LN_2 = 0.6931472;

struct Row {
  vocab_size: u32,
  is_chosen: u32,           // 0: nothing is chosen after this row
  seed: u32,
  position: u32,            // of the token that is chosen
  seen: u32,                // where its tokens begin in `seen`; NO_TOKEN: no penalties
  top_k: u32,               // 0: off
  inverse_temperature: f32, // 0: greedy
  top_p: f32,               // 1: off
  ln_min_p: f32,
  repetition_penalty: f32,
  presence_penalty: f32,
  frequency_penalty: f32,
}

@group(0) @binding(0) var<storage, read_write> keys: array<u32>;      // [rows, vocab_size] logits, f32; become their keys
@group(0) @binding(1) var<storage, read> allowed: array<u32>;         // a bit a token, lowest first
@group(0) @binding(2) var<storage, read_write> token_ids: array<u32>; // [rows] become the choices
@group(0) @binding(3) var<storage, read> rows: array<Row>;
@group(0) @binding(4) var<storage, read_write> seen: array<u32>;      // [sequences, vocab_size]

var<workgroup> best_keys: array<atomic<u32>, 2>;   // of the highest logit, and of the drawn token's score
var<workgroup> best_ids: array<atomic<u32>, 2>;    // inverted, so that the lowest wins
var<workgroup> total: array<atomic<u32>, 2>;       // of exp(scaled): whole numbers, and what is behind their points
var<workgroup> distances: array<atomic<u32>, 256>; // what tokens weigh, by their distance from the best one
var<workgroup> digits: array<atomic<u32>, 2048>;   // [top-k and top-p, 4 digits, 256 values]: what keys with it weigh
var<workgroup> listed: array<u32, LIST_SIZE>;      // the candidates, in any order
var<workgroup> num_listed: atomic<u32>;
var<workgroup> broken: atomic<u32>;

var<private> lane: u32;
var<private> vocab_size: u32;
var<private> first: u32; // key of the row
var<private> best: f32;  // the highest logit
var<private> inverse_temperature: f32;
var<private> num_candidates: u32; // vocab_size until they are listed

// In the order of the numbers; 0 is below all of them: a token that may not be chosen.
fn key_of(value: f32) -> u32 {
  let bits = bitcast<u32>(value);
  return select(~bits, bits | SIGN_BIT, bits <= SIGN_BIT); // -0 as 0
}

fn value_of(key: u32) -> f32 { return bitcast<f32>(select(~key, key ^ SIGN_BIT, (key & SIGN_BIT) != 0)); }

// logit / temperature, from 0 at the best one down.
fn scaled(key: u32) -> f32 { return (value_of(key) - best) * inverse_temperature; }

fn penalized(logit: f32, row: Row, id: u32) -> f32 {
  if (row.seen == NO_TOKEN) { return logit; }
  let times = seen[row.seen + id];
  if (times == 0) { return logit; }
  let value = select(logit * row.repetition_penalty, logit / row.repetition_penalty, logit > 0);
  let chosen = times & ~IN_PROMPT;
  return select(value, value - (row.presence_penalty + f32(chosen) * row.frequency_penalty), chosen > 0);
}

// Logits become keys. The lane's highest key and its token.
fn make_keys(row: Row) -> vec2<u32> {
  var highest = vec2<u32>(0, NO_TOKEN);
  for (var id = lane; id < vocab_size; id += WORKGROUP_SIZE) {
    let bits = keys[first + id];
    if ((bits & EXPONENT_BITS) == EXPONENT_BITS) { atomicOr(&broken, 1u); }
    let is_allowed = ((allowed[id / 32] >> (id % 32)) & 1u) == 1u;
    let key = select(0u, key_of(penalized(bitcast<f32>(bits), row, id)), is_allowed);
    keys[first + id] = key;
    if (key > highest.x) { highest = vec2<u32>(key, id); }
  }
  return highest;
}

// The token with the highest key of all lanes, the lowest id among equals.
fn highest_of_all(choice: u32, own: vec2<u32>) -> vec2<u32> {
  atomicMax(&best_keys[choice], own.x);
  workgroupBarrier();
  let key = atomicLoad(&best_keys[choice]);
  if (own.x == key) { atomicMax(&best_ids[choice], ~own.y); }
  workgroupBarrier();
  return vec2<u32>(key, ~atomicLoad(&best_ids[choice]));
}

fn candidate(i: u32) -> u32 { return select(listed[min(i, LIST_SIZE - 1)], i, num_candidates == vocab_size); }

// Scale of `weight` with which all candidates of at least `lowest` weigh WHOLE.
fn scale_to_whole(lowest: u32) -> f32 {
  var sum = 0.0;
  for (var i = lane; i < num_candidates; i += WORKGROUP_SIZE) {
    let key = keys[first + candidate(i)];
    if (key >= lowest) { sum += exp(scaled(key)); }
  }
  atomicAdd(&total[0], u32(sum));
  atomicAdd(&total[1], u32(fract(sum) * 0x1p21 + 0.5)); // 1024 lanes' sum fits
  workgroupBarrier();
  return WHOLE / (f32(atomicLoad(&total[0])) + f32(atomicLoad(&total[1])) * 0x1p-21);
}

// Of a token: 1 for top-k, whose scale is 0; its share of WHOLE for top-p.
fn weight(key: u32, scale: f32) -> u32 { return select(1u, u32(scale * exp(scaled(key)) + 0.5), scale > 0); }

// Lists tokens from the best one on until they weigh what is `wanted`, and those as far as the last; if there is room.
fn list_candidates(wanted: u32, scale: f32) {
  let steps = 8 * select(1, inverse_temperature, scale > 0); // top-k knows no temperature
  for (var id = lane; id < vocab_size; id += WORKGROUP_SIZE) {
    let key = keys[first + id];
    let own = weight(key, scale);
    if (key > 0 && own > 0) { atomicAdd(&distances[u32(min((best - value_of(key)) * steps, 255))], own); }
  }
  workgroupBarrier();
  var distance = 0u;
  for (var left = wanted; distance < 255; distance++) {
    let own = atomicLoad(&distances[distance]);
    if (own >= left) { break; }
    left -= own;
  }
  for (var id = lane; id < vocab_size; id += WORKGROUP_SIZE) {
    let key = keys[first + id];
    if (key == 0 || u32(min((best - value_of(key)) * steps, 255)) > distance) { continue; }
    let i = atomicAdd(&num_listed, 1u);
    if (i < LIST_SIZE) { listed[i] = id; }
  }
  workgroupBarrier();
  storageBarrier(); // keys are read by other invocations from here on
  let count = atomicLoad(&num_listed);
  if (count <= LIST_SIZE) { num_candidates = count; }
}

// The highest key from which on candidates weigh what is `wanted`; `lowest` where all from there on weigh less.
fn lowest_within(limit: u32, lowest: u32, wanted: u32, scale: f32) -> u32 {
  var found = 0u; // its leading digits
  var known = 0u; // the bits of those
  var left = wanted;
  for (var i = 0u; i < 4; i++) {
    let shift = 24 - 8 * i;
    let values = (limit * 4 + i) * 256;
    for (var i = lane; i < num_candidates; i += WORKGROUP_SIZE) {
      let key = keys[first + candidate(i)];
      let own = select(0u, weight(key, scale), key >= lowest && ((key ^ found) & known) == 0);
      if (own > 0) { atomicAdd(&digits[values + ((key >> shift) & 255)], own); }
    }
    workgroupBarrier();
    var value = 255u;
    for (; value > 0; value--) {
      let own = atomicLoad(&digits[values + value]);
      if (own >= left) { break; }
      left -= own;
    }
    found |= value << shift;
    known |= 255u << shift;
  }
  return max(found, lowest);
}

// The lowest key that top-k and then top-p leave.
fn lowest_kept(row: Row) -> u32 {
  var lowest = 1u;
  if (row.top_k > 0) {
    list_candidates(row.top_k, 0);
    lowest = lowest_within(0, lowest, row.top_k, 0);
  }
  if (row.top_p < 1) {
    let wanted = max(1, u32(row.top_p * WHOLE));
    let scale = scale_to_whole(lowest);
    if (row.top_k == 0) { list_candidates(wanted, scale); }
    lowest = lowest_within(1, lowest, wanted, scale);
  }
  return lowest;
}

// 32 random bits for each token: PCG3D (Jarzynski & Olano 2020, https://jcgt.org/published/0009/03/02/).
fn random_bits(id: u32, row: Row) -> u32 {
  var v = vec3<u32>(id, row.position, row.seed) * 1664525 + 1013904223;
  v.x += v.y * v.z;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v ^= v >> vec3<u32>(16);
  v.x += v.y * v.z;
  return v.x;
}

// ln((1 + s) / (1 - s)) for |s| < 0.18. Adapters' own logarithms differ, and are poor near 1.
fn ln_ratio(s: f32) -> f32 {
  let z = s * s;
  return 2 * s * (1 + z * (1.0 / 3 + z * (1.0 / 5 + z * (1.0 / 7 + z / 9))));
}

fn ln(x: f32) -> f32 {
  let exponent = i32(bitcast<u32>(x) - 0x3f3504f3u) >> 23; // of a mantissa from sqrt(1/2) on
  let mantissa = bitcast<f32>(bitcast<u32>(x) - (bitcast<u32>(exponent) << 23));
  return f32(exponent) * LN_2 + ln_ratio((mantissa - 1) / (mantissa + 1));
}

// -ln(-ln(1 - x)), with the low x, which win, as precise as f32 can be.
fn gumbel(bits: u32) -> f32 {
  let x = min((f32(bits) + 0.5) * 0x1p-32, 1 - 0x1p-24);
  return -ln(select(-ln(1 - x), ln_ratio(x / (2 - x)), x < 0.25));
}

// The lane's highest score among candidates of at least `lowest`, as a key, and its token.
fn draw(row: Row, lowest: u32) -> vec2<u32> {
  var highest = vec2<u32>(0, NO_TOKEN);
  for (var i = lane; i < num_candidates; i += WORKGROUP_SIZE) {
    let id = candidate(i);
    let key = keys[first + id];
    if (key < lowest || scaled(key) < row.ln_min_p) { continue; }
    let score = key_of(scaled(key) + gumbel(random_bits(id, row)));
    if (score > highest.x || (score == highest.x && id < highest.y)) { highest = vec2<u32>(score, id); }
  }
  return highest;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn sample(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_id) invocation: vec3<u32>) {
  let row = rows[workgroup.x];
  if (row.is_chosen == 0) { return; }
  lane = invocation.x;
  vocab_size = row.vocab_size;
  first = workgroup.x * vocab_size;
  inverse_temperature = row.inverse_temperature;
  num_candidates = vocab_size;

  let greedy = highest_of_all(0, make_keys(row));
  best = value_of(greedy.x);
  var choice = greedy.y;
  if (row.inverse_temperature > 0) { choice = highest_of_all(1, draw(row, lowest_kept(row))).y; }

  if (lane == 0) {
    if (atomicLoad(&broken) != 0) { choice = NO_TOKEN; }
    token_ids[workgroup.x] = choice;
    if (row.seen != NO_TOKEN && choice != NO_TOKEN) { seen[row.seen + choice]++; }
  }
}
