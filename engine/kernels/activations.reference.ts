/** What `quantize-activations.wgsl` must compute: x rounded to int8 in blocks of 32, given back as the values that stand for it. */
export function quantizeActivationsReference(x: Float32Array): Float64Array {
  const y = new Float64Array(x.length);
  for (let block = 0; block < x.length; block += 32) {
    let largest = 0;
    for (let i = 0; i < 32; i++) largest = Math.max(largest, Math.abs(x[block + i]!));
    const scale = Math.fround(largest / 127);
    const inverse = scale > 1e-37 ? Math.fround(1 / scale) : 0;
    for (let i = 0; i < 32; i++) y[block + i] = roundHalfToEven(Math.fround(x[block + i]! * inverse)) * scale;
  }
  return y;
}

/** WGSL's round(). */
function roundHalfToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
