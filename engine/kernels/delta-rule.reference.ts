import type { DeltaRuleSizes } from "./delta-rule.ts";

type Rows = readonly (readonly number[])[]; // of each token

const EPS = 1e-6;

/** What delta-rule.wgsl must compute, in f64, for a sequence from its beginning. */
export function deltaRuleReference(
  { q, k, v, a, beta }: Readonly<Record<"q" | "k" | "v" | "a" | "beta", Rows>>,
  decay: ArrayLike<number>,
  bias: ArrayLike<number>,
  { keyHeads, keyDim, valueHeads, valueDim }: DeltaRuleSizes,
): number[][] {
  const state = Array.from({ length: valueHeads }, () =>
    Array.from({ length: keyDim }, () => new Array<number>(valueDim).fill(0)),
  );
  return v.map((values, t) =>
    state.flatMap((rows, head) => {
      const first = Math.floor(head / (valueHeads / keyHeads)) * keyDim;
      const query = ofLength1(q[t]!.slice(first, first + keyDim)).map((x) => x / Math.sqrt(keyDim));
      const key = ofLength1(k[t]!.slice(first, first + keyDim));
      const kept = Math.exp(decay[head]! * Math.log1p(Math.exp(a[t]![head]! + bias[head]!)));
      const written = 1 / (1 + Math.exp(-beta[t]![head]!));
      for (const row of rows) for (const j of row.keys()) row[j]! *= kept;
      const found = rows[0]!.map((_, j) => key.reduce((sum, x, i) => sum + x * rows[i]![j]!, 0));
      for (const [i, row] of rows.entries()) {
        for (const j of row.keys()) row[j]! += key[i]! * written * (values[head * valueDim + j]! - found[j]!);
      }
      return found.map((_, j) => query.reduce((sum, x, i) => sum + x * rows[i]![j]!, 0));
    }),
  );
}

function ofLength1(x: readonly number[]): number[] {
  const scale = 1 / Math.sqrt(x.reduce((sum, value) => sum + value * value, EPS));
  return x.map((value) => value * scale);
}
