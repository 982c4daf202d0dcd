/** What `rms-norm.wgsl` must compute. Plain loops in f64: slow, obvious, and the arbiter in tests. */
export function rmsNormReference(x: Float32Array, weight: Float32Array, eps: number): Float32Array<ArrayBuffer> {
  const hiddenSize = weight.length;
  const y = new Float32Array(x.length);
  for (let row = 0; row < x.length; row += hiddenSize) {
    let sumOfSquares = 0;
    for (let i = 0; i < hiddenSize; i++) sumOfSquares += x[row + i]! ** 2;
    const scale = 1 / Math.sqrt(sumOfSquares / hiddenSize + eps);
    for (let i = 0; i < hiddenSize; i++) y[row + i] = x[row + i]! * scale * weight[i]!;
  }
  return y;
}
