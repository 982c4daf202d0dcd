/** What `swiglu.wgsl` must compute, in f64. `gateUp`: [numTokens, 2, intermediateSize] */
export function swigluReference(gateUp: Float32Array, intermediateSize: number): Float32Array<ArrayBuffer> {
  const y = new Float32Array(gateUp.length / 2);
  for (let i = 0; i < y.length; i++) {
    const token = Math.floor(i / intermediateSize);
    const gate = gateUp[i + token * intermediateSize]!;
    const up = gateUp[i + (token + 1) * intermediateSize]!;
    y[i] = (gate / (1 + Math.exp(-gate))) * up;
  }
  return y;
}
