// Causal convolution of each channel by itself: y[t] = sum_j weight[j] x[t - TAPS + 1 + j]. The inputs before a step's first
// token are its sequence's state, and zeros before the sequence's own first.
// One invocation computes one channel of all tokens that a sequence has in the step, one after another.
// In front of this file: place.wgsl; place-runs.wgsl; const TAPS, 2 or more.

override CHANNELS: u32;

@group(0) @binding(1) var<storage, read> x: array<f32>;           // [numTokens, CHANNELS]
@group(0) @binding(2) var<storage, read> weight: array<f32>;      // [CHANNELS, TAPS]
@group(0) @binding(3) var<storage, read_write> state: array<f32>; // [sequences, TAPS - 1, CHANNELS]
@group(0) @binding(4) var<storage, read_write> y: array<f32>;     // [numTokens, CHANNELS]

@compute @workgroup_size(64)
fn conv(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
  let channel = id.x;
  let first = id.y;
  if (channel >= CHANNELS || !begins_run(first)) { return; }
  let sequence = places[first].sequence;
  let kept = sequence * (TAPS - 1) * CHANNELS + channel;

  var inputs: array<f32, TAPS>; // the newest last
  for (var j = 0u; j < TAPS - 1; j++) {
    inputs[j] = 0.0;
    if (places[first].slot > 0) { inputs[j] = state[kept + j * CHANNELS]; }
  }
  for (var token = first; token < workgroups.y && places[token].sequence == sequence; token++) {
    inputs[TAPS - 1] = x[token * CHANNELS + channel];
    var sum = 0.0;
    for (var j = 0u; j < TAPS; j++) { sum += weight[channel * TAPS + j] * inputs[j]; }
    y[token * CHANNELS + channel] = sum;
    for (var j = 0u; j < TAPS - 1; j++) { inputs[j] = inputs[j + 1]; }
  }
  for (var j = 0u; j < TAPS - 1; j++) { state[kept + j * CHANNELS] = inputs[j]; }
}
