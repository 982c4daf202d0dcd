/** What the linear-*.wgsl kernels must compute: y[t, r] = bias[r] + sum_c x[t, c] weight[r, c]. Plain loops in f64. */
export function linearReference(
  x: Float64Array | Float32Array, // [tokens, columns]
  weight: Float32Array, // [rows, columns]
  columns: number,
  bias?: Float32Array, // [rows]
): Float64Array {
  const rows = weight.length / columns;
  const tokens = x.length / columns;
  const y = new Float64Array(tokens * rows);
  for (let t = 0; t < tokens; t++) {
    for (let r = 0; r < rows; r++) {
      let sum = bias?.[r] ?? 0;
      for (let c = 0; c < columns; c++) sum += x[t * columns + c]! * weight[r * columns + c]!;
      y[t * rows + r] = sum;
    }
  }
  return y;
}
