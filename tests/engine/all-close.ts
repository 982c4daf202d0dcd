/** Fails with the worst element where |actual - expected| > atol + rtol * |expected|; NaN is infinitely wrong. */
export function expectAllClose(
  actual: Float32Array,
  expected: Float32Array,
  { rtol = 1e-5, atol = 1e-6 }: { rtol?: number; atol?: number } = {},
): void {
  if (actual.length !== expected.length) throw new Error(`${actual.length} elements instead of ${expected.length}`);
  let worst = { excess: 0, message: "" };
  for (const [i, want] of expected.entries()) {
    const got = actual[i]!;
    const error = Number.isFinite(got) ? Math.abs(got - want) : Number.POSITIVE_INFINITY;
    const excess = error / (atol + rtol * Math.abs(want));
    if (excess > worst.excess) worst = { excess, message: `element ${i}: got ${got}, want ${want}` };
  }
  if (worst.excess > 1) throw new Error(`${worst.message} (${worst.excess.toFixed(1)} times what is allowed)`);
}
