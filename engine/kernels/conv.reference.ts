/**
 * What conv.wgsl must compute, in f64, for a sequence from its beginning.
 * @param x of each token [channels]
 * @param weight [channels, taps]
 */
export function convReference(x: readonly (readonly number[])[], weight: ArrayLike<number>, taps: number): number[][] {
  return x.map((row, t) =>
    row.map((_, channel) => {
      let sum = 0;
      for (let j = 0; j < taps; j++) sum += weight[channel * taps + j]! * (x[t - taps + 1 + j]?.[channel] ?? 0);
      return sum;
    }),
  );
}
